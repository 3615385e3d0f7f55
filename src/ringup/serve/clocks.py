"""The clocks that a server uses; a simulation replaces them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def since_boot() -> float:
    """Return seconds of a clock that cannot be set and that continues while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


BOOT_ID = "/proc/sys/kernel/random/boot_id"
"""The file in which Linux shows the ID of the machine's current boot."""


def boot_id() -> str:
    """Return the ID of the machine's current boot; empty if the kernel does not provide one."""
    try:
        return Path(BOOT_ID).read_text("ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a machine; all count seconds."""

    time_of_day: Callable[[], float] = time.time
    """Unix seconds; this clock can be set."""
    steady: Callable[[], float] = time.monotonic
    """Seconds of a clock that never goes back, and that stops while the machine sleeps."""
    since_boot: Callable[[], float] = since_boot
    """Seconds of a clock that never goes back, and that continues while the machine sleeps."""
    pause: Callable[[float], None] = time.sleep
    """Makes the calling thread wait for this many seconds."""
    boot_id: Callable[[], str] = boot_id
    """Returns the ID of the boot since which `since_boot` counts; empty: unknown."""

    def ahead(self) -> float:
        """Return the seconds by which the time of day is ahead of the time since boot."""
        return self.time_of_day() - self.since_boot()


REAL_CLOCKS = Clocks()
