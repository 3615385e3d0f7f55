"""POSIX rules are converted to the phone's clock parameters."""

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.clock import clock_settings
from ringup.phone.parameters import PARAMETERS, check


def test_britain_changes_on_the_last_sundays_of_march_and_october() -> None:
    assert clock_settings("GMT0BST,M3.5.0/1,M10.5.0") == {
        "time_zone": "GMT",
        "dst_auto_adjust": "1",
        "dst_offset": "1",
        "dst_start_month": "March",
        "dst_start_day": "0",
        "dst_start_day_of_week": "Sun",
        "dst_start_week_of_month": "8",
        "dst_start_time": "01:00",
        "dst_stop_month": "October",
        "dst_stop_day": "0",
        "dst_stop_day_of_week": "Sun",
        "dst_stop_week_of_month": "8",
        "dst_stop_time": "02:00",
    }


def test_irelands_negative_winter_time_reads_as_britains_summer_time() -> None:
    assert clock_settings("IST-1GMT0,M10.5.0,M3.5.0/1") == clock_settings("GMT0BST,M3.5.0/1,M10.5.0")


@pytest.mark.parametrize(
    ("rule", "zone"),
    [
        ("UTC0", "GMT"),
        ("JST-9", "JST"),
        ("<+08>-8", "8"),
        ("<-03>3", "-3"),
        ("EST5", "EST"),
        ("MST7", "MST"),
        ("<+14>-14", "14"),
    ],
)
def test_a_zone_without_summer_time_only_names_its_hours(rule: str, zone: str) -> None:
    assert clock_settings(rule) == {"time_zone": zone, "dst_auto_adjust": "0"}


def test_new_york_changes_on_the_second_and_first_sunday() -> None:
    settings = clock_settings("EST5EDT,M3.2.0,M11.1.0")
    assert settings["time_zone"] == "EST"
    assert settings["dst_start_week_of_month"] == "2"
    assert settings["dst_start_time"] == "02:00"
    assert settings["dst_stop_month"] == "November"
    assert settings["dst_stop_week_of_month"] == "1"


def test_midnight_at_the_end_of_the_day_becomes_its_last_minute() -> None:
    settings = clock_settings("<-04>4<-03>,M9.1.6/24,M4.1.6/24")
    assert (settings["dst_start_day_of_week"], settings["dst_start_time"]) == ("Sat", "23:59")


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("IST-5:30", "+5:30 from Greenwich; the phone knows whole hours only"),
        ("<-0930>9:30", "-9:30"),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "+10:30"),
        ("AAA-10BBB-10:30,M10.1.0,M4.1.0", "summer time adds +0:30"),
        ("IST-2IDT,M3.4.4/26,M10.5.0", "+26:00, outside the day"),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "-1:00, outside the day"),
        ("AAA0BBB,J60,J300", "'J60'; the phone knows only"),
        ("AAA0BBB,60,300", "'60'; the phone knows only"),
        ("AAA0BBB", "does not say when summer time begins"),
        ("AAA0BBB,M13.1.0,M4.1.0", "not a POSIX change"),
        ("", "not a POSIX time zone rule"),
        ("nonsense!", "not a POSIX time zone rule"),
    ],
)
def test_what_the_phone_cannot_follow_is_said(rule: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        clock_settings(rule)


CHANGES = st.builds(
    "M{}.{}.{}/{}".format, st.integers(1, 12), st.integers(1, 5), st.integers(0, 6), st.integers(0, 24)
)


@given(st.integers(-12, 14), st.integers(1, 2), CHANGES, CHANGES)
def test_every_whole_hour_rule_gives_settings_the_phone_takes(
    east: int, saving: int, start: str, stop: str
) -> None:
    settings = clock_settings(f"<A>{-east}<B>{-(east + saving)},{start},{stop}")
    assert settings["dst_offset"] == str(saving)
    assert [check(name, value) for name, value in settings.items()] == [None] * len(settings)


@given(st.text())
def test_any_text_gives_settings_or_a_value_error(rule: str) -> None:
    with suppress(ValueError):
        assert set(clock_settings(rule)) <= set(PARAMETERS)
