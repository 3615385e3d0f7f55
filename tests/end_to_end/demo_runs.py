"""Run `ringup demo` as a user does, and return its output."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from ringup.demo import isolation

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("RINGUP_CACHE", ROOT / ".cache"))
LONGEST_RUN = 300
"""Maximum seconds of a run; a longer run is a failure, even on a slow machine."""


def run_demo(*flags: str) -> dict[str, Any]:
    """Run `ringup demo --once --json` with these options; return its result with its exit status as
    `exit_status`.
    """
    done = subprocess.run(
        [sys.executable, "-m", "ringup", "demo", "--once", "--json", *flags],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, "RINGUP_CACHE": str(CACHE)},
        cwd=ROOT,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stdout + done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return {**result, "exit_status": done.returncode, "said": done.stderr}


def run_script(script: Path, release: str, *words: str) -> dict[str, Any]:
    """Run a script with this Asterisk and these arguments in its own network; return its output."""
    command = [sys.executable, str(script), str(CACHE / f"asterisk-{release}"), *words]
    done = subprocess.run(
        [*isolation.unshare_command(), "--", *command],
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        env={**os.environ, isolation.MARK: "1", "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result
