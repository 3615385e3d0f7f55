"""After Ctrl-C, and even after kill -9, no process, namespace or mount of the demo remains."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.demo_runs import CACHE, ROOT

pytestmark = pytest.mark.end_to_end

KERNEL_SECONDS = 10
STOP_SECONDS = 30


def processes_marked(mark: str) -> list[str]:
    """Return the command lines of all processes whose environment contains the mark."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            environment = (entry / "environ").read_bytes() if entry.name.isdigit() else b""
            command = (entry / "cmdline").read_bytes() if mark.encode() in environment else b""
        except OSError:  # the process belongs to another user, or is just ending
            continue
        if command:
            found.append(command.replace(b"\0", b" ").decode())
    return found


def left_after(mark: str) -> list[str]:
    """Return what remains after the kernel has had time to end a namespace's processes one by one."""
    deadline = time.monotonic() + KERNEL_SECONDS
    while (left := processes_marked(mark)) and time.monotonic() < deadline:
        pass
    return left


def ignore_sigint() -> None:
    """Ignore SIGINT, as processes do that a shell without job control starts in the background."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_demo_leaves_nothing_behind(how: signal.Signals) -> None:
    mark = f"RINGUP_TEST_MARK={os.getpid()}-{how.name}"
    name, _, value = mark.partition("=")
    mounts = Path("/proc/self/mounts").read_text()
    names = sorted(path.name for path in Path("/run").glob("netns/*"))
    demo = subprocess.Popen(
        [sys.executable, "-m", "ringup", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "RINGUP_CACHE": str(CACHE), name: value},
        cwd=ROOT,
        start_new_session=True,
        preexec_fn=ignore_sigint,
    )
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if "plugged in" in line:
            break
    assert any("plugged in" in line for line in said), "".join(said)
    assert len(processes_marked(mark)) >= 5

    # Ctrl-C on a terminal reaches the complete foreground group; kill reaches one process.
    os.killpg(demo.pid, how) if how == signal.SIGINT else demo.send_signal(how)
    demo.communicate(timeout=KERNEL_SECONDS + STOP_SECONDS)

    assert left_after(mark) == []
    assert Path("/proc/self/mounts").read_text() == mounts
    assert sorted(path.name for path in Path("/run").glob("netns/*")) == names
