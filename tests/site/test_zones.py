"""IANA time zones are converted to POSIX rules."""

import zoneinfo

import pytest

from ringup.phone.clock import clock_settings
from ringup.site import zones
from ringup.site.zones import posix_rule


def test_a_zone_gives_the_rule_of_its_file() -> None:
    assert posix_rule("Europe/London") == "GMT0BST,M3.5.0/1,M10.5.0"
    assert posix_rule("Etc/UTC") == "UTC0"


def test_without_system_files_the_package_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zones, "TZPATH", ())
    assert posix_rule.__wrapped__("Europe/London") == "GMT0BST,M3.5.0/1,M10.5.0"


@pytest.mark.parametrize("name", ["Europe/Londn", "europe/london", "London", "LONDON"])
def test_a_misspelt_zone_is_refused_with_the_right_one(name: str) -> None:
    with pytest.raises(ValueError, match=r"unknown\. Did you mean .*Europe/London"):
        posix_rule(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Mars/Olympus",
        "../../etc/passwd",
        "/etc/passwd",
        "Europe",
        "tzdata.zi",
        "a\0b",
        "Europe/" + "x" * 9_000,
    ],
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="unknown"):
        posix_rule(name)


def test_every_zone_has_a_rule_and_most_suit_the_phone() -> None:
    names = zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"}
    unsuitable = []
    for name in sorted(names):
        rule = posix_rule(name)
        try:
            clock_settings(rule)
        except ValueError:
            unsuitable.append(name)
    assert "Asia/Kolkata" in unsuitable
    assert len(unsuitable) < len(names) / 10


@pytest.mark.parametrize(
    ("name", "zone", "start", "stop"),
    [
        ("Europe/London", "GMT", ("March", "8", "Sun", "01:00"), ("October", "8", "Sun", "02:00")),
        ("America/New_York", "EST", ("March", "2", "Sun", "02:00"), ("November", "1", "Sun", "02:00")),
        ("Australia/Sydney", "10", ("October", "1", "Sun", "02:00"), ("April", "1", "Sun", "03:00")),
    ],
)
def test_the_phone_changes_its_clock_when_the_zone_does(
    name: str, zone: str, start: tuple[str, ...], stop: tuple[str, ...]
) -> None:
    settings = clock_settings(posix_rule(name))
    assert (settings["time_zone"], settings["dst_auto_adjust"], settings["dst_offset"]) == (zone, "1", "1")
    for edge, wanted in (("start", start), ("stop", stop)):
        parts = ("month", "week_of_month", "day_of_week", "time")
        assert tuple(settings[f"dst_{edge}_{part}"] for part in parts) == wanted


def test_a_zone_without_summer_time_keeps_its_clock() -> None:
    assert clock_settings(posix_rule("Asia/Tokyo")) == {"time_zone": "JST", "dst_auto_adjust": "0"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Asia/Kolkata", r"\+5:30"),
        ("Asia/Kathmandu", r"\+5:45"),
        ("America/St_Johns", "-3:30"),
        ("Australia/Lord_Howe", r"\+10:30"),
    ],
)
def test_a_zone_the_phone_cannot_follow_is_refused_with_the_reason(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        clock_settings(posix_rule(name))
