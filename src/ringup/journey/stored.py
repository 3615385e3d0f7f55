"""Convert a journey to the text that the database keeps, and back."""

import json
from dataclasses import asdict
from struct import pack, unpack
from typing import Any

from ringup.events import from_record, to_record
from ringup.journey.record import TIME_BYTES, Call, Journey, Mailbox, SharedRequest, shared, shared_request
from ringup.journey.troubles import Trouble

RULES_VERSION = 6
"""Version of the rules that compute journeys. Raise it with each change.

Stored journeys are then recomputed.
"""

_PLAIN = ("address", "model", "stage", "since", "boots", "firmware_asked", "attempts")
"""The fields that are texts and numbers."""
_DEFAULTS = Journey("")


def stored(journey: Journey) -> str:
    """Return the journey without its MAC as JSON; fields with their default are left out."""
    return json.dumps({**_plain_fields(journey), **_boot_fields(journey)}, separators=(",", ":"))


def _plain_fields(journey: Journey) -> dict[str, Any]:
    fields = {name: getattr(journey, name) for name in _PLAIN}
    return {name: value for name, value in fields.items() if value != getattr(_DEFAULTS, name)}


def _boot_fields(journey: Journey) -> dict[str, Any]:
    fields = {
        "last_event": to_record(journey.last_event) if journey.last_event else None,
        "asked": journey.requested,
        "asked_at": unpack(f">{len(journey.requested_at) // TIME_BYTES}d", journey.requested_at),
        "registered": journey.registered,
        "in_call": [(call.extension, call.to, call.since, call.answered) for call in journey.in_call],
        "mailboxes": journey.mailboxes,
        "troubles": [asdict(trouble) for trouble in journey.troubles],
    }
    return {name: value for name, value in fields.items() if value}


def from_stored(mac: str, text: str) -> Journey:
    """Return the journey of the phone `mac`; raises ValueError, KeyError or TypeError for another text."""
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
