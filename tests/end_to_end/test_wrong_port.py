"""On the PBX's machine, the server sees that the responses go to a port on which the phone does not
listen.
"""

from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import run_script

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("wrong_port.py")


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_an_answer_at_the_wrong_port_is_heard(release: str, driver: str) -> None:
    (verdict, *_) = run_script(SCRIPT, release, release, driver)["why"]["verdicts"]
    assert verdict["code"] == "answer-to-wrong-port"
    assert "but the phone listens on 5060" in verdict["what"]
    assert 401 in [event.get("status") for event in verdict["evidence"]]
