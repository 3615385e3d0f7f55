"""The clocks that a server goes by; a simulation gives it clocks of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass


def since_boot() -> float:
    """Return seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a machine, all in seconds."""

    time_of_day: Callable[[], float] = time.time
    """Unix seconds; somebody may set this clock."""
    steady: Callable[[], float] = time.monotonic
    """Never goes back, and stands still while the machine sleeps."""
    since_boot: Callable[[], float] = since_boot
    """Never goes back."""
    pause: Callable[[float], None] = time.sleep
    """Hold the calling thread up for so many seconds."""


REAL_CLOCKS = Clocks()
