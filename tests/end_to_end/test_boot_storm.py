"""`benchmarks/storm --only S` with a few phones: DHCP, files, and one line each on a real Asterisk."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ringup.demo import isolation
from tests.end_to_end.demo_runs import CACHE, ROOT

pytestmark = [pytest.mark.end_to_end, pytest.mark.timed]

PHONES = 5
LONGEST_RUN = 60


def test_phones_of_one_process_and_one_interface_all_register(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks.rig", "--only=S", f"--phones={PHONES}", "--rounds=1"]
    done = subprocess.run(
        [*isolation.unshare_command(), "--", *command, f"--json={figures}"],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, "RINGUP_CACHE": str(CACHE), "PYTHONPATH": str(ROOT / "src")},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ((result,),) = [row["rounds"] for row in json.loads(figures.read_text())]
    assert result["registered"] == result["asterisk_registered"] == PHONES
    assert len(result["each"]) == PHONES
    assert result["troubles"] == {}
    assert {"main loop", "tftp", "store"} <= set(result["threads"])
    assert f"| {PHONES} | {PHONES} | 0 | {PHONES} |" in done.stdout
