"""Read and write the events of all phones, in the order in which they were added."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from math import inf
from sys import float_info
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, func, insert, select

from ringup.events import FIELDS, Event, from_record, given_to, kind_named
from ringup.events.fields_json import COMMON, fields_json
from ringup.store.database import number_in_order_of_commits, reading, writing
from ringup.store.tables import events, timeline

ROWS_AT_ONCE = (500, 50, 1)
"""Maximum number of rows of one INSERT. sqlite3 lets other threads run once per statement, which is less
often than once per row.

Each row has four values: SQLite accepts 32,766 values in one statement, PostgreSQL 65,535.
"""

_COLUMNS = ("at", "mac", "kind", "fields")
_NUMBERED = (events.c.id, *(events.c[name] for name in _COLUMNS))


def prepare_for_a_storm(engine: Engine) -> None:
    """Compile every INSERT now, because the first boot storm's leases would wait 11 ms for it."""
    for size in ROWS_AT_ONCE:
        statement_of(engine.dialect, size)


def add_events(engine: Engine, new: Iterable[Event]) -> None:
    """Store these events in one transaction."""
    waiting = list(new)
    if not waiting:
        return
    with writing(engine) as connection:
        number_in_order_of_commits(connection)
        done = 0
        for size in ROWS_AT_ONCE:
            while len(waiting) - done >= size:
                _insert(connection, waiting[done : done + size])
                done += size


def _insert(connection: Connection, new: Sequence[Event]) -> None:
    """Insert rows with a statement that is compiled only once.

    SQLAlchemy's own method takes longer than the database itself.
    """
    statement, parameters = statement_of(connection.dialect, len(new))
    rows = ((event.at, event.mac, type(event).__name__, fields_json(event)) for event in new)
    connection.exec_driver_sql(statement, parameters(tuple(chain.from_iterable(rows))))


@lru_cache(maxsize=16)
def statement_of(dialect: Dialect, count: int) -> tuple[str, Callable[[tuple[Any, ...]], Any]]:
    """Return an INSERT of `count` rows, and a function that makes its parameters of the rows' values."""
    row = dict.fromkeys(_COLUMNS)
    compiled = insert(events).inline().values([row] * count).compile(dialect=dialect)
    names = list(compiled.params)
    if compiled.positional:
        return str(compiled), lambda values: values
    return str(compiled), lambda values: dict(zip(names, values, strict=True))


def read_events(
    engine: Engine, *, mac: str | None = None, after: int = 0, limit: int | None = None
) -> list[tuple[int, Event]]:
    """Return the events with an id above `after`, oldest first, of one phone or of all.

    Unknown kinds of events, written by a newer ringup, are left out.
    """
    statement = select(*_NUMBERED).where(events.c.id > after).order_by(events.c.id).limit(limit)
    if mac is not None:
        statement = statement.where(events.c.mac == mac)
    with reading(engine) as connection:
        return list(numbered_events(connection.execute(statement)))


def latest_events(engine: Engine, most: int) -> list[tuple[int, Event]]:
    """Return the last `most` events, oldest first."""
    statement = select(*_NUMBERED).order_by(events.c.id.desc()).limit(most)
    with reading(engine) as connection:
        return list(numbered_events(connection.execute(statement)))[::-1]


def events_of_phone(
    engine: Engine, mac: str, *, since: float = 0.0, until: float = inf, most: int | None = None
) -> list[tuple[int, Event]]:
    """Return the last `most` events of one phone in a span of time, oldest first.

    The span is in POSIX seconds, both ends included. Events later than the stored journeys are left out,
    because no timeline has them yet.
    """
    ids = select(timeline.c.event).where(timeline.c.mac == mac)
    span = events.c.at.between(since, min(until, float_info.max))
    statement = select(*_NUMBERED).where(events.c.id.in_(ids), span).order_by(events.c.id.desc()).limit(most)
    with reading(engine) as connection:
        found = list(numbered_events(connection.execute(statement)))
    return [(number, given_to(mac, event)) for number, event in reversed(found)]


def latest_of_kinds(engine: Engine, mac: str, kinds: Collection[type[Event]], most: int) -> list[Event]:
    """Return the last `most` events of these kinds of one phone, oldest first.

    Events later than the stored journeys are left out.
    """
    ids = select(timeline.c.event).where(timeline.c.mac == mac)
    names = [kind.__name__ for kind in kinds]
    wanted = select(*_NUMBERED).where(events.c.id.in_(ids), events.c.kind.in_(names))
    with reading(engine) as connection:
        found = list(numbered_events(connection.execute(wanted.order_by(events.c.id.desc()).limit(most))))
    return [event for _number, event in reversed(found)]


def events_of_phones(engine: Engine, macs: Collection[str], most: int) -> dict[str, list[tuple[int, Event]]]:
    """Return the last `most` events of each of these phones, oldest first, by MAC, like `events_of_phone`.

    It is one statement, so name no more phones than a statement can hold (`database.MOST_NAMED`).
    """
    newest_first = func.row_number().over(partition_by=timeline.c.mac, order_by=timeline.c.event.desc())
    ranked = select(timeline.c.mac, timeline.c.event, newest_first.label("rank")).where(
        timeline.c.mac.in_(list(macs))
    )
    latest = ranked.subquery()
    statement = (
        select(latest.c.mac.label("phone"), *_NUMBERED)
        .join(latest, events.c.id == latest.c.event)
        .where(latest.c.rank <= most)
        .order_by(events.c.id)
    )
    found: dict[str, list[tuple[int, Event]]] = {}
    with reading(engine) as connection:
        for mac, *row in connection.execute(statement):
            found.setdefault(mac, []).extend(
                (number, given_to(mac, event)) for number, event in numbered_events([row])
            )
    return found


def numbered_events(rows: Iterable[Any]) -> Iterator[tuple[int, Event]]:
    """Yield the id and the event of each row of `_NUMBERED`; kinds unknown to this version are left out."""
    for number, at, owner, name, fields in rows:
        if (kind := kind_named(name)) is not None:
            yield number, _event(at, owner, kind, fields)


def _event(at: float, mac: str, kind: type[Event], fields: Mapping[str, Any]) -> Event:
    own = FIELDS[kind][len(COMMON) :]
    try:
        return kind(at, mac, *[fields[name] for name in own])
    except KeyError:  # an older version wrote this row
        return from_record({"at": at, "mac": mac, "kind": kind.__name__, **fields})
