"""Old events are deleted, except those that explain a phone's state."""

from collections.abc import Sequence
from itertools import islice

import pytest
from sqlalchemy import Engine, text

from ringup.events import (
    AddressLeased,
    CallStarted,
    Event,
    FileNotFound,
    FileSent,
    FilesFromTwoAddresses,
    LineAuthenticated,
    LineRegistered,
    RegistrationRefused,
)
from ringup.site.model import Phone, Site
from ringup.store import retention
from ringup.store.database import writing
from ringup.store.history import add_events, events_of_phone, read_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.retention import DAY, forgetting, used_bytes
from ringup.store.revisions import commit
from tests.cli.fleet import ANNA, BERT

NOW = 100 * DAY
OLD, NEW = 10 * DAY, 99 * DAY
MUCH = 10**12
OWN = frozenset((ANNA,))


def keep(engine: Engine, events: Sequence[Event]) -> None:
    commit(engine, Site(phones=(Phone(mac=ANNA),)), author="test", summary="a phone", at=0.0)
    add_events(engine, events)
    keeper = JourneyKeeper(engine, lambda: OWN)
    while keeper.advance():
        pass


def forget(engine: Engine, *, days: float = 30, most_bytes: int = MUCH) -> None:
    for _ in forgetting(engine, NOW, days=days, most_bytes=most_bytes):
        pass


def left(engine: Engine) -> list[Event]:
    return [event for _, event in read_events(engine)]


def refused(at: float, mac: str = ANNA) -> RegistrationRefused:
    return RegistrationRefused(at, mac, "201", "wrong password")


def test_what_is_young_stays_whatever_it_is(engine: Engine) -> None:
    young: list[Event] = [
        LineRegistered(NEW, ANNA, "201", "x"),
        refused(NEW, BERT),
        FileSent(NEW, "", "x", "10.0.0.9", 1, 1),
    ]
    keep(engine, young)
    forget(engine)
    assert left(engine) == young


def test_of_old_events_daily_life_goes_and_boots_and_failures_stay(engine: Engine) -> None:
    stays: list[Event] = [AddressLeased(OLD, ANNA, "10.0.0.9", 60), refused(OLD + 2)]
    call, registration = CallStarted(OLD, ANNA, "201", "202"), LineRegistered(OLD, ANNA, "201", "x")
    keep(engine, (stays[0], call, registration, stays[1]))
    forget(engine)
    assert left(engine) == stays
    assert [event for _, event in events_of_phone(engine, ANNA)] == stays


def test_of_many_the_latest_stay(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BOOT_EVENTS", 3)
    monkeypatch.setattr(retention, "FAILURES", 2)
    boots: list[Event] = [AddressLeased(OLD + each, ANNA, "10.0.0.9", 60) for each in range(9)]
    failures: list[Event] = [refused(OLD + each + 0.5) for each in range(9)]
    keep(engine, [event for pair in zip(boots, failures, strict=True) for event in pair])
    forget(engine)
    assert left(engine) == [boots[6], boots[7], failures[7], boots[8], failures[8]]


def test_old_events_of_unknown_phones_and_of_nobody_go(engine: Engine) -> None:
    young = AddressLeased(NEW, ANNA, "10.0.0.9", 60)
    keep(
        engine,
        [
            FileNotFound(OLD, BERT, "x", "10.0.0.8", ""),
            FileNotFound(OLD, "", "x", "10.0.0.7", ""),
            refused(OLD, BERT),
            young,
        ],
    )
    forget(engine)
    assert left(engine) == [young]


def test_what_a_phone_asked_for_stays_with_its_boot_though_no_mac_stands_in_it(engine: Engine) -> None:
    boot: list[Event] = [
        AddressLeased(OLD, ANNA, "10.0.0.9", 60),
        FileSent(OLD + 1, "", f"SIP{ANNA}.cnf", "10.0.0.9", 1, 1),
        FileNotFound(OLD + 2, "", "dialplan.xml", "10.0.0.9", ""),
    ]
    keep(engine, [*boot, FileNotFound(OLD + 3, "", "x", "10.0.0.7", "")])
    forget(engine)
    assert left(engine) == boot
    assert [event.at for _, event in events_of_phone(engine, ANNA)] == [event.at for event in boot]


def test_events_that_no_batch_took_yet_are_not_forgotten(engine: Engine) -> None:
    waiting: list[Event] = [AddressLeased(OLD, ANNA, "10.0.0.9", 60), refused(OLD, BERT)]
    keep(engine, [AddressLeased(OLD, ANNA, "10.0.0.9", 60)])
    add_events(engine, waiting)
    forget(engine)
    assert left(engine) == [AddressLeased(OLD, ANNA, "10.0.0.9", 60), *waiting]


def test_a_database_that_is_too_large_forgets_earlier_and_in_the_end_everything(engine: Engine) -> None:
    yesterday = [refused(NEW + each) for each in range(20)]
    week: list[Event] = [CallStarted(90 * DAY, ANNA, "201", "202"), *yesterday]
    keep(engine, week)
    forget(engine, most_bytes=used_bytes(engine) + 1)
    assert left(engine) == week
    forget(engine, most_bytes=1)
    assert left(engine) == []
    assert events_of_phone(engine, ANNA) == []


def test_what_strangers_did_goes_before_what_phones_of_the_site_did(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "used_bytes", lambda engine: len(left(engine)))
    own = [refused(NEW + each) for each in range(20)]
    flood: list[Event] = [
        FileNotFound(NEW, mac, "x", "10.0.0.8", "") for mac in (BERT, "") for _ in range(30)
    ]
    keep(engine, [*own, *flood])
    forget(engine, most_bytes=20)
    assert left(engine) == own
    forget(engine, most_bytes=19)
    assert left(engine) == []


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_slices_of_any_size_forget_the_same(
    engine: Engine, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SLICE", size)
    young = AddressLeased(NEW, ANNA, "10.0.0.9", 60)
    keep(engine, [*(FileNotFound(OLD, "", "x", "10.0.0.7", "") for _ in range(5)), young])
    forget(engine)
    assert left(engine) == [young]


def test_daily_life_goes_under_its_former_name_too(engine: Engine) -> None:
    keep(engine, [LineAuthenticated(OLD, ANNA, "201", "10.0.0.9"), AddressLeased(OLD, ANNA, "10.0.0.9", 60)])
    with writing(engine) as connection:
        connection.execute(text("UPDATE events SET kind = 'LineLoggedIn' WHERE kind = 'LineAuthenticated'"))
    forget(engine)
    assert left(engine) == [AddressLeased(OLD, ANNA, "10.0.0.9", 60)]


def test_traces_of_a_second_device_count_as_failures(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BOOT_EVENTS", 0)
    trace = FilesFromTwoAddresses(OLD, ANNA, "10.0.0.8", "10.0.0.9")
    keep(engine, [trace, AddressLeased(OLD, ANNA, "10.0.0.9", 60)])
    forget(engine)
    assert left(engine) == [trace]


def test_ids_of_events_deleted_long_ago_take_no_steps(engine: Engine) -> None:
    """Otherwise a round would take longer each year, because the oldest boots keep the low ids."""
    years_later = 10**9
    keep(engine, [AddressLeased(OLD, ANNA, "10.0.0.9", 60), FileNotFound(OLD, BERT, "x", "10.0.0.8", "")])
    with writing(engine) as connection:
        connection.execute(text(f"UPDATE events SET id = {years_later} WHERE id = 2"))
        connection.execute(text(f"UPDATE timeline SET event = {years_later} WHERE event = 2"))
        connection.execute(text(f"UPDATE followed SET event = {years_later}"))
    steps = forgetting(engine, NOW, days=30, most_bytes=MUCH)
    assert sum(1 for _ in islice(steps, 100)) < 10
    assert left(engine) == [AddressLeased(OLD, ANNA, "10.0.0.9", 60)]
