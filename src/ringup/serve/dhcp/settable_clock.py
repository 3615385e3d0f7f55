"""Read the time of day, and detect that it was set."""

from collections.abc import Callable

CLOCK_STEP = 1.0
"""Maximum difference in seconds between the time of day and the time since boot; above it, the clock counts
as set.
"""


class SettableClock:
    """Compares the time of day with the time since boot at each call of `look`."""

    def __init__(
        self,
        time_of_day: Callable[[], float],
        since_boot: Callable[[], float],
        was_set: Callable[[float], None] = lambda _ahead: None,
    ) -> None:
        """`was_set` takes the seconds by which the time of day is ahead of the time since boot after a
        step.
        """
        self._time_of_day = time_of_day
        self._since_boot = since_boot
        self._was_set = was_set
        self._ahead = time_of_day() - since_boot()

    def look(self) -> tuple[float, float]:
        """Return the time of day, and the seconds by which it was set since the last call; 0: not set."""
        now = self._time_of_day()
        ahead = now - self._since_boot()
        step, self._ahead = ahead - self._ahead, ahead
        if abs(step) <= CLOCK_STEP:
            return now, 0.0
        self._was_set(ahead)
        return now, step
