"""Convert a journey to the text that the database keeps, and back."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from operator import attrgetter
from struct import pack, unpack
from typing import Any

from ringup.events import from_record, to_record
from ringup.journey.record import TIME_BYTES, Call, Journey, Mailbox, SharedRequest, shared, shared_request
from ringup.journey.troubles import Trouble

RULES_VERSION = 7
"""Version of the rules by which journeys are computed; raise it with each change of these rules.

Stored journeys are then computed anew.
"""

_PLAIN = ("address", "model", "stage", "since", "boots", "firmware_asked", "attempts")
"""The fields whose values are texts and numbers."""
_PLAIN_VALUES = attrgetter(*_PLAIN)
_PLAIN_DEFAULTS = _PLAIN_VALUES(Journey(""))


def _times(packed: bytes) -> tuple[float, ...]:
    return unpack(f">{len(packed) // TIME_BYTES}d", packed)


def _calls(calls: tuple[Call, ...]) -> list[tuple[Any, ...]]:
    return [(call.extension, call.to, call.since, call.answered) for call in calls]


def _troubles(troubles: tuple[Trouble, ...]) -> list[dict[str, Any]]:
    return [asdict(trouble) for trouble in troubles]


def _unchanged(value: Any) -> Any:
    return value


_BOOT: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "last_event": ("last_event", to_record),
    "requested": ("asked", _unchanged),
    "requested_at": ("asked_at", _times),
    "registered": ("registered", _unchanged),
    "in_call": ("in_call", _calls),
    "mailboxes": ("mailboxes", _unchanged),
    "troubles": ("troubles", _troubles),
}
"""For each other field, its name in the JSON, and the function that converts its value to plain data."""
_BOOT_VALUES = attrgetter(*_BOOT)
_BOOT_FORMS = tuple(_BOOT.values())

_TO_JSON = json.JSONEncoder(separators=(",", ":")).encode
"""Encodes JSON; `json.dumps` would make an encoder per journey, and there may be one journey per phone to
store.
"""


def stored(journey: Journey) -> str:
    """Return the journey as JSON, without its MAC and without fields that have their default value."""
    plain = zip(_PLAIN, _PLAIN_VALUES(journey), _PLAIN_DEFAULTS, strict=True)
    fields = {name: value for name, value, default in plain if value != default}
    for (name, form), value in zip(_BOOT_FORMS, _BOOT_VALUES(journey), strict=True):
        if value:
            fields[name] = form(value)
    return _TO_JSON(fields)


def from_stored(mac: str, text: str) -> Journey:
    """Return the journey of the phone `mac`; raises ValueError, KeyError or TypeError for an invalid text."""
    record = json.loads(text)
    times = record.get("asked_at", ())
    last_event = record.get("last_event")
    return Journey(
        mac,
        **{name: record[name] for name in _PLAIN if name in record},
        last_event=from_record(last_event) if last_event else None,
        requested=shared(tuple(shared_request(*SharedRequest(*each)) for each in record.get("asked", ()))),
        requested_at=pack(f">{len(times)}d", *times),
        registered=tuple(record.get("registered", ())),
        in_call=tuple(Call(*each) for each in record.get("in_call", ())),
        mailboxes=tuple(Mailbox(*each) for each in record.get("mailboxes", ())),
        troubles=tuple(Trouble(**each) for each in record.get("troubles", ())),
    )
