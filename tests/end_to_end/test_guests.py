"""Unknown phones are guests: one dials a waiting name's code and becomes its phone, another one guesses."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

ADA, GUESSER = "001646C0FFEE", "001646000000"


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_a_guest_claims_a_name_by_its_code_and_one_that_guesses_is_blocked(release: str, driver: str) -> None:
    told = run_script(Path(__file__).with_name("guest_phones.py"), release, release, driver)

    assert told["reason"] == ""
    assert told["screens"] == told["codes"]
    assert told["others"] == ["failed"] * 5
    screen, macs, summary = told["claimed"]
    assert (screen, macs) == ("Ada", {ADA: ["205"]})
    assert summary == f"guest: {ADA} claims 205"
    assert told["blocked"] == [10, True]
    assert told["after"] is True, "a right code of a blocked phone changes nothing"
    assert told["operator"][0] == 0, told["operator"][1]
    assert told["last"][1] == {ADA: ["205"], GUESSER: ["206"]}
    assert told["verified"][0] == 0, told["verified"][1]
