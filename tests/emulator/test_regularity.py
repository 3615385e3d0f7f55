"""Gaps and losses in one direction of a call's sound."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.regularity import Regularity


def heard(*packets: tuple[float, int]) -> Regularity:
    regularity = Regularity()
    for at, sequence in packets:
        regularity.note(at, sequence)
    return regularity


def test_the_longest_gap_is_between_two_packets_and_only_more_than_100_ms_counts() -> None:
    regularity = heard((5.0, 1), (5.02, 2), (5.11, 3), (5.24, 4), (5.26, 5))
    assert round(regularity.longest, 6) == 0.13
    assert regularity.gaps == 1


def test_what_comes_before_the_first_packet_is_no_gap() -> None:
    assert heard((1000.0, 1)).longest == 0.0


def test_missing_numbers_are_lost_packets_also_where_they_start_anew_from_0() -> None:
    assert heard((0.0, 65534), (0.02, 1)).lost == 2


def test_a_number_that_comes_twice_or_late_and_a_new_stream_are_no_losses() -> None:
    assert heard((0.0, 10), (0.02, 10), (0.04, 9)).lost == 0
    assert heard((0.0, 10), (0.02, 40000)).lost == 0


@given(st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 0xFFFF)), min_size=1))
def test_any_packets_are_counted(steps: list[tuple[float, int]]) -> None:
    at, regularity = 0.0, Regularity()
    for step, sequence in steps:
        at += step
        regularity.note(at, sequence)
    assert 0 <= regularity.longest <= 0.5 + 1e-9
    assert 0 <= regularity.gaps < len(steps)
    assert regularity.lost >= 0
