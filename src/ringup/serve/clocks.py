"""The clocks that a server uses; a simulation replaces them."""

import time
from collections.abc import Callable
from dataclasses import dataclass


def since_boot() -> float:
    """Return seconds of a clock that cannot be set and that continues while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a machine; all count seconds."""

    time_of_day: Callable[[], float] = time.time
    """Unix seconds; this clock can be set."""
    steady: Callable[[], float] = time.monotonic
    """Never goes back, and stops while the machine sleeps."""
    since_boot: Callable[[], float] = since_boot
    """Never goes back, and continues while the machine sleeps."""
    pause: Callable[[float], None] = time.sleep
    """Makes the calling thread wait for this many seconds."""


REAL_CLOCKS = Clocks()
