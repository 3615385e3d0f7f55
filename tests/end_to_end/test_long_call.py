"""A short version of the long call; `tools/long-call --minutes 45` makes the complete one."""

import os
import subprocess
import sys

import pytest

from tests.end_to_end.demo_runs import CACHE, LONGEST_RUN, ROOT

pytestmark = pytest.mark.end_to_end


def test_two_phones_talk_on_both_drivers_and_every_check_is_met() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ringup.demo.long_call", "--minutes", "1"],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, "RINGUP_CACHE": str(CACHE)},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for driver in ("chan_sip", "pjsip"):
        met = [line for line in done.stdout.splitlines() if line.startswith(driver) and " ok " in line]
        assert len(met) == 12
