"""Encode pictures for the XML pages of phones (CIP): two bits per pixel, 0 is white and 3 is black.

Four pixels share a byte, the leftmost in the lowest two bits. Rows follow each other without a gap, so that
133 × 65 pixels take 2,162 bytes; the last byte is filled with white. Source: P-XML-4, P-XML-16, P-XML-27.
"""

from collections.abc import Sequence

WHITE, BLACK = 0, 3
PIXELS_PER_BYTE = 4


def packed(rows: Sequence[Sequence[int]]) -> bytes:
    """Return the bytes of rows of pixels from 0 (white) to 3 (black); raises ValueError for other values, and
    for rows of different lengths.
    """
    if len({len(row) for row in rows}) > 1:
        raise ValueError("the rows have different lengths")
    pixels = [pixel for row in rows for pixel in row]
    if any(not WHITE <= pixel <= BLACK for pixel in pixels):
        raise ValueError("a pixel is not 0 to 3")
    pixels += [WHITE] * (-len(pixels) % PIXELS_PER_BYTE)
    quads = zip(*(pixels[at::PIXELS_PER_BYTE] for at in range(PIXELS_PER_BYTE)), strict=True)
    return bytes(first | second << 2 | third << 4 | fourth << 6 for first, second, third, fourth in quads)


def size_of(width: int, height: int) -> int:
    """Return the size in bytes of a picture with this number of pixels."""
    return -(-width * height // PIXELS_PER_BYTE)


def as_digits(data: bytes) -> str:
    """Return the bytes as hexadecimal, two digits per byte, for the element Data of a page."""
    return data.hex().upper()
