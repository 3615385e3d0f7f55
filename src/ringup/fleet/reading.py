"""The fleet as the store has it, read piece by piece."""

from collections.abc import Iterator

from sqlalchemy import Engine

from ringup.events import Event, PbxConnected, PbxLost, ServerStarted
from ringup.fleet.rows import FleetRow
from ringup.journey.follow import Journey, attribute, fold
from ringup.site.model import Site
from ringup.store.history import read_events
from ringup.store.revisions import current_revision, read_site

BATCH = 5_000
"""Events read at a time, so that a long history does not have to fit into the memory at once."""


class Fleet:
    """The site and every phone's journey, read from the store piece by piece."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._last_row = 0
        self._addresses: dict[str, str] = {}
        self._revision = -1
        self.site = Site()
        self.journeys: dict[str, Journey] = {}
        self.pbx_lost = ""
        """Why the PBX does not answer; empty: it does, or nobody asked it."""

    def read(self) -> Iterator[Event]:
        """Take in what is new; yields each new event with its phone, once the journeys hold it."""
        revision = current_revision(self._engine)
        if revision != self._revision:
            self.site, self._revision = read_site(self._engine), revision
        while rows := read_events(self._engine, after=self._last_row, limit=BATCH):
            events = list(attribute((event for _, event in rows), self._addresses))
            self.journeys = fold(events, self.journeys)
            self._last_row = rows[-1][0]
            self._look_at_pbx(events)
            yield from events

    def _look_at_pbx(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, PbxLost):
                self.pbx_lost = event.reason
            elif isinstance(event, PbxConnected | ServerStarted):
                self.pbx_lost = ""

    def row(self, mac: str) -> FleetRow | None:
        """One phone; None when we neither have a record of it nor heard it."""
        phone = self.site.phone(mac)
        if phone is None and mac not in self.journeys:
            return None
        return FleetRow(mac, phone, self.journeys.get(mac, Journey(mac)))

    def name(self, mac: str) -> str:
        """What people call a phone of ours; empty for others."""
        phone = self.site.phone(mac)
        return FleetRow(mac, phone, Journey(mac)).name if phone else ""
