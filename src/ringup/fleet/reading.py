"""Read the fleet from the database in batches."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ringup.events import Event, MachineFault
from ringup.fleet.glance import FleetAtAGlance
from ringup.fleet.rows import FleetRow, Present
from ringup.fleet.verdicts import Judge
from ringup.journey.journeys import Journeys
from ringup.journey.record import Journey
from ringup.site.model import Site
from ringup.store.history import events_of_phone, latest_events, read_events
from ringup.store.journeys import read_journeys, read_leased
from ringup.store.revisions import current_revision, read_site
from ringup.store.rollouts import open_rollout, rollout_version

if TYPE_CHECKING:
    from ringup.rollout.record import Rollout

BATCH = 5_000
"""Number of events that are read at a time, so that a long history need not fit into the memory."""


class Fleet:
    """The site and every phone's journey (boot progress), read from the database in batches."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._judge = Judge(engine)
        self._last_row = -1
        self._revision = -1
        self._own: frozenset[str] = frozenset()
        self._journeys = Journeys()
        self.site = Site()
        self._rollout_version = (0, 0)
        self.rollout: Rollout | None = None
        """The firmware rollout that is in progress; None if there is none."""

    @property
    def journeys(self) -> Mapping[str, Journey]:
        """Return every phone's journey by its MAC."""
        return self._journeys.by_mac()

    @property
    def pbx_lost(self) -> str:
        """Return the reason why the PBX does not answer; empty if it answers, or if ringup does not connect
        to it.
        """
        return self._journeys.pbx_lost

    def present(self, now: float) -> Present:
        """Return the facts of this moment that no journey holds; `now` is in Unix seconds."""
        return Present(now, bool(self.site.pbx.manager_user))

    @property
    def revision(self) -> int:
        """Return the number of the revision that `site` is; -1 before the first reading."""
        return self._revision

    @property
    def faults(self) -> tuple[MachineFault, ...]:
        """Return the faults that the machine and Asterisk have now, oldest first."""
        return self._journeys.faults

    def read(self) -> Iterator[Event]:
        """Read new events, and yield each with its phone, once the phone's journey contains it.

        The first call reads the stored journeys and yields only the later events.
        """
        self._read_site()
        self._read_rollout()
        if self._last_row < 0:
            self._read_journeys()
        while rows := read_events(self._engine, after=self._last_row, limit=BATCH):
            events = self._journeys.take(event for _, event in rows)
            self._last_row = rows[-1][0]
            yield from events

    def recent(self, most: int) -> list[Event]:
        """Return the last `most` events, oldest first, including events that the stored journeys already
        contain.
        """
        return [event for _, event in latest_events(self._engine, most)]

    def events_of(self, mac: str, most: int) -> list[Event]:
        """Return the last `most` events of one phone, oldest first."""
        return [event for _, event in events_of_phone(self._engine, mac, most=most)]

    def judged(self, rows: Iterable[FleetRow], now: float) -> list[FleetRow]:
        """Return the rows; a phone in trouble gets the result of its diagnosis."""
        rows = list(rows)
        if all(row.state != "trouble" for row in rows):
            return rows
        glance = FleetAtAGlance((), self.pbx_lost, self.journeys, self.present(now), {}, self.faults)
        return self._judge.judge(rows, glance, self.site)

    def _read_site(self) -> None:
        revision = current_revision(self._engine)
        if revision != self._revision:
            self.site, self._revision = read_site(self._engine), revision
            self._own = frozenset(phone.mac for phone in self.site.phones)

    def _read_rollout(self) -> None:
        version = rollout_version(self._engine)
        if version != self._rollout_version:
            self.rollout, self._rollout_version = open_rollout(self._engine), version

    def _read_journeys(self) -> None:
        kept = read_journeys(self._engine)
        leased = read_leased(self._engine, self._own)
        self._journeys = Journeys(kept.by_mac.values(), lambda: self._own, kept.pbx_lost, kept.faults, leased)
        self._last_row = kept.event

    def name(self, mac: str) -> str:
        """Return the name of a phone of the site; empty for other devices."""
        phone = self.site.phone(mac)
        return FleetRow(mac, phone, Journey(mac)).name if phone else ""
