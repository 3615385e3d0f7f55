"""Firmware of models other than the 7940 and 7960: its kind by the first bytes, and its own lengths.

Source of each row: docs/reference/firmware-container.md#other-models.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ringup.errors import WireError
from ringup.wire import archive_79x1, image_7940

_KUP_LENGTH_START = 32
_KUP_NOT_COUNTED = 24
"""Bytes of a kup image that its own length field does not count."""


@dataclass(frozen=True, slots=True)
class FirmwareKind:
    """One kind of firmware file, recognised by its first bytes."""

    start: bytes
    what: str
    """A description, like ``"an image of a 7902, 7905 or 7912"``."""
    models: tuple[str, ...]
    stands_alone: bool = False
    """True if the phone needs only this image, which no list names."""
    length: Callable[[bytes], int | None] | None = None
    """Returns how many bytes the file should have; None if its table is truncated or impossible."""
    check: Callable[[bytes], str] | None = None
    """Returns the contradictions to the file's checksums and lengths; empty: there are none."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The kind of one payload, or of a file outside the signed container."""

    kind: FirmwareKind
    fault: str | None
    """The contradictions to the file's own lengths and checksums; empty: none; None: it has neither lengths
    nor checksums.
    """
    is_short: bool = False


def recognise(data: bytes) -> Recognised | None:
    """Return the kind of a payload, or of a file outside the signed container; None if unknown."""
    kind = next((each for each in KINDS if data.startswith(each.start)), None) or _image_kind(data)
    if kind is None:
        return None
    if kind.length is not None:
        return _measured(data, kind, kind.length(data))
    return Recognised(kind, kind.check(data) if kind.check else None)


def _measured(data: bytes, kind: FirmwareKind, length: int | None) -> Recognised:
    if length is None:
        return Recognised(kind, "has no complete table of contents", is_short=True)
    fault = "" if len(data) == length else f"has {len(data)} bytes where {length} belong"
    return Recognised(kind, fault, is_short=len(data) < length)


def _kup_length(data: bytes) -> int:
    return int.from_bytes(data[_KUP_LENGTH_START : _KUP_LENGTH_START + 4], "big") + _KUP_NOT_COUNTED


def _image_kind(data: bytes) -> FirmwareKind | None:
    """Return the kind of an image with the format of a 7940's: a 7910, 7935 or 7936; None: another.

    The fourth letter of the image's name distinguishes them from a 7940's.
    """
    try:
        name = image_7940.parse(data).name
    except WireError:
        return None
    return _BY_LETTER.get(name[3:4]) if name.startswith("P") else None


def _image_fault(data: bytes) -> str:
    return "; it ".join(image_7940.faults(data, image_7940.parse(data)))


_BY_LETTER = {
    "4": FirmwareKind(b"", "an image of a 7910", ("7910",), stands_alone=True, check=_image_fault),
    "5": FirmwareKind(
        b"", "an image of a 7935 or 7936", ("7935", "7936"), stands_alone=True, check=_image_fault
    ),
}
"""The kinds of these images, by the fourth letter of the image's name."""

_KUP = ("7902", "7905", "7912")
_CONFERENCE = ("7935", "7936")

KINDS = (
    FirmwareKind(
        archive_79x1.MARK,
        "an archive of a 7906 to 7975",
        ("7906 to 7975",),
        length=archive_79x1.length_of,
    ),
    FirmwareKind(
        b"kup100000000", "an image of a 7902, 7905 or 7912", _KUP, stands_alone=True, length=_kup_length
    ),
    FirmwareKind(bytes.fromhex("bebaefbe"), "an image of a 7935 or 7936", _CONFERENCE, stands_alone=True),
    FirmwareKind(bytes.fromhex("bebaadab"), "an image of a 7935 or 7936", _CONFERENCE, stands_alone=True),
    FirmwareKind(b"TiZp", "a file of a 69xx", ("69xx",)),
    FirmwareKind(b"hsqs", "a file system of a 6901 or 6911", ("6901", "6911")),
    FirmwareKind(bytes.fromhex("42faedfe"), "a file of a 6901 or 6911", ("6901", "6911")),
    FirmwareKind(bytes.fromhex("7d9f80"), "a file of a 6945 or 894x", ("6945", "8941", "8945")),
    FirmwareKind(b"S001", "an image of a 7914 expansion module", ("7914",), stands_alone=True),
    FirmwareKind(b"B015-", "an image of a 7915 expansion module", ("7915",), stands_alone=True),
    FirmwareKind(b"B016-", "an image of a 7916 expansion module", ("7916",), stands_alone=True),
    FirmwareKind(b"kOsMoS9 fIrMwArE", "firmware of an SPA phone", ("SPA",), stands_alone=True),
)
