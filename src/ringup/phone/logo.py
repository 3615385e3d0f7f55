"""Check the picture for the screen of a 7940 or 7960, a BMP that the phone fetches over HTTP at every boot.

Source: P-LOGO-1, P-LOGO-2. Which colour depths phones accept is not known; eight bits per pixel without
compression is the safe choice.
"""

import struct
from collections.abc import Iterator

from ringup.errors import Problem

WIDTH, HEIGHT = 90, 56
"""Width and height in pixels."""

GREYS = (0x00, 0x40, 0x80, 0xFF)
"""The four greys of the screen, from black to white; other colours are reduced to them."""

CONVERT = "Make it with ringup: ringup logo set FILE"

_HEADERS = struct.Struct("<2sIIIIiiHHI")
"""The structure of the file header and of the first part of the picture's header (BITMAPINFOHEADER)."""


def pixels_of(data: bytes) -> tuple[tuple[int, ...], ...]:
    """Return the rows of a logo's BMP file from the top, each pixel from 0 (white) to 3 (black), as a page's
    picture has them; empty for a file with problems.
    """
    if any(logo_problems("", data)):
        return ()
    start, header, width, height = (struct.unpack_from("<i", data, at)[0] for at in (10, 14, 18, 22))
    step, colours = width + -width % 4, data[14 + header : start]
    if len(data) < start + step * abs(height):
        return ()
    # A colour has four bytes, of which the first three are equal in a picture of greys.
    shades = [_shade(colours[at]) for at in range(0, len(colours) - 3, 4)]
    rows = (data[start + step * row : start + step * row + width] for row in range(abs(height)))
    found = [tuple(shades[each] if each < len(shades) else 0 for each in row) for row in rows]
    return tuple(found if height < 0 else found[::-1])


def _shade(grey: int) -> int:
    return len(GREYS) - 1 - min(range(len(GREYS)), key=lambda at: abs(GREYS[at] - grey))


def logo_problems(where: str, data: bytes) -> Iterator[Problem]:
    """Return the faults of a logo's BMP file, each with its cure."""
    if len(data) < _HEADERS.size or not data.startswith(b"BM"):
        yield Problem(where, "is not a BMP, which is all that the phone shows.", CONVERT)
        return
    _, _, _, _, _, width, height, _, depth, compression = _HEADERS.unpack_from(data)
    if (width, abs(height)) != (WIDTH, HEIGHT):
        yield Problem(where, f"has {width} × {abs(height)} pixels, not {WIDTH} × {HEIGHT}.", CONVERT)
    if depth != 8 or compression:
        packing = "compressed" if compression else "uncompressed"
        what = f"has {depth} bits per pixel, {packing}; 8 bits, uncompressed, is the safe choice."
        yield Problem(where, what, CONVERT)
