"""The Services button on software phones: Asterisk follows what the user sets."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SETUPS = [("22", "pjsip"), ("16", "pjsip"), ("16", "chan_sip")]
VOICEMAIL_AT_ONCE = 3.0
"""Maximum seconds until voicemail answers at once; if the line rings, voicemail answers after 4 s."""


@pytest.fixture(params=SETUPS, ids=["-".join(setup) for setup in SETUPS], scope="module")
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    release, driver = request.param
    found = run_script(Path(__file__).with_name("press_services.py"), release, release, driver)
    assert found["reason"] == ""
    return found


def test_the_menu_has_what_this_site_can_do(told: dict[str, Any]) -> None:
    assert [name for name, _url in told["menu"]["entries"]] == [
        "Directory", "Messages", "Calls", "Forward calls", "Who is on the phone", "Parked calls",
        "This phone",
    ]  # fmt: skip


def test_a_forward_and_do_not_disturb_are_set_seen_in_hints_and_followed(told: dict[str, Any]) -> None:
    rows = [[name for name, _url in page["entries"]] for page in told["pages"]]
    assert rows == [
        ["202 forward: off", "202 do not disturb: off"],
        ["202 forward: 600", "202 do not disturb: off"],
        ["202 forward: off", "202 do not disturb: on"],
        ["202 forward: off", "202 do not disturb: off"],
    ]
    assert told["hints"] == ["Busy", "Busy", "Idle"]
    for went in (told["forwarded"], told["undisturbed"]):
        assert not went["rang"]
        assert went["seconds"] < VOICEMAIL_AT_ONCE


def test_who_is_on_the_phone_is_shown(told: dict[str, Any]) -> None:
    assert "Larry Ellison (201): 202, 00:00:0" in told["talking"]
    assert "Ada Lovelace (202): 201, 00:00:0" in told["talking"]
    assert told["parked"] == "The PBX does not park calls."


def test_a_call_from_outside_rings_differently(told: dict[str, Any]) -> None:
    assert told["outside"]["alert_info"] == "Bellcore-dr3"
    assert "alert_info" not in told["inside"]
    assert told["heard"] == ["distinctive ring 2 s", "ring 2 s", "ringback 2 s"]
