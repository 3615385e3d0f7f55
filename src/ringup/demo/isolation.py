"""Start this program again inside new Linux namespaces, so that it leaves nothing behind.

The kernel cleans up. When the first process of the PID namespace ends, for any reason, the kernel kills every
process in it. After the last process, the mounts and networks disappear. Root is not needed: a user namespace
gives the necessary rights, which apply only inside these namespaces.
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
"""The environment variable that marks a process inside the namespaces."""

CONFIG = "RINGUP_CONFIG"
"""The environment variable that names the file of settings; the demo does not read the machine's own file."""

PR_SET_PDEATHSIG = 1
"""The option of prctl(2) that selects the signal a process gets when its parent ends."""

STATE = Path("/run/ringup")
"""The folder for the program's files; it is in memory and disappears with the namespaces."""


def isolated() -> bool:
    """Return whether this process runs inside the namespaces."""
    return os.environ.get(MARK) == "1"


def unshare_command() -> list[str]:
    """Return the `unshare` command that makes the namespaces; without root, it also makes a user
    namespace.
    """
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if os.geteuid() != 0:
        command[1:1] = ["--user", "--map-root-user"]
    return command


def run_inside(arguments: Sequence[str]) -> int:
    """Run `arguments` inside the namespaces and return the exit status.

    Raises OutsideError if the system forbids namespaces.
    """
    _check()
    inside = subprocess.Popen(
        [*unshare_command(), "--", *arguments],
        env={**os.environ, MARK: "1", CONFIG: os.devnull},
        preexec_fn=_die_with_parent,
    )
    # The program inside is in the terminal's foreground group too, so Ctrl-C reaches it directly. SIGTERM
    # must be passed on, because `unshare` blocks it while it waits.
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
    """End this process when its parent ends, even if the parent is ended by `kill -9`."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(unshare: subprocess.Popen[bytes]) -> None:
    """Pass SIGTERM on to the first process of the namespace."""
    children = Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)


def prepare() -> None:
    """Mount a new /run inside the namespaces, for the names of network namespaces and for the demo's
    files.
    """
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    STATE.mkdir(parents=True, exist_ok=True)
