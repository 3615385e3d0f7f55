"""The picture on the screen of a 7940 or 7960: a BMP that the phone fetches over HTTP at every boot.

Source: P-LOGO-1, P-LOGO-2. Eight bits per pixel without compression is the safe choice for the BMP;
the depths that phones take are not known.
"""

import struct
from collections.abc import Iterator

from ringup.errors import Problem

WIDTH, HEIGHT = 90, 56
"""Pixels."""

GREYS = (0x00, 0x40, 0x80, 0xFF)
"""The four greys that the screen shows without reducing them, from black to white."""

CONVERT = "Make it with ringup: ringup logo set FILE"

_HEADERS = struct.Struct("<2sIIIIiiHHI")
"""The file's header and the first part of the picture's (BITMAPINFOHEADER)."""


def logo_problems(where: str, data: bytes) -> Iterator[Problem]:
    """Return the faults of a logo's BMP, each with its cure."""
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
