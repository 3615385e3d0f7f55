"""Write an event's own fields as JSON text, with one template per kind of event.

The text equals that of `json.dumps`, but is written in about half the time; a boot storm has 90,000 events.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields
from json.encoder import encode_basestring_ascii
from math import isfinite
from operator import attrgetter, call
from typing import Any

from ringup.events import FIELDS, KINDS, Event

COMMON = ("at", "mac")
"""The fields that every event has; they are left out of the JSON text."""


def _number(value: float) -> str:
    return repr(value) if isfinite(value) else json.dumps(value)


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_WRITTEN: Mapping[Any, Callable[[Any], str]] = {
    str: encode_basestring_ascii,
    int: str,
    float: _number,
    bool: _boolean,
}
"""The function that writes each type of field as JSON; events have no other types."""


def _writer(kind: type[Event]) -> Callable[[Any], str]:
    """Return a function that writes the own fields of events of this kind, with one `%` template."""
    own = [field for field in fields(kind) if field.name not in COMMON]
    template = "{" + ", ".join(f'"{field.name}": %s' for field in own) + "}"
    writers = [_WRITTEN[field.type] for field in own]
    values, common = attrgetter(*FIELDS[kind]), len(COMMON)
    return lambda event: template % tuple(map(call, writers, values(event)[common:]))


_WRITERS = {kind: _writer(kind) for kind in KINDS.values()}


def fields_json(event: Event) -> str:
    """Return the JSON object of all fields except `COMMON`, as `json.dumps` writes it."""
    return _WRITERS[type(event)](event)
