"""The journeys of all phones, kept up to date while the events come."""

from collections import Counter
from collections.abc import Iterable, Mapping

from ringup.events import Event
from ringup.journey.follow import attribute, follow_all
from ringup.journey.record import Journey


class Journeys:
    """The same fold as `fold`, in memory that is used again for each piece; at most MOST_JOURNEYS phones."""

    def __init__(self) -> None:
        self._by_mac: dict[str, Journey] = {}
        self._addresses: dict[str, str] = {}

    def take(self, events: Iterable[Event]) -> None:
        """Follow the next events."""
        follow_all(attribute(events, self._addresses), self._by_mac)

    def by_mac(self) -> Mapping[str, Journey]:
        """Every journey as it is now."""
        return dict(self._by_mac)

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage; stages without one are left out."""
        return Counter(journey.stage for journey in list(self._by_mac.values()))
