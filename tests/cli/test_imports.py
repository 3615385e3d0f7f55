"""What a short command leaves undone, because it takes longer than the command's own work."""

import subprocess
import sys
from pathlib import Path

from tests.cli.terminal import Ringup

WATCHED = """
import atexit, gc, sys

seen = []
gc.callbacks.append(lambda phase, info: seen.append(phase))
atexit.register(lambda: print(len(seen) < 10, len(gc.get_objects()) < 100, file=sys.stderr))
from ringup.__main__ import main

main()
"""
"""A program that runs a command line. It says whether Python hardly ever looked for garbage, and whether
it has little to look through at the end.
"""


def after(program: str, *arguments: str) -> str:
    """Run the program with the arguments of `ringup`, and return its standard error."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr


def test_a_short_command_collects_no_garbage(ringup: Ringup, tmp_path: Path) -> None:
    database = f"--database={tmp_path / 'site.db'}"
    assert ringup("site", "set", "name=office", database).status == 0
    assert after(WATCHED, "status", database) == "True True\n"
