"""Count the phones in each state, and the present faults, for the metrics."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from ringup.fleet.rows import STATES, Present, state_of
from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE
from ringup.site.model import Site


class JourneySource(Protocol):
    """Returns the journey (boot progress) of each phone."""

    def by_mac(self) -> Mapping[str, Journey]:
        """Return every current journey by MAC."""


class BoardCounts:
    """Counts the phones at each call: 5,000 phones take a few milliseconds."""

    def __init__(
        self,
        journeys: Callable[[], JourneySource],
        site: Callable[[], Site],
        faults: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        """`faults` returns the number of present faults of the machine and of Asterisk."""
        self._journeys = journeys
        self._site = site
        self._faults = faults
        self._clock = clock

    @property
    def faults(self) -> int:
        """Return the number of present faults."""
        return self._faults()

    def states(self) -> Mapping[str, int]:
        """Return the number of phones of the site in each state, 0 included."""
        site, known = self._site(), self._journeys().by_mac()
        present = Present(self._clock(), bool(site.pbx.manager_user))
        found = Counter(dict.fromkeys((state for state in STATES if state != "unknown"), 0))
        found.update(_state(known.get(phone.mac), present) for phone in site.phones)
        return found


def _state(journey: Journey | None, present: Present) -> str:
    if journey is None:
        return "waiting"
    if journey.troubles:
        return "trouble"
    if journey.stage in IN_SERVICE:  # holds for nearly all phones of a large site
        return "in_service"
    return state_of(journey.stage, is_own=True, has_trouble=present.overdue(journey) is not None)
