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
