"""Measure the size of the database over a year with 5,000 phones and the default retention.

    .venv/bin/python benchmarks/year.py [PHONES [DAYS]] [--database URL]

Events with simulated times go through the server's own filter of routine events, its database, journeys and
retention. Without PHONES, a twentieth of the fleet runs with a twentieth of `--keep-megabytes`, and the
printed sizes are twenty times the measured ones. This is correct, because every row belongs to one phone. The
retention runs once per simulated day, not each hour. The size is measured before it, when it is the largest
of the day. TMPDIR=/dev/shm spares the disk.

The database is a new SQLite file, or an empty PostgreSQL database at URL. A PostgreSQL server vacuums its
tables several times a day; here VACUUM runs once per simulated day.

Journeys are stored after BATCH events instead of 500. That changes how often a phone's journey is written,
not how large it is. A simulated day of the whole fleet (`benchmarks/year.py 5000`) then takes 5 s of
processor time in the first month, and 14 s later, of which the retention takes 10 s.
"""

import argparse
import gc
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from events import address_of, boot, mac_of
from sqlalchemy import Engine, func, select

from ringup.events import (
    AddressLeased,
    CallAnswered,
    CallEnded,
    CallStarted,
    Event,
    LineAuthenticated,
    LineRegistered,
    LineUnreachable,
    RegistrationRefused,
)
from ringup.serve.options import Options
from ringup.serve.routine import RoutineEvents
from ringup.site.model import Line, Phone, Site
from ringup.store import journeys, tables
from ringup.store.database import file_of, open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.retention import forgetting, used_bytes
from ringup.store.revisions import commit
from ringup.store.sparse_indexes import rebuild_sparse_indexes

USAGE = "benchmarks/year.py [PHONES [DAYS]] [--database URL]"
BATCH = 20_000
"""Number of events of one transaction of journeys, some four hours of the whole fleet."""
FLEET = 5_000
PHONES = 250
DAYS = 365
DAYS_A_MONTH = 30
DAY = 86_400.0
HOUR = 3_600.0
LEASE_SECONDS = 86_400
FIRST_DAY = 1_767_225_600.0
"""The start of the first day in POSIX seconds: 1 January 2026."""
BOOT_A_DAY = 1.0
CALLS_A_DAY = 4
FAILURE_A_DAY = 0.02
"""Probability per day that a phone's line stops answering, and is refused once when it comes back."""
MEGABYTE = 1e6
DEFAULTS = Options("", "", Path())
KEEP_DAYS = DEFAULTS.keep_days
KEEP_MEGABYTES = DEFAULTS.keep_megabytes
WHOLE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
    "postgresql": "SELECT pg_database_size(current_database())",
}
LIMIT_SHARE = 1.2
"""The database may be this many times as large as `--keep-megabytes`, because a day adds events before the
retention runs.
"""


def day(phones: int, begun: float, chance: random.Random) -> list[Event]:
    """Return all events of a site's phones in one day, sorted by time."""
    events = (event for number in range(phones) for event in _day_of(number, begun, chance))
    return sorted(events, key=lambda event: event.at)


def _day_of(number: int, begun: float, chance: random.Random) -> Iterator[Event]:
    mac, address, extension = mac_of(number), address_of(number), str(20_000 + number)

    def sometime() -> float:
        return begun + chance.random() * DAY

    if chance.random() < BOOT_A_DAY / 2:  # two power cuts
        for _ in range(2):
            yield from boot(number, sometime())
    registered = sometime() % HOUR
    for hour in range(24):
        at = begun + hour * HOUR + registered
        yield LineRegistered(at, mac, extension, f"sip:{extension}@{address}:5060")
        yield LineAuthenticated(at, mac, extension, address)
    for half in range(2):
        yield AddressLeased(begun + half * DAY / 2 + registered, mac, address, LEASE_SECONDS, renewed=True)
    for _ in range(CALLS_A_DAY):
        at = sometime()
        yield CallStarted(at, mac, extension, "0123456789")
        yield CallAnswered(at + 5, mac, extension, "0123456789")
        yield CallEnded(at + 65, mac, extension, "16")
    if chance.random() < FAILURE_A_DAY:
        at = sometime()
        yield LineUnreachable(at, mac, extension)
        yield RegistrationRefused(at + 60, mac, extension, "wrong password")


def fleet(phones: int) -> Site:
    """Return a site whose phones have one line each."""
    return Site(phones=tuple(map(_phone, range(phones))))


def _phone(number: int) -> Phone:
    line = Line(extension=str(20_000 + number), name=f"Person {number}", secret=f"line-{number}")
    return Phone(mac=mac_of(number), password=f"phone-{number}", lines=(line,))


class Size(NamedTuple):
    """The sizes of the database, of its file and of its journal."""

    rows: int
    """Number of events in the database."""
    used: float
    """Megabytes that contain data, as the retention counts them."""
    whole: float
    """Megabytes of the file or of PostgreSQL's database, including the space that is free for new data."""
    journal: float
    """Megabytes of SQLite's write-ahead log, which does not depend on the size of the site."""


def size(engine: Engine) -> Size:
    """Return the present sizes."""
    with engine.connect() as connection:
        rows = int(connection.execute(select(func.count()).select_from(tables.events)).scalar_one())
        whole = connection.exec_driver_sql(WHOLE[engine.dialect.name]).scalar_one()
    path = file_of(engine)
    journal = path.with_name(f"{path.name}-wal").stat().st_size if path else 0
    return Size(rows, used_bytes(engine) / MEGABYTE, whole / MEGABYTE, journal / MEGABYTE)


def live(engine: Engine, phones: int, days: int, most_bytes: int) -> Iterator[tuple[int, Size]]:
    """Simulate the days; yields for each the number of events so far, and the size before the retention."""
    macs = frozenset(map(mac_of, range(phones)))
    keeper, routine, chance = JourneyKeeper(engine, lambda: macs), RoutineEvents(), random.Random(1)  # noqa: S311
    happened = 0
    for number in range(days):
        begun = FIRST_DAY + number * DAY
        events = day(phones, begun, chance)
        happened += len(events)
        add_events(engine, routine.without(events))
        while keeper.advance():
            pass
        yield happened, size(engine)
        for _ in forgetting(engine, begun + DAY, days=KEEP_DAYS, most_bytes=most_bytes):
            pass
        if engine.dialect.name == "postgresql":
            vacuum(engine)
            rebuild_sparse_indexes(engine)


def vacuum(engine: Engine) -> None:
    """Let PostgreSQL reuse the space of deleted rows."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """Open the database at this URL, or a new file."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(url or str(Path(folder, "ringup.db")))
        yield engine
        engine.dispose()


def main(phones: int, days: int, url: str) -> int:
    """Print the size at the end of each month; return 1 if it exceeds the limit."""
    scale, largest = FLEET / phones, 0.0
    journeys.BATCH = BATCH
    gc.set_threshold(1_000_000)  # a day has 350,000 events, none of them in a cycle
    print(f"{phones:,} phones, sizes times {scale:g}; {KEEP_DAYS:g} days, {KEEP_MEGABYTES:,} MB")
    print(f"{'day':>5}{'happened':>14}{'events':>14}{'used MB':>10}{'whole MB':>10}{'journal MB':>12}")
    with opened(url) as engine:
        empty = size(engine).whole
        commit(engine, fleet(phones), author="benchmark", summary="the fleet", at=time.time())
        most_bytes = int(KEEP_MEGABYTES * MEGABYTE / scale)
        for number, (happened, now) in enumerate(live(engine, phones, days, most_bytes), 1):
            whole = empty + (now.whole - empty) * scale
            largest = max(largest, whole)
            if number % DAYS_A_MONTH == 0 or number == days:
                counts = f"{happened * scale:14,.0f}{now.rows * scale:14,.0f}{now.used * scale:10,.0f}"
                print(f"{number:5}{counts}{whole:10,.0f}{now.journal:12,.0f}", flush=True)
    print(f"largest: {largest:,.0f} MB")
    return 0 if largest <= KEEP_MEGABYTES * LIMIT_SHARE else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=USAGE)
    parser.add_argument("phones", type=int, nargs="?", default=PHONES)
    parser.add_argument("days", type=int, nargs="?", default=DAYS)
    parser.add_argument("--database", default="")
    given = parser.parse_args()
    sys.exit(main(given.phones, given.days, given.database))
