"""A phone restarts after a NOTIFY from a real Asterisk and registers again; the other phone does not
restart.
"""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("restart_phone.py")


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip"), ("16", "pjsip")])
def test_a_phone_restarts_and_registers_again(release: str, driver: str) -> None:
    result = run_script(SCRIPT, release, release, driver)

    assert result["reason"] == ""
    assert [phone["outcome"] for phone in result["printed"]["phones"]] == ["booted"]
    assert result["did"].index("check-sync") < result["did"].index("boot")
    assert result["other_boots"] == 0
