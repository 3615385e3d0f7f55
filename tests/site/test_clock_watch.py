"""Zones that leave their own rule."""

import struct
from datetime import UTC, datetime

import pytest

from ringup.site import clock_watch
from ringup.site.clock_watch import Departure, clock_problems, departures
from ringup.site.model import Site

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def zone_file(change: float, before: int, after: int, rule: str) -> bytes:
    """A TZif file with one change between two offsets in minutes, then a rule (RFC 8536 §3)."""
    counts = struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, 1, 2, 4)
    types = b"".join(struct.pack(">lBB", minutes * 60, 0, 0) for minutes in (before, after))
    first = counts + struct.pack(">lB", int(change), 1) + types + b"UTC\0"
    second = counts + struct.pack(">qB", int(change), 1) + types + b"UTC\0"
    return first + second + b"\n" + rule.encode() + b"\n"


@pytest.mark.parametrize("zone", ["Etc/UTC", "Europe/London", "America/New_York", "Asia/Kolkata"])
def test_most_zones_follow_their_rule_all_year(zone: str) -> None:
    assert departures(zone, NEW_YEAR) == []


def test_morocco_leaves_its_rule_for_ramadan() -> None:
    [span] = departures("Africa/Casablanca", NEW_YEAR)
    assert (span.first[:4], span.minutes) == ("2026", -60)
    [problem] = clock_problems(Site(time_zone="Africa/Casablanca"), NEW_YEAR)
    assert f"leaves its rule from {span.first} to {span.last}" in str(problem)
    assert "60 minutes fast" in str(problem)


def test_a_change_of_law_ahead_is_found_until_it_is_past(monkeypatch: pytest.MonkeyPatch) -> None:
    change = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    data = zone_file(change, 120, 180, "<+03>-3")
    monkeypatch.setattr(clock_watch, "zone_file", lambda _name: data)
    monkeypatch.setattr(clock_watch, "posix_rule", lambda _name: "<+03>-3")
    assert departures("Some/Where", NEW_YEAR) == [Departure("2026-01-01", "2026-02-28", -60)]
    assert departures("Some/Where", change) == []


def test_an_unknown_zone_is_one_problem() -> None:
    [problem] = clock_problems(Site(time_zone="Mars/Olympus"), NEW_YEAR)
    assert "unknown" in problem.what
