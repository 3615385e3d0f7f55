"""Reports of the software phone about its actions and its display."""

import json
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """One thing a person beside the phone could see or hear, or a counter behind its screen."""

    at: float
    """Unix seconds."""
    kind: str
    """``line``, ``call``, ``dialled``, ``lamp``, ``tone-heard``, ``dropped``, ``check-sync`` …"""
    detail: Mapping[str, object]

    def to_json(self) -> str:
        """One line: ``at`` and ``kind`` first, then the details beside them."""
        return json.dumps({"at": self.at, "kind": self.kind, **self.detail}, ensure_ascii=False)
