"""Unknown devices cause as many events as the limits allow, for weeks: the database stays below its maximum
size.

The events of the site's phones are the last to be deleted.
"""

import struct
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.engine.rates import TokenBucket
from ringup.events import (
    AddressLeased,
    CallStarted,
    DhcpIgnored,
    Event,
    FileNotFound,
    FileSent,
    RegistrationRefused,
)
from ringup.serve.event_limits import EventLimits
from ringup.store.database import open_database
from ringup.store.history import add_events, events_of_phone, read_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.retention import DAY, forgetting, used_bytes
from ringup.store.revisions import commit
from tests.attack.altered_ringup import OFFSET
from tests.attack.segment import MAC, SITE, segment
from tests.attack.test_growth import FLOOD

OWN = frozenset((MAC,))
KEEP_DAYS = 16.0
START = 1_000 * DAY
DEVICES = 40
"""Number of invented devices; with more, only the deletion would take longer."""
PHONE, STRANGER = "10.77.1.1", "10.77.0.66"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(str(tmp_path / "ringup.db"))


def keep(engine: Engine, events: Sequence[Event]) -> None:
    commit(engine, SITE, author="test", summary="a site", at=0.0)
    add_events(engine, events)
    keeper = JourneyKeeper(engine, lambda: OWN)
    while keeper.advance():
        pass


def forget(engine: Engine, now: float, most_bytes: int) -> None:
    for _ in forgetting(engine, now, days=KEEP_DAYS, most_bytes=most_bytes):
        pass


def left(engine: Engine) -> list[Event]:
    return [event for _, event in read_events(engine)]


def boot(at: float) -> list[Event]:
    return [
        AddressLeased(at, MAC, PHONE, 3600),
        FileSent(at + 1, MAC, f"SIP{MAC}.cnf", PHONE, 1_000, 1),
        CallStarted(at + 60, MAC, "201", "202"),
    ]


def of_a_stranger(at: float, number: int) -> Event:
    mac, name = f"0E{number % DEVICES:010X}", f"SIP{number % DEVICES:012X}.cnf"
    return DhcpIgnored(at, mac, "x") if number % 2 else FileNotFound(at, "", name, STRANGER, "")


STEPS = (
    ("events of strangers, older than a quarter of the days", of_a_stranger(START - 5 * DAY, 2)),
    ("events of strangers, older than a sixteenth", of_a_stranger(START - 2 * DAY, 5)),
    ("events of strangers of today", of_a_stranger(START - 10, 7)),
    ("a phone's calls, older than a quarter", CallStarted(START - 6 * DAY, MAC, "201", "202")),
    ("a phone's calls, older than a sixteenth", CallStarted(START - 3 * DAY, MAC, "201", "203")),
    ("a phone's earlier boot", AddressLeased(START - 2.5 * DAY, MAC, PHONE, 3600)),
    ("a phone's failure of today", RegistrationRefused(START - 5, MAC, "201", "wrong password")),
)
"""What is deleted, in this order, while the database is too large: docs/explanation/security.md."""


def test_what_is_forgotten_first_is_what_the_docs_say(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringup.store.retention.used_bytes", lambda engine: len(left(engine)))
    monkeypatch.setattr("ringup.store.retention.SLICE", 1)
    keep(engine, sorted((event for _, event in STEPS), key=lambda event: event.at))
    for number, (what, _) in enumerate(STEPS, 1):
        forget(engine, START, len(STEPS) - number)
        stays = {event for _, event in STEPS[number:]}
        assert set(left(engine)) == stays, what


@pytest.mark.thorough
def test_weeks_of_floods_stay_below_the_ceiling_and_hide_no_boot_of_a_phone(engine: Engine) -> None:
    strangers, phones = TokenBucket(600, 0.005), TokenBucket(10_000, 1)
    limits = EventLimits(lambda: OWN, lambda _: "", unknown_hosts=strangers, phones=phones)
    most_bytes = used_bytes(engine) + 250_000
    honest: list[Event] = []
    written = peak = 0
    for day in range(20):
        now = START + day * DAY
        flood = [of_a_stranger(now + each, each) for each in range(900)]
        flood += [DhcpIgnored(now + 900 + each, MAC, "forged") for each in range(40)]
        honest += (booted := boot(now + 1000))
        let_through = [event for each in (*flood, *booted) for event in limits.allowed([each], each.at)]
        keep(engine, let_through)
        written += len(let_through)
        forget(engine, now + 3600, most_bytes)
        peak = max(peak, used_bytes(engine))
    kept = set(left(engine))
    assert written > 8_000
    assert peak <= most_bytes
    assert {event for event in honest if event.at > now + 3600 - KEEP_DAYS * DAY} <= kept


@pytest.mark.peers
def test_serve_keeps_its_database_below_the_ceiling_while_a_host_floods_it(tmp_path: Path) -> None:
    """Yesterday's flood has filled the database; today's flood continues."""
    before = time.time() - DAY / 2
    calls = boot(before - 5 * DAY)
    (tmp_path / "clock").write_bytes(struct.pack(OFFSET, 0.0))
    constants = ("ringup.serve.retention:LOOK_SECONDS=0.2", "ringup.serve.retention:MANY=1000")
    ringup = (sys.executable, "-m", "tests.attack.altered_ringup", str(tmp_path / "clock"), *constants, "--")
    database = open_database(str(tmp_path / "ringup.db"))
    long = "A" * 60
    keep(
        database,
        [*calls, *(FileNotFound(before, "", f"{each}{long}", STRANGER, long) for each in range(55_000))],
    )
    assert used_bytes(database) > 10_000_000
    with segment(tmp_path, program=ringup) as here:
        here.stop()
        here.options = ("--keep-megabytes", "10")
        here.start()
        flood = here.attack_beside(FLOOD, "6")
        failures = [here.boot() for _ in range(3)]
        flood()
        failures.append(here.boot())
        here.stop()
    assert failures == [""] * 4
    assert used_bytes(database) < 10_000_000
    own = [event for _, event in events_of_phone(database, MAC)]
    database.dispose()
    assert own[: len(calls)] == calls
    assert sum(isinstance(event, FileSent) and event.name == f"SIP{MAC}.cnf" for event in own) == 5
