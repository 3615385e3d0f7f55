"""FleetFollower: one thread that reads the fleet for all open pages.

Every page is made from the same `Snapshot`, so the number of viewers does not change what the database has
to do. The thread reads new events several times a second, and tells the subscribers what changed.
"""

import asyncio
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event as Flag
from threading import Lock, Thread
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from ringup.errors import RingupError
from ringup.events import MachineFault
from ringup.fleet.reading import Fleet
from ringup.fleet.rows import FleetRow, fleet_rows
from ringup.rollout.record import Rollout
from ringup.site.model import Site
from ringup.web.live.logged import Logged

if TYPE_CHECKING:
    from ringup.doctor.verdict import Verdict

INTERVAL = 0.25
"""Seconds between two readings of the database."""
REFRESH = 5.0
"""Seconds after which rows are computed again even if no event arrived: a stage can become overdue merely
because time passes.
"""
MOST_JUDGED = 40
"""Maximum number of phones that are diagnosed in one round, so that a storm of troubles delays no news."""
MOST_WAITING = 64
"""Maximum number of changes that wait for one slow viewer; a viewer that falls back further is cut off, and
its browser connects again.
"""
MOST_REMEMBERED = 2000
"""Number of past events that are kept for the live log."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The fleet at one moment."""

    site: Site = field(default_factory=Site)
    revision: int = 0
    rows: tuple[FleetRow, ...] = ()
    """The phones of the site by their first extension, then unknown phones."""
    by_mac: Mapping[str, FleetRow] = field(default_factory=dict)
    pbx_lost: str = ""
    """The reason why Asterisk does not answer; empty: it answers, or ringup does not connect to it."""
    faults: tuple[MachineFault, ...] = ()
    rollout: Rollout | None = None
    at: float = 0.0
    """The time of the snapshot, in Unix seconds."""
    problem: str = ""
    """The reason why the database cannot be read now; empty: it was read."""

    @property
    def zone(self) -> ZoneInfo | None:
        """Return the site's time zone."""
        return ZoneInfo(self.site.time_zone)


@dataclass(frozen=True, slots=True)
class FleetChange:
    """The differences between two snapshots."""

    snapshot: Snapshot
    """The later one."""
    macs: frozenset[str]
    """The phones whose rows differ, or that are gone."""
    events: tuple[Logged, ...]
    """The events between both, oldest first."""
    texts: dict[Hashable, str] = field(default_factory=dict, compare=False)
    """The messages that were made of this change, so that viewers who see the same share one."""

    def text(self, key: Hashable, make: Callable[[], str]) -> str:
        """Return the message of this key; the first viewer that needs it makes it."""
        if key not in self.texts:
            self.texts[key] = make()
        return self.texts[key]


Subscriber = asyncio.Queue[FleetChange | None]
"""The changes for one viewer; None ends the stream."""


class FleetFollower:
    """Reads the fleet in a thread, and passes changes to the open pages."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._fleet = Fleet(engine)
        self._verdicts: dict[str, Verdict | None] = {}
        self._stop = Flag()
        self._wake = Flag()
        self._lock = Lock()
        self._subscribers: dict[Subscriber, asyncio.AbstractEventLoop] = {}
        self._remembered: tuple[Logged, ...] = ()
        self._thread = Thread(target=self._run, name="follower", daemon=True)
        self.latest = Snapshot()

    def start(self) -> None:
        """Read the fleet once, then follow it in a thread."""
        self.read_once()
        self._thread.start()

    def read_once(self) -> None:
        """Read the fleet as it is now, before the thread is started."""
        list(self._fleet.read())
        self._remembered = tuple(
            Logged.of(event, self._fleet.name(event.mac)) for event in self._fleet.recent(MOST_REMEMBERED)
        )
        self.latest = self._snapshot()

    def stop(self) -> None:
        """End the thread and all streams."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._publish(None)

    def look_now(self) -> None:
        """Read the database at once, after a change by this process."""
        self._wake.set()

    @property
    def remembered(self) -> tuple[Logged, ...]:
        """Return the last events, oldest first."""
        return self._remembered

    @property
    def viewers(self) -> int:
        """Return the number of open streams."""
        return len(self._subscribers)

    def subscribe(self) -> Subscriber:
        """Return a queue of the changes from now on; call it in the event loop of the viewer."""
        queue: Subscriber = asyncio.Queue(MOST_WAITING)
        with self._lock:
            self._subscribers[queue] = asyncio.get_running_loop()
        return queue

    def unsubscribe(self, queue: Subscriber) -> None:
        """End a subscription."""
        with self._lock:
            self._subscribers.pop(queue, None)

    def _run(self) -> None:
        computed = time.time()
        while not self._stop.is_set():
            self._wake.wait(INTERVAL)
            self._wake.clear()
            try:
                computed = self._round(computed)
            except RingupError as error:
                self.latest = replace(self.latest, problem=str(error))

    def _round(self, computed: float) -> float:
        """Read what is new; return the time at which the rows were computed last."""
        site, rollout = self._fleet.site, self._fleet.rollout
        events = list(self._fleet.read())
        now = time.time()
        is_same = self._fleet.site is site and self._fleet.rollout is rollout
        if not events and is_same and 0 <= now - computed < REFRESH and not self.latest.problem:
            return computed
        logged = tuple(Logged.of(event, self._fleet.name(event.mac)) for event in events)
        self._remembered = (*self._remembered, *logged)[-MOST_REMEMBERED:]
        before = self.latest
        touched = {event.mac for event in events}
        is_small = is_same and now - computed < REFRESH and touched <= before.by_mac.keys()
        self.latest = self._updated(before, touched, now) if is_small else self._snapshot()
        macs = _differing(before.by_mac, self.latest.by_mac, touched if is_small else None)
        if macs or logged or before.faults != self.latest.faults or before.pbx_lost != self.latest.pbx_lost:
            self._publish(FleetChange(self.latest, macs, logged))
        return computed if is_small else now

    def _updated(self, before: Snapshot, touched: Iterable[str], now: float) -> Snapshot:
        """Return the snapshot after events that concern only some of its phones."""
        present, journeys = self._fleet.present(now), self._fleet.journeys
        new = [replace(before.by_mac[mac], journey=journeys[mac]).at(present) for mac in touched]
        by_mac = {**before.by_mac, **{row.mac: row for row in self._judged(new, now)}}
        rows = tuple(by_mac[row.mac] for row in before.rows)
        return replace(before, rows=rows, by_mac=by_mac, at=now)

    def _snapshot(self) -> Snapshot:
        fleet, now = self._fleet, time.time()
        found = fleet_rows(fleet.journeys, fleet.site, fleet.present(now))
        rows = tuple(self._judged(found, now))
        kept = {row.mac for row in rows if row.state == "trouble"}
        self._verdicts = {mac: verdict for mac, verdict in self._verdicts.items() if mac in kept}
        return Snapshot(
            fleet.site, fleet.revision, rows, {row.mac: row for row in rows},
            fleet.pbx_lost, fleet.faults, fleet.rollout, now,
        )  # fmt: skip

    def _judged(self, rows: Sequence[FleetRow], now: float) -> Iterable[FleetRow]:
        """Yield the rows with the last known diagnoses; some phones in trouble are diagnosed anew."""
        troubled = [row for row in rows if row.state == "trouble"]
        waiting = [row for row in troubled if row.mac not in self._verdicts]
        known = [row for row in troubled if row.mac in self._verdicts]
        turn = [*waiting, *known][:MOST_JUDGED]
        for row in self._fleet.judged(turn, now):
            self._verdicts.pop(row.mac, None)
            self._verdicts[row.mac] = row.verdict
        for row in rows:
            verdict = self._verdicts.get(row.mac) if row.state == "trouble" else None
            yield row if verdict is row.verdict else replace(row, verdict=verdict)

    def _publish(self, change: FleetChange | None) -> None:
        with self._lock:
            waiting = list(self._subscribers.items())
        for queue, loop in waiting:
            loop.call_soon_threadsafe(self._pass_on, queue, change)

    def _pass_on(self, queue: Subscriber, change: FleetChange | None) -> None:
        if queue.full() or change is None:
            self.unsubscribe(queue)
            while not queue.empty():
                queue.get_nowait()
            change = None
        queue.put_nowait(change)


def _differing(
    before: Mapping[str, FleetRow], after: Mapping[str, FleetRow], among: Iterable[str] | None
) -> frozenset[str]:
    """Return the phones whose rows differ, of these or, with None, of all."""
    if among is not None:
        return frozenset(mac for mac in among if before[mac] != after[mac])
    changed = {mac for mac, row in after.items() if (old := before.get(mac)) is not row and old != row}
    return frozenset(changed | (before.keys() - after.keys()))
