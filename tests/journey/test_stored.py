"""A journey stays the same after it was stored as text and read again."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import Event, RegistrationRefused
from ringup.journey.follow import fold, follow
from ringup.journey.record import Journey
from ringup.journey.stored import from_stored, stored
from tests.cli.fleet import EVENTS
from tests.journey.event_strategies import events

MAC = "001646C0FFEE"


def test_a_journey_is_read_as_it_was_written() -> None:
    journeys = fold(EVENTS)
    assert journeys
    for mac, journey in journeys.items():
        assert from_stored(mac, stored(journey)) == journey


def without_signs_of_nan(journey: Journey) -> str:
    """Return the journey without the sign of NaNs: a NaN is not equal to itself, and JSON drops its sign."""
    return repr(journey).replace(r"\xff\xf8", r"\x7f\xf8")


@given(st.lists(events(), max_size=30))
def test_whatever_happened_survives(happened: list[Event]) -> None:
    for mac, journey in fold(happened).items():
        kept = from_stored(mac, stored(journey))
        assert without_signs_of_nan(kept) == without_signs_of_nan(journey)


def test_a_phone_that_nobody_heard_takes_two_bytes() -> None:
    assert stored(Journey(MAC)) == "{}"


def test_a_trouble_is_kept_by_the_names_of_its_fields() -> None:
    journey = follow(Journey(MAC), RegistrationRefused(1, MAC, "201", "no"))
    assert json.loads(stored(journey))["troubles"] == [
        {
            "key": "registration_refused",
            "subject": "201",
            "what": "the PBX refuses 201: no",
            "cure": "run: ringup pbx install --reload",
        }
    ]
    (trouble,) = from_stored(MAC, stored(journey)).troubles
    assert (trouble.subject, trouble.cure) == ("201", "run: ringup pbx install --reload")
