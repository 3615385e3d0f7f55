"""What each thread of a process has used, from /proc: a profile that needs nothing installed."""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds."""

    user: float = 0.0
    system: float = 0.0
    waited: float = 0.0
    """Ready to run, but without a processor."""

    @property
    def cpu(self) -> float:
        """Processor time, kernel included."""
        return self.user + self.system

    def since(self, before: "Used") -> "Used":
        """The difference."""
        return Used(self.user - before.user, self.system - before.system, self.waited - before.waited)

    def __add__(self, other: "Used") -> "Used":
        return Used(self.user + other.user, self.system + other.system, self.waited + other.waited)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A process at one moment."""

    whole: Used
    """With the threads that have ended, but for what those waited."""
    threads: Mapping[str, Used]
    """By name; threads of one name are added up."""

    def since(self, before: "Snapshot") -> "Snapshot":
        """The difference."""
        threads = {name: used.since(before.threads.get(name, Used())) for name, used in self.threads.items()}
        return Snapshot(self.whole.since(before.whole), threads)


def snapshot(pid: int) -> Snapshot:
    """Read it now; raises OSError when there is no such process."""
    process = Path(f"/proc/{pid}")
    threads: dict[str, Used] = {}
    for task in (process / "task").iterdir():
        with suppress(OSError):  # it ended meanwhile
            name = (task / "comm").read_text().strip()
            threads[name] = threads.get(name, Used()) + _used(task)
    waited = sum(used.waited for used in threads.values())
    user, system = _stat(process)
    return Snapshot(Used(user, system, waited), threads)


def _used(task: Path) -> Used:
    user, system = _stat(task)
    return Used(user, system, _waited(task))


def _stat(folder: Path) -> tuple[float, float]:
    # The name may hold spaces and parentheses; what follows the last one is fields 3 and up (proc(5)).
    fields = (folder / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / _TICKS, int(fields[12]) / _TICKS


def _waited(task: Path) -> float:
    with suppress(OSError, IndexError, ValueError):  # not every kernel counts this
        return int((task / "schedstat").read_text().split()[1]) / 1e9
    return 0.0
