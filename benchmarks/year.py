"""The size of the database over a year of 5,000 phones, with the default retention.

    .venv/bin/python benchmarks/year.py [PHONES [DAYS]]

Events of a simulated clock go through the server's own filter of routine events, store, journeys and
retention. Without PHONES a twentieth of the fleet runs with a twentieth of `--keep-megabytes`, and the
printed sizes are twenty times the measured ones: every row belongs to one phone. The retention runs once a
simulated day, not each hour; the size is that before it, the largest of the day. TMPDIR=/dev/shm spares the
disk.
"""

import random
import sys
import tempfile
import time
from collections.abc import Iterator
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
from ringup.store import tables
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.retention import forgetting, used_bytes
from ringup.store.revisions import commit

FLEET = 5_000
PHONES = 250
DAYS = 365
DAYS_A_MONTH = 30
DAY = 86_400.0
HOUR = 3_600.0
LEASE_SECONDS = 86_400
FIRST_DAY = 1_767_225_600.0
"""POSIX seconds: 1 January 2026."""
BOOT_A_DAY = 1.0
CALLS_A_DAY = 4
FAILURE_A_DAY = 0.02
"""A line that stops answering, and is refused once when it comes back."""
MEGABYTE = 1e6
KEEP_DAYS: float = Options.__dataclass_fields__["keep_days"].default
KEEP_MEGABYTES: int = Options.__dataclass_fields__["keep_megabytes"].default
LIMIT_SHARE = 1.2
"""The database may be this much larger than `--keep-megabytes`: what one day adds before a round."""


def day(phones: int, begun: float, chance: random.Random) -> list[Event]:
    """Everything that the phones of a site do in one day, in the order of time."""
    events = (event for number in range(phones) for event in _day_of(number, begun, chance))
    return sorted(events, key=lambda event: event.at)


def _day_of(number: int, begun: float, chance: random.Random) -> Iterator[Event]:
    mac, address, extension = mac_of(number), address_of(number), str(20_000 + number)

    def sometime() -> float:
        return begun + chance.random() * DAY

    if chance.random() < BOOT_A_DAY / 2:  # a power cut: off and on, and again
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
    """A site whose phones have one line each."""
    return Site(phones=tuple(map(_phone, range(phones))))


def _phone(number: int) -> Phone:
    line = Line(extension=str(20_000 + number), name=f"Person {number}", secret=f"line-{number}")
    return Phone(mac=mac_of(number), password=f"phone-{number}", lines=(line,))


class Size(NamedTuple):
    """The size of the database, of its file and of its journal."""

    rows: int
    """Number of events."""
    used: float
    """Megabytes that hold something."""
    file: float
    """Megabytes of the file: with the pages that are free to be used again."""
    journal: float
    """Megabytes of the write-ahead log, however large the site is."""


def size(engine: Engine, path: Path) -> Size:
    """The size of everything."""
    with engine.connect() as connection:
        rows = int(connection.execute(select(func.count()).select_from(tables.events)).scalar_one())
        pages, bytes_each = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
        )
    journal = path.with_name(f"{path.name}-wal").stat().st_size
    return Size(rows, used_bytes(engine) / MEGABYTE, pages * bytes_each / MEGABYTE, journal / MEGABYTE)


def live(engine: Engine, path: Path, phones: int, days: int, most_bytes: int) -> Iterator[Size]:
    """Let the days pass; yields the size at the end of each, before the retention."""
    macs = frozenset(map(mac_of, range(phones)))
    keeper, routine, chance = JourneyKeeper(engine, lambda: macs), RoutineEvents(), random.Random(1)  # noqa: S311
    for number in range(days):
        begun = FIRST_DAY + number * DAY
        add_events(engine, routine.without(day(phones, begun, chance)))
        while keeper.advance():
            pass
        yield size(engine, path)
        for _ in forgetting(engine, begun + DAY, days=KEEP_DAYS, most_bytes=most_bytes):
            pass


def main(phones: int, days: int) -> int:
    """Print the size of each month; status 1 when it is above the bound."""
    scale, largest = FLEET / phones, 0.0
    print(f"{phones:,} phones, sizes times {scale:g}; {KEEP_DAYS:g} days, {KEEP_MEGABYTES:,} MB")
    print(f"{'day':>5}{'events':>14}{'used MB':>10}{'file MB':>10}{'journal MB':>12}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ringup.db")
        engine = open_database(str(path))
        commit(engine, fleet(phones), author="benchmark", summary="the fleet", at=time.time())
        most_bytes = int(KEEP_MEGABYTES * MEGABYTE / scale)
        for number, now in enumerate(live(engine, path, phones, days, most_bytes), 1):
            largest = max(largest, now.file * scale)
            if number % DAYS_A_MONTH == 0 or number == days:
                print(
                    f"{number:5}{now.rows * scale:14,.0f}{now.used * scale:10,.0f}{now.file * scale:10,.0f}"
                    f"{now.journal:12,.0f}",
                    flush=True,
                )
        engine.dispose()
    print(f"largest file: {largest:,.0f} MB")
    return 0 if largest <= KEEP_MEGABYTES * LIMIT_SHARE else 1


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [PHONES, DAYS][len(given) :])))
