"""A journey survives the text that the store keeps."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import Event
from ringup.journey.follow import fold
from ringup.journey.record import Journey
from ringup.journey.stored import from_stored, stored
from tests.cli.fleet import EVENTS
from tests.journey.event_strategies import events


def test_a_journey_is_read_as_it_was_written() -> None:
    journeys = fold(EVENTS)
    assert journeys
    for mac, journey in journeys.items():
        assert from_stored(mac, stored(journey)) == journey


@given(st.lists(events(), max_size=30))
def test_whatever_happened_survives(happened: list[Event]) -> None:
    for mac, journey in fold(happened).items():
        assert repr(from_stored(mac, stored(journey))) == repr(journey)  # repr: a NaN is not equal to itself


def test_a_phone_that_nobody_heard_takes_two_bytes() -> None:
    assert stored(Journey("001646C0FFEE")) == "{}"
