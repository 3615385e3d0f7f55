"""Count what the board shows, for the metrics: phones by their state, and faults that stand."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Protocol

from ringup.fleet.rows import STATES, state_of
from ringup.journey.overdue import overdue
from ringup.journey.record import Journey
from ringup.site.model import Site


class JourneySource(Protocol):
    """Returns the journey of each phone."""

    def by_mac(self) -> Mapping[str, Journey]:
        """Return every current journey by MAC."""


class BoardCounts:
    """Counts when it is asked: 5,000 phones take some milliseconds."""

    def __init__(
        self,
        journeys: Callable[[], JourneySource],
        site: Callable[[], Site],
        faults: Callable[[], int],
        clock: Callable[[], float],
    ) -> None:
        """`faults` returns the number of faults of the machine and of Asterisk that stand."""
        self._journeys = journeys
        self._site = site
        self._faults = faults
        self._clock = clock

    @property
    def faults(self) -> int:
        """Return the number of faults that stand."""
        return self._faults()

    def states(self) -> Mapping[str, int]:
        """Return the number of phones of the site in each state of the board; 0 for a state without one."""
        site, now, known = self._site(), self._clock(), self._journeys().by_mac()
        sees_pbx = bool(site.pbx.manager_user)
        found = Counter(dict.fromkeys((state for state in STATES if state != "unknown"), 0))
        for phone in site.phones:
            journey = known.get(phone.mac) or Journey(phone.mac)
            late = overdue(journey, now, sees_pbx=sees_pbx) is not None
            found[state_of(journey.stage, is_own=True, has_trouble=late or bool(journey.troubles))] += 1
        return found
