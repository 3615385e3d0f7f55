"""Runs commands of ringup as if they were typed, with the database and the folders of the page."""

import os
import subprocess
import sys
from collections.abc import Sequence

from ringup.store.key_place import NAMED
from ringup.web.ask import Ask

LONGEST_SECONDS = 600
"""Seconds after which a command is stopped."""
TIMED_OUT = 124
"""The status of a command that was stopped, as `timeout` gives it."""


def run_command(
    ask: Ask, words: Sequence[str], who: str, seconds: float = LONGEST_SECONDS
) -> tuple[int, str]:
    """Run `ringup` with these arguments; return its exit status and its output.

    `who` is the author of its revisions. Nobody can answer questions of the command.
    """
    options, key = ask.web.options, NAMED.get()
    environment = {
        **os.environ, "RINGUP_DATABASE": options.database, "RINGUP_FIRMWARE": str(options.firmware),
        "USER": who or "web", **({"RINGUP_KEY": str(key)} if key else {}),
        **({"RINGUP_FILES": str(options.files)} if options.files else {}),
    }  # fmt: skip
    environment.pop("SUDO_USER", None)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "ringup", *words], env=environment, check=False, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=seconds,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"It was stopped after {seconds:.0f} s."
    return done.returncode, done.stdout
