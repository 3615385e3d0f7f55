"""Delete old events, except those that explain a phone's state.

All events are kept for a number of days. Of the older events, the last boots and the failures of each phone
of the site are kept. Old events without a phone, and of devices that are not in the site, are deleted. Each
call is one short transaction, so that no lease waits for long.
"""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Engine, and_, delete, func, select

from ringup.events import (
    AddressRefused,
    CallAnswered,
    CallEnded,
    CallMissed,
    CallStarted,
    FileNotFound,
    LineAuthenticated,
    LineChallenged,
    LineHungUp,
    LineReachable,
    LineRegistered,
    MessagesWaiting,
    kind_named,
)
from ringup.journey.troubles import TROUBLE_RULES
from ringup.store.database import reading, writing
from ringup.store.tables import events, followed, phones, timeline

BOOT_EVENTS = 100
"""Number of old boot events that are kept per phone: a conversion emits about 40, an ordinary boot 15."""
FAILURES = 50
"""Number of old failures that are kept per phone."""
SLICE = 5_000
"""Number of ids that one call of `forget_of_unknown` reads."""
EVENT_BYTES = 330
"""Bytes of an event and its row in a timeline, with their indexes, in PostgreSQL (`benchmarks/year.py`)."""
DAY = 86_400
"""Seconds of a day."""
_SHARES_KEPT = ((1.0, False), (1 / 4, True), (1 / 16, True), (0.0, True), (1 / 4, False), (1 / 16, False))
"""The steps of a deletion: the share of the days for which events are kept, and whether the step concerns
only devices that are not in the site. Each step follows if the database is still too large after the step
before.
"""
PHONES_AT_ONCE = 20
"""Number of MACs that are read at once."""
_AT_ONCE = 500

_FAILURES = {AddressRefused, LineChallenged} | {rule.event for rule in TROUBLE_RULES} - {FileNotFound}
"""Events that report a failure. A file that is not found is normal: each boot has several."""
_DAILY_LIFE = {
    CallAnswered,
    CallEnded,
    CallMissed,
    CallStarted,
    LineAuthenticated,
    LineHungUp,
    LineReachable,
    LineRegistered,
    MessagesWaiting,
}
"""Events that neither belong to a boot nor report a failure; none of them is kept when it is old."""


def forget_of_phone(engine: Engine, mac: str, before: float) -> int:
    """Delete old events of a phone of the site, except those that are kept; return their number.

    An event is old if it happened before `before`, in POSIX seconds.
    """
    with writing(engine) as connection:
        old = select(events.c.id, events.c.kind).join(timeline, timeline.c.event == events.c.id)
        old = old.where(timeline.c.mac == mac, events.c.at < before).order_by(events.c.id.desc())
        rows = [(row.id, row.kind) for row in connection.execute(old)]
        gone = list(_beyond_what_stays(rows))
        _delete(connection, mac, gone)
        return len(gone)


def _beyond_what_stays(newest_first: Iterable[tuple[int, str]]) -> Iterable[int]:
    boots = failures = 0
    for number, name in newest_first:
        kind = kind_named(name)
        if kind in _DAILY_LIFE:
            yield number
        elif kind in _FAILURES:
            failures += 1
            if failures > FAILURES:
                yield number
        else:
            boots += 1
            if boots > BOOT_EVENTS:
                yield number


def _delete(connection: Connection, mac: str, numbers: list[int]) -> None:
    for first in range(0, len(numbers), _AT_ONCE):
        some = numbers[first : first + _AT_ONCE]
        connection.execute(delete(events).where(events.c.id.in_(some)))
        connection.execute(delete(timeline).where(and_(timeline.c.mac == mac, timeline.c.event.in_(some))))


def forget_of_unknown(engine: Engine, before: float, first: int) -> int | None:
    """Delete old events that belong to no phone of the site, within the next SLICE ids.

    The ids begin at the first event with the id `first` or above. An event without a MAC that is in a phone's
    timeline belongs to that phone, and `forget_of_phone` decides about it. Returns the id to continue with;
    None if the rest is newer, or not in the journeys yet.
    """
    with writing(engine) as connection:
        up_to = connection.execute(select(followed.c.event)).scalar_one()
        # After years, most ids belong to deleted events.
        following = select(func.min(events.c.id)).where(events.c.id >= first)
        begin: int | None = connection.execute(following).scalar()
        if begin is None or begin > up_to:
            return None
        last = begin + SLICE - 1
        is_slice = events.c.id.between(begin, min(last, up_to))
        oldest = connection.execute(select(func.min(events.c.at)).where(is_slice)).scalar_one()
        if oldest >= before:
            return None
        own = select(phones.c.mac)
        attributed = select(timeline.c.event).where(
            timeline.c.event.between(begin, last), timeline.c.mac.in_(own)
        )
        is_unknown = and_(events.c.mac.not_in(own), events.c.id.not_in(attributed))
        gone = delete(events).where(is_slice, events.c.at < before, is_unknown)
        if connection.execute(gone).rowcount:
            has_no_event = ~select(events.c.id).where(events.c.id == timeline.c.event).exists()
            connection.execute(delete(timeline).where(timeline.c.event.between(begin, last), has_no_event))
        return last + 1


def next_phones(engine: Engine, after: str, most: int) -> list[str]:
    """Return up to `most` MACs of the site's phones, in order, beginning after this one."""
    statement = select(phones.c.mac).where(phones.c.mac > after).order_by(phones.c.mac).limit(most)
    with reading(engine) as connection:
        return list(connection.execute(statement).scalars())


def forget_oldest(engine: Engine, most: int) -> int:
    """Delete the oldest events of any kind; return their number."""
    oldest = select(events.c.id).order_by(events.c.id).limit(most)
    with writing(engine) as connection:
        last = connection.execute(select(func.max(oldest.subquery().c.id))).scalar()
        if last is None:
            return 0
        connection.execute(delete(timeline).where(timeline.c.event <= last))
        return connection.execute(delete(events).where(events.c.id <= last)).rowcount


def used_bytes(engine: Engine) -> int:
    """Return the size of the database's content, without free pages.

    PostgreSQL frees the space of deleted rows late, and only for reuse in its own files. So its events are
    counted instead, with EVENT_BYTES each.
    """
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            pages, free, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
            return int((pages - free) * size)
        return EVENT_BYTES * int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def forgetting(engine: Engine, now: float, *, days: float, most_bytes: int) -> Iterator[None]:
    """Delete events older than `days`, step by step; delete more while the rest is larger than `most_bytes`.

    First, events of devices that are not in the site are kept for fewer days: a quarter of the days, then a
    sixteenth, then none. Only then are the events of the site's phones kept for fewer days: a quarter, then a
    sixteenth. At last, the oldest events of any kind are deleted. So a host that causes many events loses its
    own first. `now` is in POSIX seconds.
    """
    for share, only_unknown in _SHARES_KEPT:
        before = now - days * share * DAY
        yield from _forget_unknown(engine, before)
        if not only_unknown:
            yield from _forget_phones(engine, before)
        if used_bytes(engine) <= most_bytes:
            return
    while used_bytes(engine) > most_bytes and forget_oldest(engine, SLICE):
        yield


def _forget_unknown(engine: Engine, before: float) -> Iterator[None]:
    following: int | None = 0
    while following is not None:
        following = forget_of_unknown(engine, before, following)
        yield


def _forget_phones(engine: Engine, before: float) -> Iterator[None]:
    mac = ""
    while macs := next_phones(engine, mac, PHONES_AT_ONCE):
        for mac in macs:
            forget_of_phone(engine, mac, before)
            yield
