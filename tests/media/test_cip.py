"""Pictures of two bits per pixel, packed as phones read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.media.cip import as_digits, packed, size_of

SIZES = st.tuples(st.integers(1, 20), st.integers(1, 12))


@st.composite
def pictures(draw: st.DrawFn) -> tuple[tuple[int, ...], ...]:
    width, height = draw(SIZES)
    row = st.lists(st.integers(0, 3), min_size=width, max_size=width).map(tuple)
    return tuple(draw(st.lists(row, min_size=height, max_size=height)))


def test_the_leftmost_pixel_is_in_the_lowest_bits() -> None:
    assert as_digits(packed([[1, 3, 2, 0]])) == "2D"  # P-XML-27


def test_a_rest_is_filled_with_white() -> None:
    assert packed([[3, 3, 3, 3, 3]]) == b"\xff\x03"


def test_an_odd_row_shares_its_last_byte_with_the_next() -> None:
    assert packed([[3, 0, 0], [3, 0, 0]]) == packed([[3, 0, 0, 3, 0, 0]])


def test_the_largest_picture_has_the_size_of_the_fact() -> None:
    assert size_of(133, 65) == len(packed([[0] * 133] * 65)) == 2_162  # P-XML-16


@given(pictures())
def test_every_pixel_has_its_two_bits_and_the_rest_is_white(rows: tuple[tuple[int, ...], ...]) -> None:
    data = packed(rows)
    assert len(data) == size_of(len(rows[0]), len(rows))
    pixels = [byte >> shift & 3 for byte in data for shift in (0, 2, 4, 6)]
    flat = [pixel for row in rows for pixel in row]
    assert pixels == flat + [0] * (len(pixels) - len(flat))


@pytest.mark.parametrize(
    ("rows", "said"), [([[4]], "0 to 3"), ([[-1]], "0 to 3"), ([[1], [1, 1]], "lengths")]
)
def test_pixels_that_are_none_are_refused(rows: list[list[int]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        packed(rows)


def test_no_rows_take_no_bytes() -> None:
    assert packed([]) == b""
