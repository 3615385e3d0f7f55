"""The events of every phone, in the order they were added."""

from collections.abc import Iterable

from sqlalchemy import Engine, delete, insert, select

from ringup.events import KINDS, Event, from_record, to_record
from ringup.store.database import reading, writing
from ringup.store.tables import events

_COLUMNS = ("at", "mac", "kind")


def add_events(engine: Engine, new: Iterable[Event]) -> None:
    """Keep these events; one transaction."""
    rows = [_row(event) for event in new]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(events), rows)


def read_events(
    engine: Engine, *, mac: str | None = None, after: int = 0, limit: int | None = None
) -> list[tuple[int, Event]]:
    """The events with a row id above `after`, oldest first; of one phone, or of all.

    Kinds that this version does not know (a newer ringup wrote them) are left out.
    """
    statement = select(events).where(events.c.id > after).order_by(events.c.id).limit(limit)
    if mac is not None:
        statement = statement.where(events.c.mac == mac)
    with reading(engine) as connection:
        return [
            (row["id"], from_record({name: row[name] for name in _COLUMNS} | row["fields"]))
            for row in connection.execute(statement).mappings()
            if row["kind"] in KINDS
        ]


def forget_before(engine: Engine, at: float) -> int:
    """Drop the events older than this time; returns how many."""
    with writing(engine) as connection:
        return connection.execute(delete(events).where(events.c.at < at)).rowcount


def _row(event: Event) -> dict[str, object]:
    record = to_record(event)
    return {
        **{name: record[name] for name in _COLUMNS},
        "fields": {name: value for name, value in record.items() if name not in _COLUMNS},
    }
