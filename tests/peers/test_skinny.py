"""The software phone with a real chan_skinny in situations that go wrong (P-SCCP-2, 3, 4 and 26)."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.peers


def test_what_chan_skinny_does_with_phones_in_awkward_situations() -> None:
    told = run_script(Path(__file__).with_name("skinny_traps.py"), "16")

    assert told["unknown"].startswith("the server rejected the phone: No Authority")
    assert told["before"] == {"SEP0011223344AA": ""}, "the doctor knows a device that is not registered"
    assert told["after"] == {"SEP0011223344AA": "10.9.0.2"}
    assert told["split"] == "", "a split header ends the session"
    assert told["registered"]
    assert "rejected" in told["still there"]
    assert told["reset"] == "reset", "chan_skinny's words are swapped"
    assert told["left"] in ("the phone signed off", "the server closed the connection")


@pytest.mark.parametrize("version", ["16", "22"])
def test_an_asterisk_that_has_not_loaded_chan_skinny_says_so(version: str) -> None:
    told = run_script(Path(__file__).with_name("skinny_absent.py"), version)

    assert told == {"is_loaded": False}


def test_calls_are_held_resumed_and_transferred_and_both_lengths_of_stimulus_are_read() -> None:
    told = run_script(Path(__file__).with_name("skinny_calls.py"), "16")

    assert told["long"] == told["short"] == ["answered", "ended"]
    states = [state for state in told["one"] if state != "ringback"]
    assert states == ["answered", "held", "resumed", "held", "answered"]
    # Now and then this Asterisk ends when a transfer is completed (P-SCCP-40).
    assert told["others"] == ["answered", "answered"] or told["has_ended"]
