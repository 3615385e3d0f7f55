"""Measure what a server costs: processor time of all its processes, memory, and the time that other programs
used.

Strategy: a control group for the server counts the time of every child to the nanosecond, even after it has
ended. If no group can be made, the tree of processes is read instead, which misses processes that ended in
between.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

import psutil

IDLE_SHARE = 0.03
"""Share of a processor below which a server counts as idle; a waiting ringup checks its clocks a few times a
second.
"""
IDLE_WINDOWS = 4
WINDOW_SECONDS = 0.2
LONGEST_UNREST = 60.0

_CPUACCT = Path("/sys/fs/cgroup/cpuacct")
_UNIFIED = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))


class Cpu(NamedTuple):
    """Seconds of processor time."""

    total: float
    user: float
    system: float

    def since(self, before: "Cpu") -> "Cpu":
        """Return the difference from an earlier value."""
        return Cpu(*(new - old for new, old in zip(self, before, strict=True)))


class Account(Protocol):
    """Counts a server's processor time."""

    def entered(self, command: list[str]) -> list[str]:
        """Return the command line that runs this program with its time counted from the first instruction."""

    def cpu(self, pid: int) -> Cpu:
        """Return the processor time used so far; `pid` is the server's first process."""

    def pids(self, pid: int) -> list[int]:
        """Return the server's processes."""


class CpuacctGroup:
    """A control group of version 1."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entered(self, command: list[str]) -> list[str]:
        """See Account."""
        return entered_in(self.folder, command)

    def cpu(self, _pid: int) -> Cpu:
        """See Account."""
        names = ("cpuacct.usage", "cpuacct.usage_user", "cpuacct.usage_sys")
        return Cpu(*(int((self.folder / name).read_text()) / 1e9 for name in names))

    def pids(self, _pid: int) -> list[int]:
        """See Account."""
        return _pids(self.folder)


class UnifiedGroup(CpuacctGroup):
    """A control group of version 2."""

    def cpu(self, _pid: int) -> Cpu:
        """See Account."""
        lines = (line.split() for line in (self.folder / "cpu.stat").read_text().splitlines())
        values = {name: int(value) / 1e6 for name, value in lines}
        return Cpu(values["usage_usec"], values["user_usec"], values["system_usec"])


class ProcessTree:
    """Counts without a control group, by adding up the tree of processes.

    A child that has ended is still counted, because the kernel adds its time to its parent.
    """

    def entered(self, command: list[str]) -> list[str]:
        """See Account."""
        return command

    def cpu(self, pid: int) -> Cpu:
        """See Account."""
        user = system = 0.0
        for each in self.pids(pid):
            with suppress(psutil.Error):
                times = psutil.Process(each).cpu_times()
                user += times.user + times.children_user
                system += times.system + times.children_system
        return Cpu(user + system, user, system)

    def pids(self, pid: int) -> list[int]:
        """See Account."""
        with suppress(psutil.Error):
            return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        return []


@contextmanager
def account() -> Iterator[Account]:
    """Return the most exact way of counting that this machine allows."""
    group = _new_group(f"ringup-storm-{os.getpid()}")
    if group is None:
        yield ProcessTree()
        return
    try:
        yield group
    finally:
        remove(group.folder)


def _new_group(name: str) -> CpuacctGroup | None:
    kinds: list[tuple[Path, type[CpuacctGroup], str]] = [(_CPUACCT, CpuacctGroup, "cpuacct.usage_sys")]
    kinds += [(root, UnifiedGroup, "cpu.stat") for root in _UNIFIED]
    for root, kind, needed in kinds:
        folder = root / name
        with suppress(OSError):
            folder.mkdir()
            if (folder / needed).exists() and (folder / "cgroup.procs").exists():
                return kind(folder)
            folder.rmdir()
    return None


def wait_until_idle(used: Callable[[], float]) -> float | None:
    """Wait until the server has been idle for a while; return the share of a processor that it uses then.

    None if the server does not become idle.
    """
    calm, before = deque[float](maxlen=IDLE_WINDOWS), used()
    until = time.monotonic() + LONGEST_UNREST
    while time.monotonic() < until:
        time.sleep(WINDOW_SECONDS)
        after = used()
        calm.append((after - before) / WINDOW_SECONDS)
        if len(calm) == IDLE_WINDOWS and max(calm) < IDLE_SHARE:
            return sum(calm) / IDLE_WINDOWS
        before = after
    return None


class Memory:
    """Measures the maximum memory that a set of processes used together, in bytes; shared pages count several
    times.
    """

    def __init__(self, pids: Callable[[], list[int]]) -> None:
        self._pids = pids
        self.most = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._stopped.wait(0.2):
            self._look()

    def _look(self) -> None:
        self.most = max(self.most, sum(_resident(pid) for pid in self._pids()))


def machine_busy() -> float:
    """Return the seconds of processor time that all programs used since the machine started, stolen time
    included.
    """
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0))


def _resident(pid: int) -> int:
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0


def entered_in(folder: Path, command: list[str]) -> list[str]:
    """Return the command line that runs this command in the control group from its first instruction."""
    return ["sh", "-c", 'echo $$ >"$0" && exec "$@"', str(folder / "cgroup.procs"), *command]


def _pids(folder: Path) -> list[int]:
    with suppress(OSError):
        return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    return []


def remove(folder: Path) -> None:
    """Remove a control group; processes that still run in it are killed."""
    for _ in range(100):
        with suppress(OSError):
            folder.rmdir()
            return
        for pid in _pids(folder):
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        time.sleep(0.05)
