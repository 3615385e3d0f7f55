"""A change that the server has acknowledged survives `kill -9`."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from ringup.demo import isolation
from tests.end_to_end.demo_runs import CACHE, LONGEST_RUN, ROOT

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("kill_server.py")


def test_ten_kills_lose_no_lease_and_no_revision_and_the_phones_come_up() -> None:
    seed = random.SystemRandom().randrange(10_000)
    command = [sys.executable, str(SCRIPT), str(CACHE / "asterisk-22"), str(seed)]
    done = subprocess.run(
        [*isolation.unshare_command(), "--", *command],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, isolation.MARK: "1", "PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
        check=False,
    )
    print(f"seed {seed}: {' '.join(command)}")
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout)

    assert result["registered"], result["reason"]
    assert result["called"], result["reason"]
    for mac, addresses in result["given"].items():
        assert addresses
        assert result["leases"][mac] == addresses[-1]
        assert set(addresses) == {addresses[0]}, "a phone kept its address through every restart"
    assert result["promised_revisions"] == list(range(2, 12))
    assert result["revision"] == 11
    assert result["prompt"] == "kill 10"
