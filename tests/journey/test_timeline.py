"""The timeline of a boot: the expected and the actual next event."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ringup.events import Event
from ringup.journey.timeline import timeline
from tests.doctor.cases import HAS_ITS_FILE, MAC, REGISTERED, T
from tests.journey.event_strategies import events


def test_each_stage_has_what_should_come_and_what_came() -> None:
    steps = timeline((*HAS_ITS_FILE, REGISTERED), MAC, T + 100)
    assert [step.stage.key for step in steps] == [
        "wants_address", "address", "hunt", "sip_default", "own_file", "registered",
    ]  # fmt: skip
    assert (steps[0].expected, steps[0].actual) == (
        '"has an address" within 10 s',
        '"has an address" after 0.1 s',
    )
    assert (steps[-1].expected, steps[-1].actual) == ("", "")
    assert not any(step.is_late for step in steps)


def test_what_did_not_come_is_late() -> None:
    last = timeline(HAS_ITS_FILE, MAC, T + 200)[-1]
    assert last.expected == '"has its dial plan" or "registered" within 2 s'
    assert (last.actual, last.is_late) == ("nothing for 3 min", True)
    early = timeline(HAS_ITS_FILE, MAC, T + 26)[-1]
    assert (early.actual, early.is_late) == ("", False)


def test_only_the_last_boot_is_told() -> None:
    later = [replace(event, at=event.at + 600) for event in HAS_ITS_FILE]
    steps = timeline((*HAS_ITS_FILE, REGISTERED, *later), MAC, T + 700)
    assert steps[0].at >= T + 600


@given(st.lists(events(), max_size=10))
def test_no_order_of_events_raises(found: list[Event]) -> None:
    timeline(found, MAC, T)
