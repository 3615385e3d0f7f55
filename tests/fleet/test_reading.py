"""The fleet is read from the database in batches, and nothing is read twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ringup.events import Event, FileNotFound, FileRequested, MessagesWaiting, PbxConnected, PbxLost
from ringup.fleet import reading
from ringup.fleet.reading import Fleet
from ringup.journey.follow import fold
from ringup.store.database import open_database, writing
from ringup.store.history import add_events, read_events
from ringup.store.revisions import commit
from tests.cli.fleet import ANNA, EVENTS, SITE, fill


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An empty database."""
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()


def test_news_is_read_by_row_and_folded_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(engine)
    monkeypatch.setattr(reading, "BATCH", 7)
    asked_after: list[int] = []
    read = read_events

    def counted(engine: Engine, *, after: int, limit: int) -> list[tuple[int, Event]]:
        asked_after.append(after)
        return read(engine, after=after, limit=limit)

    monkeypatch.setattr(reading, "read_events", counted)
    fleet = Fleet(engine)
    assert list(fleet.read()) == list(EVENTS)
    assert fleet.journeys == fold(EVENTS)
    assert asked_after == sorted(set(asked_after))
    add_events(engine, [MessagesWaiting(160, ANNA, "1600", 0, 2)])
    asked_after.clear()
    assert list(fleet.read()) == [MessagesWaiting(160, ANNA, "1600", 0, 2)]
    assert asked_after == [len(EVENTS), len(EVENTS) + 1]
    assert fleet.journeys[ANNA].messages_waiting == 0


def test_deleted_events_leave_no_gap_in_the_news(engine: Engine) -> None:
    fill(engine)
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM events WHERE at < 200"))
    fleet = Fleet(engine)
    assert list(fleet.read()) == [event for event in EVENTS if event.at >= 200]
    add_events(engine, [MessagesWaiting(300, ANNA, "1600", 0, 2)])
    assert list(fleet.read()) == [MessagesWaiting(300, ANNA, "1600", 0, 2)]


def test_a_phone_is_still_known_by_its_address_in_the_next_piece(engine: Engine) -> None:
    fleet = Fleet(engine)
    add_events(engine, [FileRequested(1, "", f"SIP{ANNA}.cnf", "10.0.0.11", 1)])
    assert [event.mac for event in fleet.read()] == [ANNA]
    add_events(engine, [FileNotFound(2, "", "RINGLIST.DAT", "10.0.0.11", "")])
    assert [event.mac for event in fleet.read()] == [ANNA]


def test_a_changed_site_is_read_again(engine: Engine) -> None:
    fleet = Fleet(engine)
    assert list(fleet.read()) == []
    assert fleet.name(ANNA) == ""
    commit(engine, SITE, author="test", summary="test", at=1.0)
    assert list(fleet.read()) == []
    assert fleet.name(ANNA) == "Anna"


def test_a_pbx_that_is_lost_is_remembered_until_it_answers_again(engine: Engine) -> None:
    fleet = Fleet(engine)
    add_events(engine, [PbxLost(1, "", "connection refused")])
    list(fleet.read())
    assert fleet.pbx_lost == "connection refused"
    add_events(engine, [PbxConnected(2, "", "22.10.1")])
    list(fleet.read())
    assert fleet.pbx_lost == ""
