"""Read pictures as the phone does: the BMP of the logo, and the pixels of a page's Image."""

import struct

from ringup.emulator.pages.objects import PageError, PageRefusedError

GREY = 256 // 4
"""Number of 8-bit brightness levels per grey of the phone."""
LOGO = (90, 56)
"""Maximum width and height of the logo in pixels (P-LOGO-2)."""
_HEADER = struct.Struct("<2sIHHI IiiHHIIiiII")


def logo_in(data: bytes) -> tuple[tuple[int, ...], ...]:
    """Return the rows of a logo's BMP as greys, 0 white to 3 black.

    The phone accepts only an uncompressed BMP with eight bits per pixel: a guess (P-LOGO-2). Raises
    PageRefusedError for any other file, and for a picture that is larger than LOGO.
    """
    try:
        magic, _, _, _, at, head, width, height, _, depth, packing, *_ = _HEADER.unpack_from(data)
    except struct.error as error:
        raise PageRefusedError(PageError.NO_OBJECT, "the logo is not a BMP") from error
    if magic != b"BM" or depth != 8 or packing or not 0 < width <= LOGO[0] or not 0 < height <= LOGO[1]:
        what = f"the logo is not an uncompressed BMP of 8 bits, at most {LOGO[0]} × {LOGO[1]}"
        raise PageRefusedError(PageError.NO_OBJECT, what)
    greys = [3 - data[14 + head + 4 * each] // GREY for each in range((at - 14 - head) // 4)]
    stride = (width + 3) // 4 * 4
    rows = [data[at + stride * row : at + stride * row + width] for row in reversed(range(height))]
    if len(data) < at + stride * height:
        raise PageRefusedError(PageError.NO_OBJECT, "the logo ends too early")
    try:
        return tuple(tuple(greys[pixel] for pixel in row) for row in rows)
    except IndexError as error:
        raise PageRefusedError(PageError.NO_OBJECT, "the logo has pixels without a colour") from error


def pixels_in(text: str, width: int, height: int) -> tuple[tuple[int, ...], ...]:
    """Return the rows of an Image's Data: two bits per pixel, the leftmost in the lowest bits (P-XML-27)."""
    try:
        packed = bytes.fromhex(text)
    except ValueError as error:
        raise PageRefusedError(PageError.NO_OBJECT, "Data is not hexadecimal") from error
    every = [byte >> shift & 3 for byte in packed for shift in (0, 2, 4, 6)]
    if len(every) < width * height:
        raise PageRefusedError(PageError.NO_OBJECT, f"Data has {len(every)} pixels, not {width * height}")
    return tuple(tuple(every[row * width : (row + 1) * width]) for row in range(height))
