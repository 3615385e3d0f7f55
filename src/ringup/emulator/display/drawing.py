"""Draw the display as a picture in its four greys, with Pillow.

The display has probably 160 × 100 pixels (P-SCREEN-2): the services pane of 133 × 65, the line labels on its
right, one row of text above, and the prompt and the soft keys below. Font and icons are drawn by ringup, not
Cisco's.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringup.emulator.display.shown import LINES, PANE_ROWS, SOFT_KEYS, DisplayState, LineIcon

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 160, 100
PANE = (133, 65)
ROW = 11
"""Height of a row of text, in pixels."""
GREYS = (255, 170, 85, 0)
"""Brightness from 0 to 255 for each pixel value of the phone: value 0 is white (P-XML-4)."""
WHITE, LIGHT, DARK, BLACK = GREYS
ENLARGED = 4
"""Width and height in pixels of the square in the PNG that stands for one pixel of the display."""
_SOFT = WIDTH // SOFT_KEYS
_PROMPT, _KEYS = ROW + PANE[1], HEIGHT - ROW - 1

_ICONS = {
    LineIcon.IDLE: ("0111110", "1100011", "1000001", "0011100", "0111110", "0110110", "0111110"),
    LineIcon.UNREGISTERED: ("1000001", "0100010", "0010100", "0001000", "0010100", "0100010", "1000001"),
    LineIcon.BUSY: ("1100000", "1110000", "0110000", "0011000", "0001110", "0000111", "0000011"),
    LineIcon.RINGING: ("0001000", "0011100", "0111110", "0111110", "0111110", "1111111", "0001000"),
    LineIcon.MESSAGES: ("1111111", "1100011", "1010101", "1001001", "1000001", "1000001", "1111111"),
}
"""Icons of 7 × 7 pixels, drawn by ringup."""


def picture_of(shown: DisplayState) -> "Image":
    """Return the display in greys; raises ImportError without Pillow."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (WIDTH, HEIGHT), WHITE)
    pen = ImageDraw.Draw(image)
    pen.font = ImageFont.load_default_imagefont()
    _top(pen, shown)
    if shown.picture:
        _picture(image, shown.picture)
    else:
        _pane(pen, shown)
    _lines(pen, shown)
    pen.text((1, _PROMPT), _latin(shown.prompt), DARK)
    for place, name in enumerate(shown.soft_keys):
        if name:
            pen.rectangle((place * _SOFT, _KEYS, (place + 1) * _SOFT - 2, HEIGHT - 1), LIGHT)
        pen.text((place * _SOFT + 1, _KEYS), _latin(name)[:6], BLACK)
    return image


def png_of(shown: DisplayState) -> bytes:
    """Return a PNG of the display, enlarged by ENLARGED."""
    from PIL.Image import Resampling

    written = io.BytesIO()
    size = (WIDTH * ENLARGED, HEIGHT * ENLARGED)
    picture_of(shown).resize(size, Resampling.NEAREST).save(written, "PNG")
    return written.getvalue()


def _top(pen: "ImageDraw", shown: DisplayState) -> None:
    mark = 19 if shown.has_sip_mark else 0
    label = _latin(shown.label)[: (WIDTH - mark) // 6]
    pen.text((WIDTH - mark - 1 - 6 * len(label), 0), label, BLACK)
    if shown.has_sip_mark:
        pen.rectangle((WIDTH - mark, 0, WIDTH - 1, ROW - 1), BLACK)
        pen.text((WIDTH - mark, 0), "SIP", WHITE)
    pen.line((0, ROW, WIDTH, ROW), DARK)


def _pane(pen: "ImageDraw", shown: DisplayState) -> None:
    if shown.title:
        pen.rectangle((0, ROW + 1, PANE[0] - 2, 2 * ROW), BLACK)
        pen.text((2, ROW), _latin(shown.title)[:22], WHITE)
    for index, row in enumerate(shown.rows[:PANE_ROWS]):
        top = 2 * ROW + 2 + index * ROW
        if index == shown.selected:
            pen.rectangle((0, top, PANE[0] - 2, top + ROW - 1), DARK)
        pen.text((2, top), _latin(row)[:22], WHITE if index == shown.selected else BLACK)


def _lines(pen: "ImageDraw", shown: DisplayState) -> None:
    pen.line((PANE[0], ROW, PANE[0], _PROMPT), LIGHT)
    for place, line in enumerate(shown.lines[:LINES]):
        left, top = PANE[0] + 2, ROW + 2 + place * ROW
        for down, bits in enumerate(_ICONS[line.icon]):
            pen.point([(left + right, top + 1 + down) for right, bit in enumerate(bits) if bit == "1"], BLACK)
        pen.text((left + 8, top - 1), _latin(line.text)[:3], BLACK)


def _picture(image: "Image", rows: Sequence[Sequence[int]]) -> None:
    """Draw a page's picture in the middle of the services pane and its title."""
    left, top = max((PANE[0] - len(rows[0])) // 2, 0), ROW + 1 + max((PANE[1] - len(rows)) // 2, 0)
    for down, row in enumerate(rows[: PANE[1]]):
        for right, grey in enumerate(row[: PANE[0]]):
            image.putpixel((left + right, top + down), GREYS[grey])


def _latin(text: str) -> str:
    """Return a text with the characters that the font lacks replaced."""
    return text.encode("iso-8859-1", "replace").decode("iso-8859-1")
