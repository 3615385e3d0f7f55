"""Journeys are stored batch by batch, exactly as the events make them, even if another server stores them
too.
"""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, delete, text, update

from ringup.engine.dhcp.lease import Lease
from ringup.events import (
    AddressLeased,
    Event,
    FileNotFound,
    FileRequested,
    FileSent,
    MachineFault,
    MachineFaultOver,
    PbxConnected,
    PbxLost,
)
from ringup.journey import journeys as journeys_module
from ringup.journey.follow import fold
from ringup.journey.journeys import Journeys
from ringup.store import journeys as module
from ringup.store.database import open_database, reading, writing
from ringup.store.history import add_events, events_of_phone
from ringup.store.journeys import Followed, JourneyKeeper, read_journeys, read_summaries
from ringup.store.leases import save_leases
from ringup.store.tables import events, followed
from tests.cli.fleet import ANNA, BERT, EVENTS
from tests.store.earlier_version import downgrade

OWN = frozenset((ANNA, BERT))


@pytest.fixture(name="other")
def _other(engine: Engine, url: str) -> Iterator[Engine]:
    """A second server on the same database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 7)


def keeper_on(engine: Engine) -> JourneyKeeper:
    return JourneyKeeper(engine, lambda: OWN)


def follow_all(keeper: JourneyKeeper) -> int:
    count = 0
    while followed_now := keeper.advance():
        count += followed_now
    return count


def test_kept_journeys_are_those_of_all_events(engine: Engine) -> None:
    add_events(engine, EVENTS)
    keeper = keeper_on(engine)
    assert follow_all(keeper) == len(EVENTS)
    kept = read_journeys(engine)
    assert kept.by_mac == fold(EVENTS)
    assert kept.event == len(EVENTS)
    assert keeper.stages() == Journeys(kept.by_mac.values()).stages()


def test_a_batch_is_one_transaction(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    add_events(engine, EVENTS)
    keeper = keeper_on(engine)
    keeper.advance()
    before = read_journeys(engine)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(module, "_extend_timeline", fail)
        with pytest.raises(OSError, match="disk full"):
            keeper.advance()
    assert read_journeys(engine) == before
    follow_all(keeper)
    assert read_journeys(engine).by_mac == fold(EVENTS)


def test_a_new_keeper_goes_on_where_the_last_one_was(engine: Engine) -> None:
    add_events(engine, EVENTS)
    for _ in EVENTS:
        keeper_on(engine).advance()
    assert read_journeys(engine).by_mac == fold(EVENTS)


def test_a_new_keeper_knows_every_phone_before_the_first_new_event(engine: Engine) -> None:
    add_events(engine, EVENTS)
    follow_all(keeper_on(engine))
    with writing(engine) as connection:
        connection.execute(delete(events))
    restarted = keeper_on(engine)
    assert restarted.journeys.by_mac() == fold(EVENTS)
    assert restarted.advance() == 0


def test_two_servers_share_the_work(engine: Engine, other: Engine) -> None:
    add_events(engine, EVENTS)
    keepers = keeper_on(engine), keeper_on(other)
    counts = [0, 0]
    while any(got := [keeper.advance() for keeper in keepers]):
        counts = [before + now for before, now in zip(counts, got, strict=True)]
    assert sum(counts) == len(EVENTS)
    assert min(counts) > 0
    assert read_journeys(engine).by_mac == fold(EVENTS)
    assert keepers[0].journeys.by_mac() == keepers[1].journeys.by_mac() == fold(EVENTS)


def test_only_some_phones_are_read_when_only_some_are_asked_for(engine: Engine) -> None:
    add_events(engine, EVENTS)
    follow_all(keeper_on(engine))
    assert list(read_journeys(engine, [ANNA]).by_mac) == [ANNA]


def test_the_summaries_repeat_the_records(engine: Engine) -> None:
    add_events(engine, [*EVENTS, PbxLost(999, "", "gone")])
    follow_all(keeper_on(engine))
    with reading(engine) as connection:
        state, rows = read_summaries(connection)
    assert state == Followed(len(EVENTS) + 1, "gone")
    journeys = fold(EVENTS)
    assert {row.mac for row in rows} == set(journeys)
    for row in rows:
        journey = journeys[row.mac]
        assert row[:4] == (row.mac, journey.stage, journey.model, journey.address)
        assert row.since == journey.since
        assert (row.has_trouble, row.is_phone) == (
            bool(journey.troubles),
            bool(journey.requested or journey.model),
        )


def test_a_pbx_that_answers_again_is_kept_too(engine: Engine) -> None:
    add_events(engine, [PbxLost(1, "", "gone")])
    keeper = keeper_on(engine)
    keeper.advance()
    assert read_journeys(engine).pbx_lost == "gone"
    add_events(engine, [PbxConnected(2, "", "22")])
    keeper.advance()
    assert read_journeys(engine).pbx_lost == ""


def test_faults_of_the_machine_are_kept_until_they_are_gone(engine: Engine, other: Engine) -> None:
    disk, rights = (MachineFault(1.0, "", code, f"{code} ü", "cure") for code in ("disk", "rights"))
    add_events(engine, [disk, rights])
    keeper = keeper_on(engine)
    keeper.advance()
    assert read_journeys(engine).faults == (disk, rights)
    second = keeper_on(other)
    add_events(engine, [MachineFaultOver(2.0, "", "disk", "disk ü")])
    second.advance()
    assert read_journeys(engine).faults == second.journeys.faults == (rights,)
    with reading(engine) as connection:
        state, _ = read_summaries(connection)
    assert state.faults == (rights,)


def test_journeys_by_other_rules_are_made_anew(engine: Engine) -> None:
    add_events(engine, EVENTS)
    follow_all(keeper_on(engine))
    with writing(engine) as connection:
        connection.execute(update(followed).values(version=0))
        connection.execute(text("UPDATE journeys SET record = '{}'"))
    assert read_journeys(engine).by_mac == {}
    assert read_journeys(engine).event == 0
    follow_all(keeper_on(engine))
    assert read_journeys(engine).by_mac == fold(EVENTS)


def test_journeys_of_an_earlier_version_keep_what_events_no_longer_tell(engine: Engine, url: str) -> None:
    add_events(engine, EVENTS)
    follow_all(keeper_on(engine))
    with writing(engine) as connection:
        connection.execute(delete(events))
    downgrade(engine, "0006")
    again = open_database(url)
    assert read_journeys(again).by_mac == fold(EVENTS)
    with reading(again) as connection:
        _, rows = read_summaries(connection)
    again.dispose()
    assert {row.mac: row.since for row in rows} == {mac: each.since for mac, each in fold(EVENTS).items()}


def test_phones_of_the_site_are_followed_whatever_strangers_do(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journeys_module, "MOST_UNKNOWN", 8)
    invented = [f"AA00000000{number:02X}" for number in range(60)]
    noise: list[Event] = [
        FileNotFound(float(at), mac, f"SIP{mac}.cnf", "10.0.0.66", "") for at, mac in enumerate(invented)
    ]
    add_events(engine, [*noise, AddressLeased(99, ANNA, "10.0.0.9", 60), *noise])
    follow_all(keeper_on(engine))
    kept = read_journeys(engine).by_mac
    assert kept[ANNA].address == "10.0.0.9"
    assert len(kept) <= 8 + 7 + 1
    assert invented[-1] in kept


def test_the_events_of_one_phone_are_found_in_a_span_of_time(engine: Engine) -> None:
    nameless = FileRequested(2, "", "RINGLIST.DAT", "10.0.0.9", 1)
    late = FileSent(4, ANNA, "dialplan.xml", "10.0.0.9", 1, 0.1)
    first = AddressLeased(1, ANNA, "10.0.0.9", 60)
    add_events(engine, [first, nameless, AddressLeased(3, BERT, "10.0.0.8", 60), late])
    follow_all(keeper_on(engine))
    found = events_of_phone(engine, ANNA)
    assert [number for number, _ in found] == [1, 2, 4]
    assert [event.mac for _, event in found] == [ANNA, ANNA, ANNA]
    assert [number for number, _ in events_of_phone(engine, ANNA, most=2)] == [2, 4]
    assert [number for number, _ in events_of_phone(engine, ANNA, since=2, until=3)] == [2]
    assert events_of_phone(engine, ANNA, since=5) == []


def test_after_a_start_a_name_with_the_mac_of_a_phone_that_leases_elsewhere_proves_nothing(
    engine: Engine,
) -> None:
    add_events(engine, [AddressLeased(1, BERT, "10.0.0.9", 3600)])
    save_leases(engine, [Lease(BERT, "10.0.0.9", 3601)])
    follow_all(keeper_on(engine))
    add_events(engine, [FileNotFound(60, "", f"SIP{BERT}.cnf.bak", "10.0.0.66", "absent")])
    follow_all(keeper_on(engine))
    assert read_journeys(engine).by_mac[BERT].address == "10.0.0.9"
