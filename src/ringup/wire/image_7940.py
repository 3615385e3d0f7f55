"""The firmware image of a 7940 or 7960: a `.bin` file, or a `.sbn` or `.sb2` after its signed header.

All words are little-endian; offsets count from the image's first byte.

    0x00   8 ARM branches, xx xx xx EA
    0x20   name, at most 20 bytes, then NUL up to 0x117
    0x118  3, 0
    0x120  mark, exactly 8 bytes without a NUL: a loader's version, or PAS3ARM1 (SIP), PA03Z031 (SCCP)
    0x128  checksum of the plain image           0x134  checksum of the compressed image, or 0
    0x12C  length of the plain image             0x138  length of the compressed image, or 0
    0x130  flags; bit 31: compressed             0x13C  code, or a compress body that begins 1F 9D
    end    a DSP section: P and an 8-byte mark, or D and a 28-byte text; its checksum; its length

Source: measured on 13 genuine images (docs/reference/firmware-container.md#image).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from ringup.errors import WireError

NAME_START, NAME_LENGTH = 0x20, 20
MARK_START, MARK_LENGTH = 0x120, 8
HEADER_LENGTH = 0x13C
COMPRESSED = 0x8000_0000
COMPRESS_MAGIC = b"\x1f\x9d"
APPLICATION_MARKS = ("PAS3ARM1", "PA03Z031")
"""The marks of SIP and SCCP applications; any other mark at 0x120 is a loader's version."""
LARGEST_PLAIN, LARGEST_COMPRESSED = 0xC0000, 0x60000
"""Maximum sizes in bytes of a plain and of a compressed image that the loader accepts."""

_BRANCHES_END = 0x20
_BRANCH = 0xEA
_ZERO_END = 0x118
_NOT_SUMMED = (0x20, 0x120)
_DSP_MARKS = {ord("P"): 8, ord("D"): 28}
_LANES = 4096
_PATTERN = b"".join(at.to_bytes(2, "little") for at in range(_LANES))


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """The fields of an image's header."""

    name: str
    mark: str
    plain_checksum: int
    plain_length: int
    flags: int
    compressed_checksum: int
    compressed_length: int

    @property
    def is_compressed(self) -> bool:
        """Return whether the code is compressed, as a loader's is."""
        return bool(self.flags & COMPRESSED)

    @property
    def length(self) -> int:
        """Return the offset at which the DSP section begins."""
        return self.compressed_length if self.is_compressed else self.plain_length


def parse(payload: bytes) -> ImageHeader:
    """Read the header; raises WireError if it does not begin with ARM branches or is truncated."""
    if len(payload) < HEADER_LENGTH:
        raise WireError(f"an image has at least {HEADER_LENGTH} bytes", len(payload))
    for at in range(3, _BRANCHES_END, 4):
        if payload[at] != _BRANCH:
            raise WireError("the image does not begin with ARM branches", at)
    name = payload[NAME_START : NAME_START + NAME_LENGTH].rstrip(b"\0").decode("latin-1")
    mark = payload[MARK_START : MARK_START + MARK_LENGTH].decode("latin-1")
    words = (int.from_bytes(payload[at : at + 4], "little") for at in range(0x128, HEADER_LENGTH, 4))
    return ImageHeader(name, mark, *words)


def faults(payload: bytes, image: ImageHeader) -> Iterator[str]:
    """Yield a sentence for each contradiction between the image and its own lengths and checksums.

    The plain checksum of a compressed image is not compared: it covers the unpacked code.
    """
    end = image.length
    if payload[NAME_START + len(image.name) : _ZERO_END].strip(b"\0"):
        yield "holds something else than zeros behind its name"
    if not HEADER_LENGTH <= end <= min(len(payload), _largest(image)):
        yield f"says that its code ends at {end}, but has {len(payload)} bytes"
        return
    if image.is_compressed:
        if not payload.startswith(COMPRESS_MAGIC, HEADER_LENGTH):
            yield "says that it is compressed, but has no compress body"
        if image_checksum(payload[:end], 0x134) != image.compressed_checksum:
            yield "has a checksum that does not fit its compressed code"
    elif image_checksum(payload[:end], 0x128) != image.plain_checksum:
        yield "has a checksum that does not fit its code"
    yield from _dsp_faults(payload[end:])


def _largest(image: ImageHeader) -> int:
    return LARGEST_COMPRESSED if image.is_compressed else LARGEST_PLAIN


def _dsp_faults(section: bytes) -> Iterator[str]:
    mark = _DSP_MARKS.get(section[0]) if section else None
    if mark is None or len(section) < mark + 8:
        yield "has no DSP section behind its code"
        return
    stored, length = (int.from_bytes(section[at : at + 4], "little") for at in (mark, mark + 4))
    if length != len(section):
        yield f"says that its DSP section has {length} bytes; it has {len(section)}"
    elif dsp_checksum(section, mark) != stored:
        yield "has a checksum that does not fit its DSP section"


def image_checksum(code: bytes, own_place: int) -> int:
    """Return the checksum of an image's code, whose four bytes at `own_place` hold the checksum itself."""
    start, end = _NOT_SUMMED
    blank = bytearray(code)
    blank[start:end] = bytes(end - start)
    blank[own_place : own_place + 4] = bytes(4)
    return checksum(bytes(blank))


def dsp_checksum(section: bytes, own_place: int) -> int:
    """Return the checksum of a DSP section, whose four bytes at `own_place` hold it."""
    return checksum(section[:own_place] + bytes(4) + section[own_place + 4 :])


def checksum(data: bytes) -> int:
    """Return the 16-bit sum of every byte doubled and mixed with the low 12 bits of its offset.

    The sum starts at 0x5555 and adds byte by byte, with end-around carry. One large number is used instead:
    the remainder by 65535 has the effect of the carry, and 0 never occurs.
    """
    doubled = bytearray(2 * len(data))
    doubled[::2] = doubled[1::2] = data
    pattern = (_PATTERN * (len(data) // _LANES + 1))[: 2 * len(data)]
    mixed = int.from_bytes(doubled, "little") ^ int.from_bytes(pattern, "little")
    return (0x5555 + mixed) % 0xFFFF or 0xFFFF
