"""Runs this program again inside namespaces of its own, so that nothing of it can be left behind.

The kernel does the cleaning: when the first process of the PID namespace ends, for whatever reason, every
process in it is killed, and with the last process go the mounts and the networks. Root is not needed:
without it a user namespace supplies the rights, and they reach no further than these namespaces.
"""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ringup.asterisk import sandbox
from ringup.errors import OutsideError, for_root

MARK = "RINGUP_ISOLATED"
"""Environment variable that says we are inside already."""

CONFIG = "RINGUP_CONFIG"
"""Environment variable that names the file of settings; this machine's own is no part of a demonstration."""

PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent ends."""

STATE = Path("/run/ringup")
"""Where the isolated program keeps its files: in memory, gone with the namespace."""


def isolated() -> bool:
    """Whether this process runs inside the namespaces."""
    return os.environ.get(MARK) == "1"


def unshare_command() -> list[str]:
    """The `unshare` call that makes the namespaces, with a user namespace when we are not root."""
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command[1:1] = ["--user", "--map-root-user"]
    return command


def run_inside(arguments: Sequence[str]) -> int:
    """Run `arguments` inside and return their exit status; raises OutsideError where it is forbidden."""
    _check()
    inside = subprocess.Popen(
        [*unshare_command(), "--", *arguments],
        env={**os.environ, MARK: "1", CONFIG: os.devnull},
        preexec_fn=_die_with_parent,
    )
    # Ctrl-C reaches the inside by itself: it is in the terminal's foreground group, too. SIGTERM does not,
    # because `unshare` blocks it while it waits.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    signal.signal(signal.SIGTERM, lambda _number, _frame: _end(inside))
    return inside.wait()


def _check() -> None:
    for program, package in (("unshare", "util-linux"), ("nsenter", "util-linux"), ("ip", "iproute2")):
        if shutil.which(program) is None:
            raise OutsideError(
                f"looking for {program}", "it is not installed.", for_root(f"apt-get install {package}")
            )
    trial = subprocess.run([*unshare_command(), "true"], capture_output=True, text=True, check=False)
    if trial.returncode != 0:
        raise OutsideError(
            "making private namespaces",
            sandbox.namespaces_forbidden() or trial.stderr.strip() or "the kernel refused.",
            "",
        )


def _die_with_parent() -> None:
    """So that not even `kill -9` of the outer process leaves the inside running."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(unshare: subprocess.Popen[bytes]) -> None:
    """Pass SIGTERM on to the first process of the namespace."""
    children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)


def prepare() -> None:
    """Give the inside a /run of its own for namespaces' names and our state."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    STATE.mkdir(parents=True, exist_ok=True)
