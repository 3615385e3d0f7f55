"""An event that repeats is stored once a day; after a boot or a loss it is stored at once."""

from dataclasses import replace

import pytest

from ringup.events import (
    AddressOffered,
    CallStarted,
    Event,
    FileRequested,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    PbxConnected,
    ServerStarted,
)
from ringup.serve import routine
from ringup.serve.routine import DAY, RoutineEvents

PHONE, OTHER = "001646C0FFEE", "001646C0FFEF"
REGISTERED = LineRegistered(1000.0, PHONE, "201", "sip:201@10.0.0.2:5060")
AUTHENTICATED = LineAuthenticated(1000.0, PHONE, "201", "10.0.0.2")
REACHABLE = LineReachable(1000.0, PHONE, "201", 12.5)


def later(event: Event, seconds: float) -> Event:
    return replace(event, at=event.at + seconds)


def written(*events: Event) -> list[Event]:
    return RoutineEvents().without(events)


@pytest.mark.parametrize("event", [REGISTERED, AUTHENTICATED, REACHABLE])
def test_the_same_is_written_once_a_day(event: Event) -> None:
    again, next_day = later(event, DAY - 1), later(event, DAY)
    assert written(event, again, next_day, later(next_day, 60)) == [event, next_day]


def test_another_line_another_phone_and_another_place_are_news() -> None:
    news = [
        REGISTERED,
        replace(REGISTERED, extension="202"),
        replace(REGISTERED, mac=OTHER),
        replace(REGISTERED, contact="sip:201@10.0.0.3:5060"),
        REGISTERED,  # back again
    ]
    assert written(*news) == news


@pytest.mark.parametrize(
    "between",
    [
        AddressOffered(1001.0, PHONE, "10.0.0.2", "10.0.0.1"),
        FileRequested(1001.0, PHONE, "RINGLIST.DAT", "10.0.0.2", 1),
        FileRequested(1001.0, "", f"SIP{PHONE}.cnf", "10.0.0.2", 1),
        LineUnreachable(1001.0, PHONE, "201"),
        ServerStarted(1001.0, "", "1"),
        PbxConnected(1001.0, "", "22"),
    ],
)
def test_after_a_boot_a_loss_or_a_pause_it_is_news(between: Event) -> None:
    again = later(REGISTERED, 60)
    assert written(REGISTERED, between, again) == [REGISTERED, between, again]


@pytest.mark.parametrize(
    "between",
    [
        CallStarted(1001.0, PHONE, "201", "202"),
        AddressOffered(1001.0, OTHER, "10.0.0.3", "10.0.0.1"),
        FileRequested(1001.0, "", "RINGLIST.DAT", "10.0.0.9", 1),
    ],
)
def test_a_call_and_another_phone_make_it_no_news(between: Event) -> None:
    assert written(REGISTERED, between, later(REGISTERED, 60)) == [REGISTERED, between]


def test_a_clock_that_was_set_back_hides_nothing() -> None:
    earlier = later(REGISTERED, -500)
    assert written(REGISTERED, earlier) == [REGISTERED, earlier]


def test_invented_phones_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routine, "MOST_PHONES", 3)
    lines = RoutineEvents()
    for number in range(20):
        assert lines.without([replace(REGISTERED, mac=f"{number:012X}")])
        assert len(lines._said) <= 3
