"""The Messages button, the lamp and the list of messages, on both drivers and both Asterisks."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

REFUSES = ("--urgent-counts", "refuses")


def told_by(release: str, driver: str, *flags: str) -> dict[str, Any]:
    told = run_script(Path(__file__).with_name("press_messages.py"), release, release, driver, *flags)
    assert told["reason"] == ""
    return told


@pytest.mark.parametrize(
    ("release", "driver", "flags"),
    [("22", "pjsip", ()), ("16", "pjsip", ()), ("16", "chan_sip", REFUSES)],
    ids=["22-pjsip", "16-pjsip", "16-chan_sip-refuses"],
)
def test_a_message_lights_the_lamp_is_listed_and_heard(
    release: str, driver: str, flags: tuple[str, ...]
) -> None:
    told = told_by(release, driver, *flags)
    assert (told["lamp_on"], told["lamp_off"], told["refused"]) == (True, True, 0)
    before, after = ([name for name, _number in page["entries"]] for page in told["pages"])
    assert (before[0], after[0]) == ("202: 1 new, 0 old", "202: 0 new, 1 old")
    assert {number for _name, number in told["pages"][0]["entries"]} == {"500"}
    assert before[1].startswith("* ")
    assert "Larry Ellison" in before[1]
    assert not after[1].startswith("* ")
    if release == "22":
        assert told["pages"][0]["prompt"] == "1 new. Dial, or Update: mark."
        assert told["marked"] == [["Heard"], ["New"], ["Heard"]]
    else:  # 16 has no action that marks a message
        assert told["pages"][0]["prompt"] == "1 new. Dial to hear them."
        assert told["marked"] == []
    assert told["counts"][-2:] == [[1, 0], [0, 1]]


def test_a_phone_that_refuses_the_urgent_counts_has_no_lamp_with_pjsip() -> None:
    told = told_by("22", "pjsip", *REFUSES)
    assert not told["lamp"]
    assert told["refused"]
