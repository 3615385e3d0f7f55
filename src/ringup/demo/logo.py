"""The demo's logo: rings in the phone's four greys, as a BMP, made without an imaging library."""

import struct

from ringup.phone.logo import GREYS, HEIGHT, WIDTH

FILE = "demo.bmp"
_RING = 7
"""Width of a ring in pixels."""


def logo() -> bytes:
    """Return an uncompressed BMP of eight bits per pixel with a palette of four greys (P-LOGO-2)."""
    stride = (WIDTH + 3) // 4 * 4
    palette = b"".join(bytes((grey, grey, grey, 0)) for grey in GREYS)
    at = 14 + 40 + len(palette)
    size = at + stride * HEIGHT
    head = struct.pack("<2sIII", b"BM", size, 0, at)
    info = struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 8, 0, stride * HEIGHT, 2835, 2835, len(GREYS), 0)
    return head + info + palette + b"".join(_row(row).ljust(stride, b"\0") for row in range(HEIGHT))


def _row(row: int) -> bytes:
    return bytes(_grey(column - WIDTH // 2, row - HEIGHT // 2) for column in range(WIDTH))


def _grey(right: int, down: int) -> int:
    """Return the index of a pixel's grey by its distance from the middle; white outside."""
    ring = int((right * right + down * down) ** 0.5) // _RING
    return ring % len(GREYS) if ring < len(GREYS) else len(GREYS) - 1
