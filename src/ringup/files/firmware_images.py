"""One file of a firmware package by itself: is it whole, and what it says it is.

Source: the fact sheet's §2.3, whose rules hold for the real files, and the sizes of §2.2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringup.errors import Problem, WireError
from ringup.files.firmware_contents import Fault, Finding
from ringup.wire import signed_image
from ringup.wire.signed_image import SignedImage

MAGIC = bytes.fromhex("0100020101020002")
"""The first bytes of every signed file: version 0101, then the tag and length of the header length."""

NAME_OFFSET = 0x20
VERSION_OFFSET = 0x120
COMPRESSED_OFFSET = 0x13C
COMPRESS_MAGIC = bytes.fromhex("1f9d")
APPLICATION_MARK = "PAS3ARM1"
ARCHIVE_MARK = b"CNU_File_Archive_3.0"
"""How the payload of a 79x1's `.sbn` begins."""

MEASURED_SIZES: Mapping[str, int] = {
    "P0S3-08-3-00.loads": 458,
    "P0S3-08-3-00.sb2": 748_980,
    "P003-08-3-00.sbn": 130_256,
    "P003-08-3-00.bin": 129_852,
    "P0S3-8-12-00.loads": 458,
    "P0S3-8-12-00.sb2": 756_524,
    "P003-8-12-00.sbn": 130_956,
    "P003-8-12-00.bin": 130_552,
    "P00307020300.loads": 461,
    "P00307020300.sb2": 681_290,
    "P00307020300.sbn": 129_400,
    "P00307020300.bin": 128_996,
}
"""Bytes of Cisco's own files (§2.2). An image does not say its length: of others a lost end goes unseen."""

COPY_AGAIN = "Copy it from Cisco's package again, in binary mode."

_BRANCH_WORDS = 8
_NAME_FIELD = 16
"""Bytes looked at for a name inside an image; the longest seen has 12."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A signed file, if it could be read, and what is wrong with it."""

    image: SignedImage | None
    findings: tuple[Finding, ...]


def finding(fault: Fault, where: str, what: str, cure: str = COPY_AGAIN) -> Finding:
    """A finding about one file."""
    return Finding(fault, Problem(where, what, cure))


def read_signed(name: str, data: bytes, where: str) -> Checked:
    """Open the container of a `.loads`, `.sbn` or `.sb2` file and check it against the file's name."""
    broken = _broken(data, where)
    if broken is not None:
        return Checked(None, (broken,))
    try:
        image = signed_image.parse(data)
    except WireError as error:
        what = f"has a signed header that cannot be read: {error}."
        return Checked(None, (finding(Fault.DAMAGED, where, what),))
    return Checked(image, (*_renamed(name, image, where), *measured(name, data, where)))


def _broken(data: bytes, where: str) -> Finding | None:
    """What keeps the header from being read at all."""
    length = int.from_bytes(data[8:10], "big")
    if not data:
        return finding(Fault.TRUNCATED, where, "is empty.")
    if not data.startswith(MAGIC[: len(data)]):
        return finding(Fault.DAMAGED, where, "is no signed file of Cisco's.")
    if len(data) < len(MAGIC) + 2:
        return finding(Fault.TRUNCATED, where, f"has {len(data)} bytes, less than any header.")
    if len(data) <= length:
        what = f"has {len(data)} bytes; its header has {length} and the image follows."
        return finding(Fault.TRUNCATED, where, what)
    return None


def _renamed(name: str, image: SignedImage, where: str) -> Iterator[Finding]:
    if image.name != name:
        case = ", in another case" if image.name.lower() == name.lower() else ""
        what = f"is signed as {image.name}{case}; a phone may reject it."
        yield finding(Fault.RENAMED, where, what, f"Name it {image.name}.")


def measured(name: str, data: bytes, where: str) -> Iterator[Finding]:
    """Compare with the size of Cisco's file, where it is known."""
    right = MEASURED_SIZES.get(name, len(data))
    if len(data) != right:
        fault = Fault.TRUNCATED if len(data) < right else Fault.DAMAGED
        yield finding(fault, where, f"has {len(data)} bytes; Cisco's has {right}.")


@dataclass(frozen=True, slots=True)
class Program:
    """What the image of a 7940/7960 says of itself."""

    stem: str
    mark: str
    """A loader's version; `APPLICATION_MARK` for an application."""


def program_of(payload: bytes) -> Program | None:
    """Read the image's own fields; None if it ends before them."""
    if len(payload) < COMPRESSED_OFFSET + len(COMPRESS_MAGIC):
        return None
    return Program(_text_at(payload, NAME_OFFSET), _text_at(payload, VERSION_OFFSET))


def check_program(name: str, payload: bytes, where: str, loader_version: str | None) -> Iterator[Finding]:
    """Compare an image with its name, and a loader's with LA_VERSION; an application has none."""
    program, stem = program_of(payload), name.rpartition(".")[0]
    if program is None:
        yield finding(Fault.TRUNCATED, where, f"holds an image of {len(payload)} bytes, which is too few.")
        return
    if any(payload[at] != 0xEA for at in range(3, 4 * _BRANCH_WORDS, 4)):
        fault = Fault.UNUSUAL if program.stem == stem else Fault.DAMAGED
        yield finding(fault, where, "does not begin with ARM branches, as a 7940/7960 image does.")
        return
    if program.stem != stem:
        what = f"holds the image {program.stem!r}, not {stem}."
        yield finding(Fault.RENAMED, where, what, "Take the file from the package that its name says.")
    yield from _check_mark(program, payload, where, loader_version)


def _check_mark(
    program: Program, payload: bytes, where: str, loader_version: str | None
) -> Iterator[Finding]:
    if loader_version is None:
        if program.mark != APPLICATION_MARK:
            what = f"is marked {program.mark!r}; the applications seen are marked {APPLICATION_MARK}."
            yield finding(Fault.UNUSUAL, where, what)
        return
    if program.mark != loader_version:
        what = f"holds loader {program.mark!r}; the list says LA_VERSION={loader_version}."
        cure = "Take .loads and .sbn from the same package: a phone may take the loader again at each boot."
        yield finding(Fault.MIXED, where, what, cure)
    if not payload.startswith(COMPRESS_MAGIC, COMPRESSED_OFFSET):
        yield finding(Fault.UNUSUAL, where, "has no compressed body where the loaders seen have it.")


def _text_at(payload: bytes, offset: int) -> str:
    return payload[offset : offset + _NAME_FIELD].partition(b"\0")[0].decode("latin-1")
