"""A stage that lasts too long is overdue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.journey.overdue import duration, overdue, patience
from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE, STAGES

NOW = 1_000_000.0


@pytest.mark.parametrize(
    ("key", "seconds"), [("own_file", 32), ("hunt", 72), ("application", 207), ("wants_address", 40)]
)
def test_a_stage_may_last_three_times_as_long_as_usual_but_never_less_than_half_a_minute_more(
    key: str, seconds: float
) -> None:
    assert patience(key) == seconds
    assert overdue(Journey("A", stage=key, since=NOW), NOW + seconds) is None
    found = overdue(Journey("A", stage=key, since=NOW), NOW + seconds + 1)
    assert found is not None
    assert (found.seconds, found.patience) == (seconds + 1, seconds)


def test_what_is_overdue_is_said_with_what_should_have_come() -> None:
    found = overdue(Journey("A", stage="own_file", since=NOW), NOW + 180)
    assert found is not None
    assert found.what == (
        '"has its own file" for 3 min; "has ring list, dial plan" or "registered" usually follows within 2 s'
    )


@given(st.floats(0, 1e9), st.sampled_from([stage.key for stage in STAGES if not stage.seconds]))
def test_a_phone_in_service_may_stay_there(after: float, key: str) -> None:
    assert key in IN_SERVICE
    assert overdue(Journey("A", stage=key, since=NOW), NOW + after) is None


def test_a_phone_that_was_never_seen_is_not_overdue() -> None:
    assert overdue(Journey("A"), NOW) is None


@given(st.sampled_from([stage for stage in STAGES if stage.seconds]))
def test_every_stage_with_a_usual_time_names_what_comes_next(row: object) -> None:
    assert row.next  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("seconds", "text"), [(45, "45 s"), (119, "119 s"), (180, "3 min"), (7200, "2 h"), (5 * 86_400, "5 d")]
)
def test_a_duration_is_told_in_the_unit_that_fits(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_clock_that_was_set_back_hides_nothing() -> None:
    found = overdue(Journey("A", stage="hunt", since=NOW), NOW - 86_400)
    assert found is not None
    assert "the clock was set back" in found.what
    assert overdue(Journey("A", stage="hunt", since=NOW), NOW - 1) is None
