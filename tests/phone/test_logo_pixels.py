"""The pixels of a logo's BMP file, as a page's picture has them."""

import struct

import pytest

from ringup.phone.logo import GREYS, HEIGHT, WIDTH, logo_problems, pixels_of

STEP = WIDTH + 2
"""Bytes of a row: its pixels, and two that fill it up to a multiple of four."""


def bmp(rows: list[list[int]], greys: tuple[int, ...] = GREYS, height: int = HEIGHT) -> bytes:
    """Return a BMP whose pixels are indexes of the greys; a negative height: the first row is the top one."""
    colours = b"".join(bytes((grey, grey, grey, 0)) for grey in greys)
    pixels = b"".join(bytes(row) + b"\0\0" for row in (rows if height < 0 else reversed(rows)))
    start = 54 + len(colours)
    head = struct.pack("<2sIHHI", b"BM", start + len(pixels), 0, 0, start)
    return (
        head
        + struct.pack("<IiiHHIIiiII", 40, WIDTH, height, 1, 8, 0, 0, 0, 0, len(greys), 0)
        + colours
        + pixels
    )


ROWS = [[(column + row) % 4 for column in range(WIDTH)] for row in range(HEIGHT)]


@pytest.mark.parametrize("height", [HEIGHT, -HEIGHT])
def test_white_is_0_and_black_is_3_from_the_top(height: int) -> None:
    data = bmp(ROWS, height=height)
    assert not list(logo_problems("", data))
    assert pixels_of(data) == tuple(tuple(3 - each for each in row) for row in ROWS)


def test_other_greys_are_the_nearest_of_the_four() -> None:
    assert pixels_of(bmp(ROWS, (0x10, 0x55, 0x90, 0xF0)))[0][:4] == (3, 2, 1, 0)


def test_an_index_without_a_colour_is_white() -> None:
    assert set(pixels_of(bmp([[9] * WIDTH] * HEIGHT))[0]) == {0}


@pytest.mark.parametrize("data", [b"", b"BM", bmp(ROWS)[:-1], bmp(ROWS)[:60]])
def test_a_file_with_problems_or_without_its_end_has_no_pixels(data: bytes) -> None:
    assert pixels_of(data) == ()
