"""A parked call is taken back from the page; call features stay when Asterisk restarts."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo_runs import run_script
from tests.end_to_end.test_services import SETUPS, VOICEMAIL_AT_ONCE

pytestmark = pytest.mark.end_to_end


@pytest.fixture(params=SETUPS, ids=["-".join(setup) for setup in SETUPS], scope="module")
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    release, driver = request.param
    found = run_script(Path(__file__).with_name("park_and_restart.py"), release, release, driver)
    assert found["reason"] == ""
    return found


def test_a_parked_call_is_listed_and_taken_by_selecting_it(told: dict[str, Any]) -> None:
    [[name, number]] = told["parked"]["entries"]
    assert name.startswith("701: Larry Ellison, ")
    assert number == "701"
    assert told["talking"] == 2
    assert told["caller_ended"] == []
    assert told["after"] == "No calls are parked."


def test_a_forward_and_do_not_disturb_stay_when_asterisk_restarts(told: dict[str, Any]) -> None:
    both = ["202 forward: 600", "202 do not disturb: on"]
    assert told["features"] == [both, both]
    assert told["hint"] == "Busy"
    for each in told["calls"]:
        assert not each["rang"]
        assert each["seconds"] < VOICEMAIL_AT_ONCE
