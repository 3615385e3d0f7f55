"""The JSON form of one phone of the fleet."""

from dataclasses import asdict
from typing import Any

from ringup.fleet.seats import Seat
from ringup.journey.stages import stage


def seat_record(seat: Seat) -> dict[str, Any]:
    """The JSON form of one phone; keys are only ever added."""
    journey = seat.journey
    return {
        "mac": seat.mac,
        "known": seat.phone is not None,
        "name": seat.name if seat.phone else "",
        "extensions": list(seat.extensions),
        "model": seat.model,
        "address": journey.address,
        "state": seat.state,
        "stage": journey.stage,
        "stage_title": stage(journey.stage).title,
        "since": journey.since,
        "boots": journey.boots,
        "firmware_asked": journey.firmware_asked,
        "registered": list(journey.registered),
        "in_call": [asdict(call) for call in journey.in_call],
        "messages_waiting": journey.messages_waiting,
        "trouble": journey.trouble,
        "troubles": [asdict(trouble) for trouble in journey.troubles],
        "last": journey.last,
        "last_at": journey.last_at,
    }
