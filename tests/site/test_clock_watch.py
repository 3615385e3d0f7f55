"""Time zones that differ from their own rule."""

import struct
from datetime import UTC, datetime

import pytest

from ringup.site import clock_watch
from ringup.site.clock_watch import ClockDifference, clock_problems, departures
from ringup.site.model import Site

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def zone_file(changes: list[float], before: int, after: int, rule: str) -> bytes:
    """Return a TZif file that alternates between two offsets in minutes, followed by a rule (RFC 8536 §3)."""
    counts = struct.pack(">4sc15x6I", b"TZif", b"2", 0, 0, 0, len(changes), 2, 4)
    types = b"".join(struct.pack(">lBB", minutes * 60, 0, 0) for minutes in (before, after))
    kinds = bytes((number + 1) % 2 for number in range(len(changes)))
    first = counts + b"".join(struct.pack(">l", int(at)) for at in changes) + kinds + types + b"UTC\0"
    second = counts + b"".join(struct.pack(">q", int(at)) for at in changes) + kinds + types + b"UTC\0"
    return first + second + b"\n" + rule.encode() + b"\n"


def day(month: int, number: int) -> float:
    return datetime(2026, month, number, 2, tzinfo=UTC).timestamp()


def use_zone(monkeypatch: pytest.MonkeyPatch, data: bytes, rule: str) -> None:
    """Make every zone this one, whatever zone database the machine has."""
    monkeypatch.setattr(clock_watch, "zone_file", lambda _name: data)
    monkeypatch.setattr(clock_watch, "posix_rule", lambda _name: rule)


@pytest.mark.parametrize("zone", ["Etc/UTC", "Europe/London", "America/New_York", "Asia/Kolkata"])
def test_most_zones_follow_their_rule_all_year(zone: str) -> None:
    assert departures(zone, NEW_YEAR) == []


def test_morocco_as_it_was_leaves_its_rule_for_ramadan(monkeypatch: pytest.MonkeyPatch) -> None:
    ramadan = [day(2, 15), day(3, 22)]
    use_zone(monkeypatch, zone_file(ramadan, 60, 0, "<+01>-1"), "<+01>-1")
    [span] = departures("Africa/Casablanca", NEW_YEAR)
    assert span == ClockDifference("2026-02-15", "2026-03-21", -60)
    [problem] = clock_problems(Site(time_zone="Africa/Casablanca"), NEW_YEAR)
    assert "leaves its rule from 2026-02-15 to 2026-03-21" in str(problem)
    assert "60 minutes fast" in str(problem)


def test_morocco_under_its_new_rule_leaves_it_twice_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the zone database 2026f, the rule is UTC, and the clock is an hour ahead of it except during
    Ramadan.
    """
    changes = [day(2, 15), day(3, 22), day(9, 20)]
    use_zone(monkeypatch, zone_file(changes, 60, 0, "<+00>0"), "<+00>0")
    winter, summer = departures("Africa/Casablanca", NEW_YEAR)
    assert winter == ClockDifference("2026-01-01", "2026-02-14", 60)
    assert summer == ClockDifference("2026-03-22", "2026-09-19", 60)
    problems = list(clock_problems(Site(time_zone="Africa/Casablanca"), NEW_YEAR))
    assert len(problems) == 2
    assert all("60 minutes slow" in str(problem) for problem in problems)


def test_a_change_of_law_ahead_is_found_until_it_is_past(monkeypatch: pytest.MonkeyPatch) -> None:
    change = datetime(2026, 3, 1, tzinfo=UTC).timestamp()
    use_zone(monkeypatch, zone_file([change], 120, 180, "<+03>-3"), "<+03>-3")
    assert departures("Some/Where", NEW_YEAR) == [ClockDifference("2026-01-01", "2026-02-28", -60)]
    assert departures("Some/Where", change) == []


def test_an_unknown_zone_is_one_problem() -> None:
    [problem] = clock_problems(Site(time_zone="Mars/Olympus"), NEW_YEAR)
    assert "unknown" in problem.what
