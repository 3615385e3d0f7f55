"""The zones that are suggested if the phone cannot follow the wanted one."""

import zoneinfo

import pytest

from ringup.errors import SiteErrors
from ringup.phone.clock import clock_settings
from ringup.site import near_zones
from ringup.site.check import check
from ringup.site.near_zones import nearest
from ringup.site.rows import Rows, by_record
from ringup.site.zones import posix_rule


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("Asia/Kolkata", ["Asia/Karachi (UTC+5)", "Asia/Dhaka (UTC+6)"]),
        ("Asia/Calcutta", ["Asia/Karachi (UTC+5)", "Asia/Dhaka (UTC+6)"]),
        ("America/St_Johns", ["America/Glace_Bay (UTC-4)", "America/Miquelon (UTC-3)"]),
        (
            "Australia/Adelaide",
            ["Asia/Dili (UTC+9, without summer time)", "Australia/Melbourne (UTC+10)"],
        ),
        ("Pacific/Marquesas", ["Pacific/Tahiti (UTC-10)", "Pacific/Gambier (UTC-9)"]),
        (
            "America/Nuuk",
            [
                "America/Noronha (UTC-2, without summer time)",
                "America/Miquelon (UTC-3, changing on other days)",
                "Atlantic/Azores (UTC-1, changing at another hour)",
            ],
        ),
    ],
)
def test_the_nearest_by_clock_rule_and_map_are_offered(name: str, choices: list[str]) -> None:
    assert list(map(str, nearest(name))) == choices


def test_every_zone_the_phone_cannot_follow_gets_choices_that_it_can() -> None:
    for name in sorted(zoneinfo.available_timezones() - {"localtime", "posixrules", "Factory"}):
        try:
            clock_settings(posix_rule(name))
        except ValueError:
            choices = nearest(name)
            assert choices, name
            for choice in choices:
                assert clock_settings(posix_rule(choice.name))


def test_a_zone_that_fits_is_offered_one_that_does_the_same() -> None:
    assert [choice.remark for choice in nearest("Europe/Paris")] == [""]


def test_without_a_map_the_choice_is_the_first_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    places = dict.fromkeys(("Asia/Tashkent", "Asia/Karachi", "Asia/Dhaka"), "")
    monkeypatch.setattr(near_zones, "inhabited_zones", lambda: places)
    near_zones._expressible.cache_clear()
    try:
        assert [choice.name for choice in nearest("Asia/Kolkata")] == ["Asia/Karachi", "Asia/Dhaka"]
    finally:
        near_zones._expressible.cache_clear()


def test_a_site_in_such_a_zone_is_refused_with_the_choices() -> None:
    data = {"site": {"time_zone": "Asia/Kolkata"}}
    with pytest.raises(SiteErrors, match=r"nearest that it can: Asia/Karachi \(UTC\+5\) or Asia/Dhaka"):
        check(Rows(data, by_record(data)))


def test_an_unknown_zone_has_no_neighbours() -> None:
    with pytest.raises(ValueError, match="unknown"):
        nearest("Mars/Olympus")
