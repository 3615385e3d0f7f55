"""Reports of the software phone about its actions and its display."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """One event of the phone: visible or audible to a person at the phone, or an internal counter."""

    at: float
    """The time of the event, in Unix seconds."""
    kind: str
    """The kind of event: ``line``, ``call``, ``dialled``, ``lamp``, ``tone-heard``, ``dropped``,
    ``check-sync`` …
    """
    detail: Mapping[str, object]

    def to_json(self) -> str:
        """Return one line of JSON: ``at`` and ``kind`` first, then the details."""
        return json.dumps({"at": self.at, "kind": self.kind, **self.detail}, ensure_ascii=False)
