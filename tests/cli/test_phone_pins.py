"""Pins are shown, set and removed by one command each."""

from tests.cli.terminal import Ringup

PHONE = "001646C0FFEE"


def test_a_pin_is_made_shown_and_removed(ringup: Ringup) -> None:
    assert ringup("phone", "add", PHONE, "--extension", "201", "--name", "Larry").status == 0
    assert "No phone is pinned" in ringup("phone", "pins").out
    assert "pinned to 192.168.50.20" in ringup("phone", "pin", "201", "192.168.50.20").out
    listed = ringup("phone", "pins").out
    assert PHONE in listed
    assert "192.168.50.20" in listed
    assert "operator" in listed
    assert ringup("phone", "pins", "--json").json()["pins"][0]["mac"] == PHONE
    assert "Its own files go only to 192.168.50.20: pinned by operator" in ringup("status", "201").out
    assert ringup("phone", "unpin", "Larry").out == f"Phone {PHONE} is no longer pinned.\n"
    assert ringup("phone", "unpin", "Larry").out == f"Phone {PHONE} is not pinned.\n"
    assert ringup("phone", "pins", "--json").json()["pins"] == []


def test_only_a_phone_of_the_site_is_pinned_to_an_address(ringup: Ringup) -> None:
    ringup("phone", "add", PHONE, "--extension", "201")
    assert "is not in the site" in ringup("phone", "pin", "001646C0FFEF", "192.168.50.20").err
    assert ringup("phone", "pin", "201", "192.168.50").status == 2
    assert ringup("phone", "pins", "--json").json()["pins"] == []
