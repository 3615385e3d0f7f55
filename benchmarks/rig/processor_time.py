"""Read the processor time of each thread of a process from /proc: a profile that needs no installed
program.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """The time of a process or thread, in seconds."""

    user: float = 0.0
    system: float = 0.0
    waited: float = 0.0
    """The time in which it could run but had no processor."""

    @property
    def cpu(self) -> float:
        """Return the processor time, including the time in the kernel."""
        return self.user + self.system

    def since(self, before: "Used") -> "Used":
        """Return the difference from an earlier value."""
        return Used(self.user - before.user, self.system - before.system, self.waited - before.waited)

    def __add__(self, other: "Used") -> "Used":
        return Used(self.user + other.user, self.system + other.system, self.waited + other.waited)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The times of a process at one moment."""

    whole: Used
    """The time of all threads; it includes threads that have ended, but not their waiting time."""
    threads: Mapping[str, Used]
    """The time of each thread by its name; threads with the same name are added up."""

    def since(self, before: "Snapshot") -> "Snapshot":
        """Return the difference from an earlier snapshot."""
        threads = {name: used.since(before.threads.get(name, Used())) for name, used in self.threads.items()}
        return Snapshot(self.whole.since(before.whole), threads)


def snapshot(pid: int) -> Snapshot:
    """Read the present times of a process; raises OSError if the process does not exist."""
    process = Path(f"/proc/{pid}")
    threads: dict[str, Used] = {}
    for task in (process / "task").iterdir():
        with suppress(OSError):  # the thread has ended meanwhile
            name = (task / "comm").read_text().strip()
            threads[name] = threads.get(name, Used()) + _used(task)
    waited = sum(used.waited for used in threads.values())
    user, system = _stat(process)
    return Snapshot(Used(user, system, waited), threads)


def _used(task: Path) -> Used:
    user, system = _stat(task)
    return Used(user, system, _waited(task))


def _stat(folder: Path) -> tuple[float, float]:
    # The name may contain spaces and parentheses. After the last parenthesis come fields 3 and up (proc(5)).
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / _TICKS, int(fields[12]) / _TICKS


def _waited(task: Path) -> float:
    with suppress(OSError, IndexError, ValueError):  # some kernels do not count this
        return int((task / "schedstat").read_text().split()[1]) / 1e9
    return 0.0
