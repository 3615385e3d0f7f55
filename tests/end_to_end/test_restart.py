"""A phone restarts at a NOTIFY of a real Asterisk, and registers again; the other phone stays as it is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ringup.demo import isolation
from tests.end_to_end.demo_runs import CACHE, LONGEST_RUN, ROOT

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("restart_phone.py")


@pytest.mark.parametrize(("release", "driver"), [("22", "pjsip"), ("16", "chan_sip"), ("16", "pjsip")])
def test_a_phone_restarts_and_registers_again(release: str, driver: str) -> None:
    command = [sys.executable, str(SCRIPT), str(CACHE / f"asterisk-{release}"), release, driver]
    done = subprocess.run(
        [*isolation.unshare_command(), "--", *command],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, isolation.MARK: "1", "PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)

    assert result["reason"] == ""
    assert [phone["outcome"] for phone in result["printed"]["phones"]] == ["booted"]
    assert result["did"].index("check-sync") < result["did"].index("boot")
    assert result["other_boots"] == 0
