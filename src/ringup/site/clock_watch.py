"""Find the days on which a time zone's clock differs from the zone's rule, so that phones show a wrong time.

A zone's file (TZif) lists changes of the clock, and ends with a rule for the time after them (RFC 8536 §3.3).
Phones get only the rule. Two kinds of zones differ from their rule for a while: zones whose law changes at a
future date, and zones like Morocco, which list changes for decades that no rule can express. So `ringup
serve` compares the coming year when it starts.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from ringup.errors import Problem
from ringup.site.model import Site
from ringup.site.zones import posix_rule, zone_file

DAYS_AHEAD = 366


@dataclass(frozen=True, slots=True)
class ClockDifference:
    """A span of days on which the zone's clock differs from its rule."""

    first: str
    """The first day, like ``2027-02-07``."""
    last: str
    minutes: int
    """Number of minutes by which the zone's clock is ahead of the rule's clock."""


def departures(iana: str, now: float) -> list[ClockDifference]:
    """Return the spans in the coming year; the clocks are compared at noon UTC of each day.

    Raises ValueError for an unknown zone.
    """
    real = ZoneInfo.from_file(BytesIO(zone_file(iana)))
    rule = ZoneInfo.from_file(BytesIO(_only_rule(posix_rule(iana))))
    noon = datetime.fromtimestamp(now, UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    found: list[ClockDifference] = []
    before = 0
    for day in (noon + timedelta(days=number) for number in range(DAYS_AHEAD)):
        minutes = _minutes_east(real, day) - _minutes_east(rule, day)
        if minutes and minutes == before:
            found[-1] = ClockDifference(found[-1].first, f"{day:%Y-%m-%d}", minutes)
        elif minutes:
            found.append(ClockDifference(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}", minutes))
        before = minutes
    return found


def clock_problems(site: Site, now: float) -> Iterator[Problem]:
    """Yield the faults that the phones' clocks will have within a year."""
    try:
        found = departures(site.time_zone, now)
    except ValueError as error:
        yield Problem("site time_zone", str(error), "")
        return
    for span in found:
        slow = "slow" if span.minutes > 0 else "fast"
        what = (
            f"{site.time_zone} leaves its rule from {span.first} to {span.last}; phones follow the rule and "
            f"will be {abs(span.minutes)} minutes {slow}."
        )
        yield Problem("site time_zone", what, "For those days, set a zone with the right clock.")


def _minutes_east(zone: ZoneInfo, day: datetime) -> int:
    offset = zone.utcoffset(day.astimezone(zone))
    return int(offset.total_seconds()) // 60 if offset is not None else 0


def _only_rule(rule: str) -> bytes:
    """Return a TZif file of version 2 that contains the rule and no listed changes (RFC 8536 §3.1)."""
    header = struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 0, 1, 4)
    block = header + struct.pack(">lBB", 0, 0, 0) + b"UTC\0"
    return block + block + b"\n" + rule.encode("ascii") + b"\n"
