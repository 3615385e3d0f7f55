"""The reason why a phone is out of service, as `ringup watch` shows it."""

from ringup.fleet.rows import FleetRow
from ringup.journey.overdue import overdue


def reason(row: FleetRow, now: float) -> str:
    """Return a phone's trouble, or the stage that is overdue at `now` (Unix seconds); empty: there is
    neither.
    """
    if trouble := row.journey.trouble:
        return trouble.text
    late = overdue(row.journey, now)
    return late.what if late else ""
