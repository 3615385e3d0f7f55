"""After a cut of Asterisk's manager interface, the server reports what it missed."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("lost_manager.py")


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_registrations_of_the_time_without_a_connection_are_fetched(release: str, driver: str) -> None:
    result = run_script(SCRIPT, release, release, driver)

    assert result["during"] == []
    assert result["after"] == [["LineRegistered", "202"], ["LineUnregistered", "201"]]
