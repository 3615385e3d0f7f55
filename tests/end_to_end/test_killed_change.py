"""A change with restarts is killed at each step: after the next start, everything is old or everything is
new.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import LONGEST_RUN, ROOT

pytestmark = pytest.mark.end_to_end

SCRIPT = Path(__file__).with_name("killed_change.py")
OLD, NEW = ["old-of-201", "old-of-202"], ["new-of-201", "new-of-202"]
MACS = ["001646000001", "001646000002"]


def test_after_a_kill_at_any_step_both_sides_agree_and_the_restarted_phones_are_listed(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]

    for row in rows:
        restarted = row["restarted"]
        assert row["records"] in (OLD, NEW), row
        assert row["records"] == NEW or not any(restarted), row
        wanted = [new if has else old for old, new, has in zip(OLD, NEW, restarted, strict=True)]
        assert row["asterisk"] == wanted, row
        assert (row["files"], row["drift"], row["unfinished"]) == (True, [], []), row
        waiting = [mac for mac, has in zip(MACS, restarted, strict=True) if not has]
        assert row["left"] == (waiting if row["records"] == NEW else []), row
        assert row["listed"] == (restarted if row["left"] else [False, False]), row
    assert [row["killed"] for row in rows] == [True] * (len(rows) - 1) + [False]
    assert {sum(row["restarted"]) for row in rows} == {0, 1, 2}
    assert {tuple(row["records"]) for row in rows} == {tuple(OLD), tuple(NEW)}
