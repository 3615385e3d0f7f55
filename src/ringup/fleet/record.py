"""The JSON form of one phone's row."""

from dataclasses import asdict
from typing import Any

from ringup.fleet.rows import FleetRow
from ringup.journey.stages import stage


def row_record(row: FleetRow) -> dict[str, Any]:
    """Return the JSON form of one phone's row; later versions only add keys."""
    journey, trouble = row.journey, row.trouble
    return {
        "mac": row.mac,
        "known": row.phone is not None,
        "name": row.name if row.phone else "",
        "extensions": list(row.extensions),
        "model": row.model,
        "address": journey.address,
        "state": row.state,
        "stage": journey.stage,
        "stage_title": stage(journey.stage).title,
        "since": journey.since,
        "progress": journey.progress,
        "boots": journey.boots,
        "firmware_asked": journey.firmware_asked,
        "registered": list(journey.registered),
        "in_call": [asdict(call) for call in journey.in_call],
        "messages_waiting": journey.messages_waiting,
        "trouble": trouble.text if trouble else "",
        "trouble_key": trouble.key if trouble else "",
        "cure": trouble.cure if trouble else "",
        "troubles": [{**asdict(each), "text": each.text} for each in row.troubles],
        "last": journey.last,
        "last_at": journey.last_at,
    }
