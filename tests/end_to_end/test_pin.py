"""A PIN that a user sets over the phone stays, although the site's record has another one."""

from pathlib import Path

import pytest

from tests.end_to_end.change_pin import OPENED, REFUSED
from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "pjsip"), ("16", "chan_sip")])
def test_a_pin_set_over_the_phone_survives_a_change_and_a_restart(release: str, driver: str) -> None:
    told = run_script(Path(__file__).with_name("change_pin.py"), release, release, driver)

    assert told["reason"] == ""
    assert told["named"]
    assert (told["first"], told["own"], told["old"]) == (OPENED, OPENED, REFUSED)
