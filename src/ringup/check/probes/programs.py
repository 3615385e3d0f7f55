"""Run programs of the system and return their output."""

import os
import shutil
import subprocess

from ringup.rule import Unknown

SECONDS = 10.0
"""Timeout in seconds, longer than any of the programs takes; a program that hangs must not stop the check."""

_MORE_PATH = ("/usr/sbin", "/sbin")
"""Folders with the programs of firewalls, which are not in the PATH of users other than root."""


def output_of(*command: str, silent_without: bool = False) -> str | Unknown:
    """Return the output of a program, or why there is none.

    `silent_without`: if the program is not installed, return an empty text.
    """
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_MORE_PATH))
    program = shutil.which(command[0], path=path)
    if program is None:
        return "" if silent_without else Unknown(f"{command[0]} is not installed")
    try:
        done = subprocess.run(
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Unknown(f"{command[0]} failed: {error}")
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        return Unknown(f"{command[0]}: {said[0] if said else f'status {done.returncode}'}")
    return done.stdout
