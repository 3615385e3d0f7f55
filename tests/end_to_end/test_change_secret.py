"""A secret changes while the other phone calls once a second: calls fail only during the restart."""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("change_secret.py")
MOST_REFUSED = 2.0
"""Maximum seconds for which the PBX may refuse the secret that the phone has."""


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip"), ("16", "pjsip")])
def test_calls_fail_only_while_the_phone_restarts(release: str, driver: str) -> None:
    result = run_script(SCRIPT, release, release, driver)

    assert (result["reason"], result["status"]) == ("", 0), result
    assert all((*result["before"], *result["after"]))
    assert "refused" not in result["states"]
    assert sum(result["refused"]) <= MOST_REFUSED
    assert result["stored"] == "a-new-secret-of-201"
