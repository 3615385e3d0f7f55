"""The journeys (boot progress) of all phones, updated with each new event."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from ringup.events import Event, MachineFault, PbxConnected, PbxLost, ServerStarted
from ringup.journey.faults import faults_after
from ringup.journey.follow import Leased, attribute, follow_all
from ringup.journey.record import Journey

MOST_UNKNOWN = 5_000
"""Maximum number of journeys for MACs that are not in the site; a client can invent any number of MACs."""


class Journeys:
    """Every phone's journey, kept in memory between batches of events.

    Every phone of the site has a journey. Of other devices, at most MOST_UNKNOWN have one. When there are
    more, the quarter that sent nothing for the longest time is dropped.
    """

    def __init__(
        self,
        known: Iterable[Journey] = (),
        own_macs: Callable[[], Collection[str]] = frozenset,
        pbx_lost: str = "",
        faults: tuple[MachineFault, ...] = (),
        leased: Leased | None = None,
    ) -> None:
        """Continue from the state that earlier events have left: `known`, `pbx_lost`, `faults` and `leased`.

        `own_macs` returns the MACs of the site.
        """
        self._own_macs = own_macs
        self.pbx_lost = pbx_lost
        """The reason why the PBX does not answer; empty if it answers, or if ringup does not connect to
        it.
        """
        self.faults = faults
        """The present faults of the machine and of Asterisk, oldest first."""
        self._by_mac: dict[str, Journey] = {}
        self._addresses: dict[str, str] = {}
        self._leased: Leased = {} if leased is None else leased
        self.put(known)

    def get(self, mac: str) -> Journey | None:
        """Return the journey of one phone; None if it was never seen."""
        return self._by_mac.get(mac)

    def put(self, journeys: Iterable[Journey]) -> None:
        """Replace the journeys of some phones by journeys that were computed elsewhere."""
        for journey in sorted(journeys, key=lambda journey: journey.last_at):
            self._by_mac[journey.mac] = journey
            if journey.address:
                self._addresses[journey.address] = journey.mac

    def take(self, events: Iterable[Event]) -> list[Event]:
        """Update the journeys with these events; return the events, each with the MAC of its phone."""
        attributed = list(attribute(events, self._addresses, self._leased))
        for event in attributed:
            self._look_at_server(event)
        follow_all(attributed, self._by_mac)
        self._forget_unknown()
        return attributed

    def _look_at_server(self, event: Event) -> None:
        self.faults = faults_after(self.faults, event)
        if isinstance(event, PbxLost):
            self.pbx_lost = event.reason
        elif isinstance(event, PbxConnected | ServerStarted):
            self.pbx_lost = ""

    def _forget_unknown(self) -> None:
        if len(self._by_mac) <= MOST_UNKNOWN:
            return
        own = self._own_macs()
        unknown = [journey for mac, journey in self._by_mac.items() if mac not in own]
        if len(unknown) <= MOST_UNKNOWN:
            return
        unknown.sort(key=lambda journey: journey.last_at)
        for journey in unknown[: len(unknown) - MOST_UNKNOWN * 3 // 4]:
            del self._by_mac[journey.mac]

    def by_mac(self) -> Mapping[str, Journey]:
        """Return every current journey by MAC."""
        return dict(self._by_mac)

    def changed_since(self, before: Mapping[str, Journey]) -> Iterator[Journey]:
        """Yield the journeys that differ from those in `before`."""
        return (journey for mac, journey in self._by_mac.items() if before.get(mac) is not journey)

    def gone_since(self, before: Mapping[str, Journey]) -> Collection[str]:
        """Return the MACs of journeys that are in `before` and have been dropped since."""
        return before.keys() - self._by_mac.keys()

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage; stages without phones are left out."""
        return Counter(journey.stage for journey in list(self._by_mac.values()))
