"""Waves and windows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.rollout.waves import sizes, wave_numbers
from ringup.rollout.window import is_inside, window


@given(count=st.integers(0, 400), canary=st.integers(1, 30), at_most=st.integers(1, 30))
def test_every_phone_has_one_wave_and_no_wave_is_too_large(count: int, canary: int, at_most: int) -> None:
    numbers = wave_numbers(count, canary, at_most)
    found = sizes(numbers)
    assert (len(numbers), sum(found)) == (count, count)
    assert numbers == sorted(numbers)
    assert all(size <= at_most for size in found)
    assert not found or found[0] <= canary


def test_first_one_then_few_then_many() -> None:
    assert sizes(wave_numbers(40, 1, 10)) == [1, 2, 4, 8, 10, 10, 5]
    assert sizes(wave_numbers(40, 2, 10)) == [2, 4, 8, 10, 10, 6]


NOON = 1_700_049_600.0  # 15 November 2023, 12:00 UTC


@pytest.mark.parametrize(
    ("text", "zone", "inside"),
    [
        ("", "Etc/UTC", True),
        ("22:00-05:00", "Etc/UTC", False),
        ("22:00-05:00", "Pacific/Auckland", True),
        ("12:00-12:01", "Etc/UTC", True),
        ("11:00-12:00", "Etc/UTC", False),
        ("13:00-13:30", "Europe/Berlin", True),
    ],
)
def test_a_window_is_in_the_time_zone_of_the_site(text: str, zone: str, inside: bool) -> None:
    assert is_inside(text, NOON, zone) is inside


@pytest.mark.parametrize("text", ["22-5", "22:00-22:00", "24:00-05:00", "22:00", "22:60-23:00", "x"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(SiteErrors, match="22:00-05:00"):
        window(text)
