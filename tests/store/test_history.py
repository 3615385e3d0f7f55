"""The kept events."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from ringup.events import AddressLeased, AddressWanted, Event, ServerStopped
from ringup.store.database import open_database
from ringup.store.history import add_events, forget_before, read_events
from tests.journey.event_strategies import events

LARRY, ANN = "001646C0FFEE", "001646C0FFEF"
STORY: tuple[Event, ...] = (
    AddressWanted(10.0, LARRY, "Cisco Systems, Inc. IP Phone CP-7960G\0"),
    AddressWanted(11.0, ANN, "Cisco Systems, Inc. IP Phone CP-7940G\0"),
    AddressLeased(12.0, LARRY, "10.0.0.11", 86_400),
    AddressLeased(13.0, ANN, "10.0.0.12", 86_400),
)


@pytest.fixture(name="kept")
def _kept(engine: Engine) -> Engine:
    """A database with the story in it."""
    add_events(engine, STORY)
    return engine


def test_a_fresh_database_has_no_events(engine: Engine) -> None:
    add_events(engine, [])
    assert read_events(engine) == []


def test_events_are_read_in_the_order_they_were_added(kept: Engine) -> None:
    add_events(kept, [AddressWanted(1.0, ANN, "")])
    numbers, found = zip(*read_events(kept), strict=True)
    assert found == (*STORY, AddressWanted(1.0, ANN, ""))
    assert list(numbers) == sorted(set(numbers))


def test_only_one_phones_events_are_read_when_asked(kept: Engine) -> None:
    assert [event for _, event in read_events(kept, mac=ANN)] == [STORY[1], STORY[3]]
    assert read_events(kept, mac="AABBCCDDEEFF") == []


def test_a_reader_goes_on_after_the_last_row_it_saw(kept: Engine) -> None:
    first = read_events(kept, limit=3)
    rest = read_events(kept, after=first[-1][0])
    assert [event for _, event in first + rest] == list(STORY)
    assert read_events(kept, after=rest[-1][0]) == []
    assert [event for _, event in read_events(kept, mac=LARRY, after=first[0][0], limit=5)] == [STORY[2]]


def test_old_events_are_forgotten_and_their_numbers_never_used_again(kept: Engine) -> None:
    last = read_events(kept)[-1][0]
    assert forget_before(kept, 12.0) == 2
    assert [event for _, event in read_events(kept)] == list(STORY[2:])
    assert forget_before(kept, 1e9) == 2
    add_events(kept, [STORY[0]])
    assert [number for number, _ in read_events(kept, after=last)] == [last + 1]


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


@settings(max_examples=60)
@given(st.lists(events(), max_size=8))
def test_any_events_are_read_as_they_were_added(story: list[Event]) -> None:
    engine = open_database("sqlite://")
    add_events(engine, story)
    assert repr([event for _, event in read_events(engine)]) == repr(story)  # repr: NaN is not NaN
    engine.dispose()
