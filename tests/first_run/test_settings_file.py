"""The settings file gets the options of the answers, and keeps every other line."""

from pathlib import Path

import pytest

from ringup.errors import SiteErrors
from ringup.first_run.settings_file import read_settings, wanted_settings, with_settings

WITHOUT_DHCP = wanted_settings({"interface": "eth0", "dhcp": "no", "sntp": "no"})
SHIPPED = Path(__file__).parents[2] / "packaging/ringup.toml"


def test_the_shipped_file_gets_the_interface_and_keeps_its_comments() -> None:
    text = SHIPPED.read_text()
    after = with_settings(text, wanted_settings({"interface": "eth0", "dhcp": "yes", "sntp": "no"}))
    assert sorted(set(after.splitlines()) - set(text.splitlines())) == ['interface = "eth0"']
    assert set(text.splitlines()) <= set(after.splitlines())
    assert read_settings(after, "") == {"interface": "eth0"}


def test_no_dhcp_is_written_and_taken_back() -> None:
    off = with_settings("", WITHOUT_DHCP)
    assert off == '[serve]\ninterface = "eth0"\ndhcp = false\n'
    on = with_settings(off, wanted_settings({"interface": "eth0", "dhcp": "yes", "sntp": "no"}))
    assert on == '[serve]\ninterface = "eth0"\ndhcp = true\n'


def test_the_time_is_sent_if_it_is_wanted() -> None:
    wanted = wanted_settings({"interface": "eth0", "dhcp": "yes", "sntp": "yes"})
    assert with_settings("", wanted) == '[serve]\ninterface = "eth0"\nsntp = true\n'


def test_a_second_time_nothing_changes() -> None:
    once = with_settings(SHIPPED.read_text(), WITHOUT_DHCP)
    assert with_settings(once, WITHOUT_DHCP) == once


def test_a_broken_file_is_reported_with_its_place() -> None:
    with pytest.raises(SiteErrors, match=r"^ringup\.toml: .*Correct it there\.$"):
        read_settings("[serve\n", "ringup.toml")


@pytest.mark.parametrize("text", ["", "serve = 1\n", "[check]\nuser = 'x'\n"])
def test_a_file_without_our_section_has_no_options(text: str) -> None:
    assert read_settings(text, "") == {}
