"""The stored events."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import asyncpg, psycopg, psycopg2

from ringup.events import AddressLeased, DiscoverReceived, Event, ServerStopped
from ringup.store import history
from ringup.store.database import open_database, writing
from ringup.store.history import ROWS_AT_ONCE, add_events, read_events
from tests.journey.event_strategies import events

LARRY, ANN = "001646C0FFEE", "001646C0FFEF"
STORY: tuple[Event, ...] = (
    DiscoverReceived(10.0, LARRY, "Cisco Systems, Inc. IP Phone CP-7960G\0"),
    DiscoverReceived(11.0, ANN, "Cisco Systems, Inc. IP Phone CP-7940G\0"),
    AddressLeased(12.0, LARRY, "10.0.0.11", 86_400),
    AddressLeased(13.0, ANN, "10.0.0.12", 86_400),
)


@pytest.fixture(name="kept")
def _kept(engine: Engine) -> Engine:
    """Return a database that contains the story."""
    add_events(engine, STORY)
    return engine


def test_a_fresh_database_has_no_events(engine: Engine) -> None:
    add_events(engine, [])
    assert read_events(engine) == []


def test_events_are_read_in_the_order_they_were_added(kept: Engine) -> None:
    add_events(kept, [DiscoverReceived(1.0, ANN, "")])
    numbers, found = zip(*read_events(kept), strict=True)
    assert found == (*STORY, DiscoverReceived(1.0, ANN, ""))
    assert list(numbers) == sorted(set(numbers))


def test_an_event_stored_under_its_former_name_is_read(engine: Engine) -> None:
    event = DiscoverReceived(1.0, "001646C0FFEE", "10.0.0.9")
    add_events(engine, [event])
    with writing(engine) as connection:
        connection.execute(text("UPDATE events SET kind = 'AddressWanted'"))
    assert read_events(engine) == [(1, event)]


def test_only_one_phones_events_are_read_when_asked(kept: Engine) -> None:
    assert [event for _, event in read_events(kept, mac=ANN)] == [STORY[1], STORY[3]]
    assert read_events(kept, mac="AABBCCDDEEFF") == []


def test_a_reader_goes_on_after_the_last_row_it_saw(kept: Engine) -> None:
    first = read_events(kept, limit=3)
    rest = read_events(kept, after=first[-1][0])
    assert [event for _, event in first + rest] == list(STORY)
    assert read_events(kept, after=rest[-1][0]) == []
    assert [event for _, event in read_events(kept, mac=LARRY, after=first[0][0], limit=5)] == [STORY[2]]


def test_the_numbers_of_deleted_events_are_never_used_again(kept: Engine) -> None:
    last = read_events(kept)[-1][0]
    with writing(kept) as connection:
        connection.execute(text("DELETE FROM events"))
    add_events(kept, [STORY[0]])
    assert [number for number, _ in read_events(kept, after=last)] == [last + 1]


@pytest.mark.parametrize("count", [1, 49, 50, 51, 499, 500, 501, 1_123])
def test_however_many_are_added_at_once_all_are_kept_in_their_order(engine: Engine, count: int) -> None:
    story = [AddressLeased(float(number), LARRY, "10.0.0.11", number) for number in range(count)]
    add_events(engine, iter(story))
    assert [event for _, event in read_events(engine)] == story


def test_a_storm_compiles_nothing_that_was_prepared(engine: Engine) -> None:
    history.prepare_for_a_storm(engine)
    before = history.statement_of.cache_info()
    add_events(engine, [AddressLeased(float(number), LARRY, "10.0.0.11", number) for number in range(551)])
    assert history.statement_of.cache_info().misses == before.misses


def test_any_number_of_events_can_be_put_together() -> None:
    assert sorted(ROWS_AT_ONCE, reverse=True) == list(ROWS_AT_ONCE)
    assert ROWS_AT_ONCE[-1] == 1
    assert 4 * ROWS_AT_ONCE[0] <= 32_766  # SQLite's limit for values in one statement


@pytest.mark.parametrize("driver", [psycopg, psycopg2, asyncpg])
def test_postgresql_is_given_each_value_under_its_place(driver: Any) -> None:
    statement, parameters = history.statement_of(driver.dialect(), 2)
    values = (1.0, "a", "b", "c", 2.0, "d", "e", "f")
    given = parameters(values)
    assert tuple(given.values() if isinstance(given, dict) else given) == values
    assert statement.startswith("INSERT INTO events (at, mac, kind, fields) VALUES (")
    assert "RETURNING" not in statement
    if isinstance(given, dict):
        places = [statement.index(f"%({name})s") for name in given]
        assert places == sorted(places)


def test_fields_that_an_older_version_did_not_write_take_their_default(kept: Engine) -> None:
    fields = '{"address": "10.0.0.11", "seconds": 60}'
    with kept.connect() as connection:
        connection.execute(
            text("INSERT INTO events (at, mac, kind, fields) VALUES (14, '', 'AddressLeased', :fields)"),
            {"fields": fields},
        )
        connection.commit()
    assert read_events(kept)[-1][1] == AddressLeased(14.0, "", "10.0.0.11", 60)


def test_kinds_of_a_newer_version_are_left_out(kept: Engine) -> None:
    with kept.connect() as connection:
        connection.execute(
            text("INSERT INTO events (at, mac, kind, fields) VALUES (14, '', 'PhoneDanced', '{}')")
        )
        connection.commit()
    assert [event for _, event in read_events(kept)] == list(STORY)


def test_fields_keep_their_types(engine: Engine) -> None:
    leased = AddressLeased(1.0, LARRY, "10.0.0.11", 86_400, renewed=True)
    add_events(engine, [leased])
    ((_, found),) = read_events(engine)
    assert isinstance(found, AddressLeased)
    assert found.renewed is True
    assert isinstance(found.seconds, int)


def test_the_servers_own_events_belong_to_no_phone(kept: Engine) -> None:
    add_events(kept, [ServerStopped(20.0, "")])
    assert [event for _, event in read_events(kept, mac="")] == [ServerStopped(20.0, "")]
    assert len(read_events(kept)) == len(STORY) + 1


@given(st.lists(events(), max_size=8))
def test_any_events_are_read_as_they_were_added(story: list[Event]) -> None:
    engine = open_database("sqlite://")
    add_events(engine, story)
    assert repr([event for _, event in read_events(engine)]) == repr(
        story
    )  # repr is compared, because NaN is not equal to NaN
    engine.dispose()


@pytest.mark.peers
@given(story=st.lists(events(), max_size=8))
@settings(
    max_examples=settings().max_examples // 5, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_events_are_read_from_postgresql_as_they_were_added(
    on_postgresql: Engine, story: list[Event]
) -> None:
    last = max((number for number, _ in read_events(on_postgresql)), default=0)
    add_events(on_postgresql, story)
    assert repr([event for _, event in read_events(on_postgresql, after=last)]) == repr(story)
