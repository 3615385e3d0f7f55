"""The display as a picture: four greys, pages and pictures in their places; and the logo's BMP."""

import io

import pytest
from PIL import Image

from ringup.emulator.display.drawing import ENLARGED, GREYS, HEIGHT, PANE, ROW, WIDTH, picture_of, png_of
from ringup.emulator.display.shown import DisplayState, LineIcon, LineLabel
from ringup.emulator.pages.objects import PageRefusedError
from ringup.emulator.pages.pixels import logo_in, pixels_in
from ringup.media.cip import as_digits, packed
from ringup.media.picture import bmp_of

SHOWN = DisplayState(
    "Zoë", True, (LineLabel("201", LineIcon.IDLE),), "Services", ("1 Directory", "2 Ωmega"), 0, (), "201",
    ("Select", "", "Exit", ""),
)  # fmt: skip


def test_the_display_has_four_greys_and_its_size() -> None:
    image = picture_of(SHOWN)
    assert image.size == (WIDTH, HEIGHT)
    assert set(image.tobytes()) <= set(GREYS)


def test_the_title_is_at_the_top_and_the_selected_row_is_dark() -> None:
    image = picture_of(SHOWN)
    assert image.getpixel((PANE[0] - 10, ROW + 5)) == 0
    assert image.getpixel((PANE[0] - 10, 2 * ROW + 5)) == GREYS[2]
    assert image.getpixel((PANE[0] - 10, 3 * ROW + 5)) == 255


def test_a_png_is_enlarged() -> None:
    with Image.open(io.BytesIO(png_of(SHOWN))) as image:
        assert image.size == (WIDTH * ENLARGED, HEIGHT * ENLARGED)


def test_a_picture_covers_the_pane_in_its_greys() -> None:
    rows = tuple((0, 1, 2, 3) for _ in range(10))
    assert pixels_in(as_digits(packed(rows)), 4, 10) == rows
    image = picture_of(DisplayState(title="hidden", picture=rows))
    left, top = (PANE[0] - 4) // 2, ROW + 1 + (PANE[1] - 10) // 2
    assert [image.getpixel((left + right, top)) for right in range(4)] == list(GREYS)


def test_the_logo_that_ringup_makes_is_read_and_others_are_refused() -> None:
    whole = Image.new("L", (90, 56), 255)
    whole.putpixel((3, 2), 0)
    rows = logo_in(bmp_of(whole))
    assert (len(rows), len(rows[0])) == (56, 90)
    assert (rows[2][3], rows[0][0]) == (3, 0)
    wide = bmp_of(Image.new("L", (91, 56)))
    for data in (b"", b"BM", b"GIF89a" + bytes(100), wide, bmp_of(whole)[:-60]):
        with pytest.raises(PageRefusedError):
            logo_in(data)
    with pytest.raises(PageRefusedError):
        pixels_in("FF", 4, 2)
