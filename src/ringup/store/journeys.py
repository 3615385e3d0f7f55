"""Compute the journeys (boot progress) of all phones from the events in quiet moments, and store them.

A program that shows the fleet reads these rows and applies the few later events. Several servers may share
one database: one of them applies each batch of events, in one transaction, and the others read the result.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, delete, insert, select, update

from ringup.engine.dhcp.lease import LeaseState
from ringup.events import Event, MachineFault, from_record, to_record
from ringup.journey.follow import Leased
from ringup.journey.journeys import Journeys
from ringup.journey.record import Journey
from ringup.journey.stored import RULES_VERSION, from_stored, stored
from ringup.store.database import among, asking_plainly, reading, writing
from ringup.store.history import numbered_events
from ringup.store.tables import events, followed, journeys, leases, timeline

BATCH = 500
"""Maximum number of events of one transaction, about 20 ms of work, for which a lease may have to wait."""
_ROW = 1
"""The id of the only row of `followed`."""
_NOTHING = -1
"""Stands for an event's id while no event is known."""
_ROWS_AT_ONCE = 500
_EVENTS = (events.c.id, events.c.at, events.c.mac, events.c.kind, events.c.fields)


@dataclass(frozen=True, slots=True)
class KeptJourneys:
    """The stored journeys: each phone's state after the same event."""

    event: int
    """The id of that event; 0 if there was none."""
    by_mac: Mapping[str, Journey]
    pbx_lost: str
    """The reason why the PBX did not answer after that event; empty: it answered."""
    faults: tuple[MachineFault, ...] = ()
    """The faults of the machine that lasted after that event."""


class JourneySummary(NamedTuple):
    """The columns with which the phones of a fleet are counted, in addition to the journey's record."""

    mac: str
    stage: str
    model: str
    address: str
    has_trouble: bool
    is_phone: bool
    """The same as `Journey.is_phone`."""
    since: float
    """The same as `Journey.since`."""

    @classmethod
    def of(cls, journey: Journey) -> Self:
        """Return the summary of a journey."""
        return cls(
            mac=journey.mac,
            stage=journey.stage,
            model=journey.model,
            address=journey.address,
            has_trouble=bool(journey.troubles),
            is_phone=journey.is_phone,
            since=journey.since,
        )


def read_journeys(engine: Engine, macs: Collection[str] | None = None) -> KeptJourneys:
    """Return the stored journeys, of these phones or of all; empty if another version's rules made them."""
    with reading(engine) as connection:
        if macs is None:
            return _read(connection)
        return _read(connection, among(journeys.c.mac, macs))


class Followed(NamedTuple):
    """The state of the PBX and the machine after the last event of the stored journeys."""

    event: int
    """The id of that event; 0 before the first, and if another version's rules made the journeys."""
    pbx_lost: str = ""
    faults: tuple[MachineFault, ...] = ()


def read_summaries(connection: Connection) -> tuple[Followed, list[JourneySummary]]:
    """Return the state after the last event of the stored journeys, and one row per journey."""
    state = _state(connection)
    if state is None:
        return Followed(0), []
    columns = (journeys.c[name] for name in JourneySummary._fields)
    return state, [JourneySummary(*row) for row in connection.execute(select(*columns))]


def _state(connection: Connection) -> Followed | None:
    """Return the state after the last applied event; None if another version's rules made the journeys."""
    row = connection.execute(select(followed).where(followed.c.id == _ROW)).one()
    if row.version != RULES_VERSION:
        return None
    return Followed(row.event, row.pbx_lost, tuple(_faults(row.faults)))


def _faults(records: Iterable[Mapping[str, Any]]) -> Iterator[MachineFault]:
    for record in records:
        event = from_record(record)
        if isinstance(event, MachineFault):
            yield event


def _read(connection: Connection, *conditions: ColumnElement[bool]) -> KeptJourneys:
    state = _state(connection)
    if state is None:
        return KeptJourneys(0, {}, "")
    rows = connection.execute(select(journeys.c.mac, journeys.c.record).where(*conditions))
    by_mac = {mac: from_stored(mac, record) for mac, record in rows}
    return KeptJourneys(state.event, by_mac, state.pbx_lost, state.faults)


_NEXT_EVENTS = (
    select(*_EVENTS).where(events.c.id > bindparam("after")).order_by(events.c.id).limit(bindparam("most"))
)
_ALL_FOLLOWED = f"SELECT event, version, (SELECT max(id) FROM events) FROM followed WHERE id = {_ROW}"
_LOCKED = select(followed.c.event, followed.c.version).where(followed.c.id == _ROW).with_for_update()


class JourneyKeeper:
    """Applies events to the journeys and stores them; only one thread at a time may call it."""

    def __init__(self, engine: Engine, own_macs: Callable[[], Collection[str]]) -> None:
        """Read the stored journeys; `own_macs` returns the MACs of the site."""
        self._engine = engine
        self._own_macs = own_macs
        self._event = _NOTHING
        with reading(engine) as connection:
            self._load(connection)

    def _load(self, connection: Connection) -> None:
        """Read all journeys, or only those stored since the last known event."""
        kept = _read(connection, journeys.c.event > self._event)
        if self._event == _NOTHING or kept.event < self._event:
            self.journeys = Journeys((), self._own_macs, leased=_leased(connection))
        self.journeys.put(kept.by_mac.values())
        self.journeys.pbx_lost, self.journeys.faults = kept.pbx_lost, kept.faults
        self._event = kept.event

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage, after the last batch."""
        return self.journeys.stages()

    def advance(self) -> int:
        """Apply up to BATCH more events and store the changed journeys; return the number of events."""
        if not self._is_behind():
            return 0
        with writing(self._engine) as connection:
            self._catch_up(connection)
            rows = connection.execute(_NEXT_EVENTS, {"after": self._event, "most": BATCH}).all()
            if rows:
                self._follow(connection, list(numbered_events(rows)), rows[-1].id)
            return len(rows)

    def _is_behind(self) -> bool:
        """Return whether an event, or another server's work, is not in these journeys yet."""
        with asking_plainly(self._engine) as cursor:
            cursor.execute(_ALL_FOLLOWED)
            event, version, last = cursor.fetchone() or (_NOTHING, 0, 0)
            return (event, version) != (self._event, RULES_VERSION) or (last or 0) > event

    def _catch_up(self, connection: Connection) -> None:
        """Wait for other servers, then read the journeys that they stored; delete those of other rules."""
        event, version = connection.execute(_LOCKED).one()
        if version != RULES_VERSION:
            for table in (journeys, timeline):
                connection.execute(delete(table))
            self._event = _NOTHING
            connection.execute(
                update(followed).values(event=0, version=RULES_VERSION, pbx_lost="", faults=[])
            )
        if event != self._event or version != RULES_VERSION:
            self._load(connection)

    def _follow(self, connection: Connection, rows: list[tuple[int, Event]], last: int) -> None:
        before = self.journeys.by_mac()
        try:
            attributed = self.journeys.take(event for _, event in rows)
            _write(connection, self.journeys, before, last)
            _extend_timeline(connection, [number for number, _ in rows], attributed)
        except BaseException:
            # The journeys in memory are ahead of the database, so they must be read again.
            self._event = _NOTHING
            raise
        self._event = last


def read_leased(engine: Engine, macs: Collection[str]) -> Leased:
    """Return the leases of these phones in the form that `Journeys` takes."""
    if not macs:
        return {}
    with reading(engine) as connection:
        return _leased(connection, among(leases.c.mac, macs))


def _leased(connection: Connection, *conditions: ColumnElement[bool]) -> Leased:
    columns = select(leases.c.mac, leases.c.address, leases.c.expires)
    wanted = columns.where(leases.c.state == LeaseState.LEASED, *conditions).order_by(leases.c.expires)
    return {mac: (address, expires) for mac, address, expires in connection.execute(wanted)}


def _write(connection: Connection, new: Journeys, before: Mapping[str, Journey], last: int) -> None:
    changed = list(new.changed_since(before))
    macs = [*(journey.mac for journey in changed), *new.gone_since(before)]
    for first in range(0, len(macs), _ROWS_AT_ONCE):
        connection.execute(delete(journeys).where(journeys.c.mac.in_(macs[first : first + _ROWS_AT_ONCE])))
    if changed:
        connection.execute(insert(journeys), [_row(journey, last) for journey in changed])
    faults = [to_record(fault) for fault in new.faults]
    state = update(followed).where(followed.c.id == _ROW)
    connection.execute(state.values(event=last, pbx_lost=new.pbx_lost, faults=faults))


def _row(journey: Journey, last: int) -> dict[str, object]:
    return {**JourneySummary.of(journey)._asdict(), "event": last, "record": stored(journey)}


def _extend_timeline(connection: Connection, numbers: list[int], attributed: list[Event]) -> None:
    rows = [
        {"mac": event.mac, "event": number}
        for number, event in zip(numbers, attributed, strict=True)
        if event.mac
    ]
    if rows:
        connection.execute(insert(timeline), rows)
