"""A stage that lasts too long is overdue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.journey.overdue import CURES, duration, longest_seconds, overdue, stage_overdue
from ringup.journey.record import Journey
from ringup.journey.stages import IN_SERVICE, STAGES

NOW = 1_000_000.0


@pytest.mark.parametrize(("key", "seconds"), [("own_file", 32), ("hunt", 72), ("wants_address", 40)])
def test_a_stage_may_last_three_times_as_long_as_usual_but_never_less_than_half_a_minute_more(
    key: str, seconds: float
) -> None:
    assert longest_seconds(key) == seconds
    assert overdue(Journey("A", stage=key, since=NOW), NOW + seconds) is None
    found = overdue(Journey("A", stage=key, since=NOW), NOW + seconds + 1)
    assert found is not None
    assert (found.seconds, found.longest) == (seconds + 1, seconds)


@pytest.mark.parametrize(("key", "blocks"), [("loader", 256), ("application", 1_478)])
def test_a_firmware_file_that_travels_on_a_slow_line_is_not_overdue(key: str, blocks: int) -> None:
    transfer = blocks * 0.2 + blocks / 50 * 4.0
    flashing = {"loader": 37, "application": 69}[key]
    assert overdue(Journey("A", stage=key, since=NOW), NOW + transfer + flashing) is None
    assert overdue(Journey("A", stage=key, since=NOW), NOW + 601) is not None


@pytest.mark.parametrize("key", [stage.key for stage in STAGES if stage.seconds])
def test_every_stage_that_can_be_overdue_has_a_cure_that_names_a_command_or_the_power(key: str) -> None:
    found = stage_overdue(key, NOW, NOW + 10_000)
    assert found is not None
    trouble = found.trouble("001646C0FFEE")
    assert (trouble.key, trouble.subject, trouble.what) == ("overdue", key, found.what)
    assert "ringup" in trouble.cure or "power" in trouble.cure
    assert "{" not in trouble.cure
    assert set(CURES) == {stage.key for stage in STAGES if stage.seconds}


def test_without_a_link_to_the_pbx_a_registration_is_not_missed() -> None:
    late = {
        stage.key
        for stage in STAGES
        if overdue(Journey("A", stage=stage.key, since=NOW), NOW + 10_000, sees_pbx=False)
    }
    only_by_the_pbx = {"own_file", "dial_plan", "on_the_wire", "sccp_start"}
    assert late == {stage.key for stage in STAGES if stage.seconds} - only_by_the_pbx


def test_what_is_overdue_is_said_with_what_should_have_come() -> None:
    found = overdue(Journey("A", stage="own_file", since=NOW), NOW + 180)
    assert found is not None
    assert found.what == (
        '"has its own file" for 3 min: "has its dial plan" or "registered" usually follows within 2 s'
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
