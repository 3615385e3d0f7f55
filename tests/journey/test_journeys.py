"""Journeys that are updated in batches are the same as journeys that are computed at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.events import DiscoverReceived, Event, FileRequested, PbxConnected
from ringup.journey import follow as follow_module
from ringup.journey import journeys as journeys_module
from ringup.journey.follow import Journey, attribute, fold, follow
from ringup.journey.journeys import Journeys
from tests.journey.event_strategies import Turn, events, questions_and_answers, storm_events
from tests.journey.sequences import CONFIGURED, CONVERTED, of_nobody, sequence_d, sequence_e


def told(turns: list[Turn], form: int) -> list[Event]:
    return [event for turn in turns for event in turn[form]]


@given(st.lists(events(), max_size=30), st.integers(min_value=0, max_value=30))
def test_they_are_those_of_the_fold_however_the_events_are_cut(sequence: list[Event], cut: int) -> None:
    journeys = Journeys()
    journeys.take(sequence[:cut])
    journeys.take(sequence[cut:])
    assert repr(journeys.by_mac()) == repr(fold(sequence))


@given(
    st.lists(storm_events(), max_size=40) | questions_and_answers().map(lambda turns: told(turns, 1)),
    st.integers(0, 40),
)
def test_the_steps_of_a_storm_are_those_of_any_event(sequence: list[Event], cut: int) -> None:
    journeys, one_by_one = Journeys(), dict[str, Journey]()
    journeys.take(sequence[:cut])
    journeys.take(sequence[cut:])
    for event in attribute(sequence, {}):
        if event.mac:
            one_by_one[event.mac] = follow(one_by_one.get(event.mac, Journey(event.mac)), event)
    assert repr(journeys.by_mac()) == repr(one_by_one)


ODD_LISTS = [
    FileRequested(at, CONVERTED, name, "10.0.0.11", 1)
    for at, name in enumerate(("P0S3-8-12-00.loads", ".loads", f"{CONVERTED}.loads"))
]


@pytest.mark.parametrize("sequence", [sequence_d(100), sequence_e(100), ODD_LISTS])
def test_each_step_of_a_boot_is_that_of_any_event(sequence: list[Event]) -> None:
    journeys, journey = Journeys(), Journey(sequence[0].mac)
    for event in sequence:
        journeys.take([event])
        journey = follow(journey, event)
        assert journeys.by_mac() == {journey.mac: journey}


@given(questions_and_answers())
def test_a_question_that_is_answered_at_once_needs_no_event_of_its_own(turns: list[Turn]) -> None:
    """Databases of earlier versions have both events."""
    both, alone = (
        {mac: journey._replace(last_event=None) for mac, journey in fold(told(turns, form)).items()}
        for form in (0, 1)
    )
    assert alone == both


def test_phones_are_counted_by_stage() -> None:
    journeys = Journeys()
    assert journeys.stages() == {}
    journeys.take([*sequence_e(100), *sequence_d(100)])
    assert journeys.stages() == {"registered": 1, "sip_default": 1}
    journeys.take([PbxConnected(200, "", "20")])
    assert set(journeys.by_mac()) == {CONFIGURED, CONVERTED}


def test_a_phone_is_known_by_its_address_in_the_next_piece() -> None:
    journeys = Journeys()
    first, *rest = of_nobody(sequence_e(100))
    journeys.take([first])
    journeys.take(rest)
    assert journeys.by_mac() == fold([first, *rest])


def test_what_was_read_does_not_change_any_more() -> None:
    journeys = Journeys()
    journeys.take(sequence_e(100))
    before = journeys.by_mac()
    journeys.take(sequence_d(100))
    assert set(before) == {CONFIGURED}


def test_invented_addresses_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_module, "MOST_ADDRESSES", 2)
    journeys = Journeys()
    journeys.take(FileRequested(1, CONFIGURED, "a", f"10.0.0.{number}", 1) for number in range(9))
    journeys.take(FileRequested(2, "", "b", f"10.0.0.{number}", 1) for number in range(9))
    assert len(journeys.by_mac()) == 1
    assert len(journeys._addresses) == 2
    journeys.take([FileRequested(3, CONVERTED, "a", "10.0.0.1", 1), FileRequested(4, "", "c", "10.0.0.1", 1)])
    assert journeys.by_mac()[CONVERTED].last_at == 4


def test_of_invented_phones_the_latest_are_known_and_those_of_the_site_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(journeys_module, "MOST_UNKNOWN", 4)
    journeys = Journeys(own_macs=lambda: {CONFIGURED})
    journeys.take([DiscoverReceived(0, CONFIGURED, "")])
    for number in range(20):
        journeys.take([DiscoverReceived(float(number), f"{number:012X}", "")])
    known = set(journeys.by_mac())
    assert CONFIGURED in known
    assert f"{19:012X}" in known
    assert f"{0:012X}" not in known
    assert len(known) <= 5
    journeys.take(DiscoverReceived(30.0, f"AA{number:010X}", "") for number in range(50))
    assert CONFIGURED in journeys.by_mac()


def test_names_that_all_phones_ask_for_are_kept_once() -> None:
    journeys = Journeys()
    for mac in (CONFIGURED, CONVERTED):
        name = "".join(("SIPDefault", ".cnf"))
        journeys.take([FileRequested(1, mac, name, "", 1), DiscoverReceived(2, mac, "")])
    one, other = (journey.requests[0].name for journey in journeys.by_mac().values())
    assert one is other
