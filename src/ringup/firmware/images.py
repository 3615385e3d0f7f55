"""Check one file of a firmware package: what it is, and whether it is intact.

The checks are made in this order: the constants and lengths in the header, the name, Cisco's signature. An
image's own lengths and checksums are compared only if no known key fits
(docs/reference/firmware-container.md#order-of-checks).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ringup.errors import WireError
from ringup.finding import Finding, Location
from ringup.firmware.contents import FindingKind, severity_of
from ringup.firmware.signature import Authenticity, SignatureVerdict, authenticity
from ringup.wire import image_7940, signed_image
from ringup.wire.image_7940 import APPLICATION_MARKS, ImageHeader
from ringup.wire.other_firmware import recognise
from ringup.wire.signed_image import SignedImage

MAGIC = bytes.fromhex("0100020101020002")
"""The first bytes of every signed file: version 0101, then the tag and the length of the header's length
field.
"""

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
"""Sizes in bytes of Cisco's own files, for comparison if no known key proves a file."""

COPY_AGAIN = "Copy it from Cisco's package again, in binary mode."


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A signed file, and the findings about it; `image` is None if the file could not be read."""

    image: SignedImage | None
    findings: tuple[Finding, ...]
    authenticity: Authenticity | None = None
    """The authenticity of the file; None if the file could not be read."""

    @property
    def is_proved(self) -> bool:
        """Return whether the signature proves that no byte has changed since the file was signed."""
        return self.authenticity is not None and self.authenticity.verdict is SignatureVerdict.GENUINE

    @property
    def is_damaged(self) -> bool:
        """Return whether the signature proves that the file has changed since it was signed."""
        return self.authenticity is not None and self.authenticity.verdict is SignatureVerdict.DAMAGED


def finding(kind: FindingKind, where: str, what: str, cure: str = COPY_AGAIN) -> Finding:
    """Make a finding about one file."""
    return Finding(kind, severity_of(kind), Location(where), what, cure)


def read_signed(name: str, data: bytes, where: str) -> CheckedFile:
    """Read the signed header of a `.loads`, `.sbn` or `.sb2` file, and compare the file with its name and
    signature.
    """
    broken = _broken(data, where)
    if broken is not None:
        return CheckedFile(None, (broken,))
    try:
        image = signed_image.parse(data)
    except WireError as error:
        what = f"has a signed header that cannot be read: {error}."
        return CheckedFile(None, (finding(FindingKind.DAMAGED, where, what),))
    found = [*_other_constants(image, data, where), *_renamed(name, image, where)]
    proof = authenticity(data)
    if proof.verdict is SignatureVerdict.DAMAGED:
        found.append(finding(FindingKind.DAMAGED, where, f"is {proof}."))
    elif proof.verdict is SignatureVerdict.UNKNOWN:
        found += measured(name, data, where)
    return CheckedFile(image, tuple(found), proof)


def _broken(data: bytes, where: str) -> Finding | None:
    """Return the fault that makes the header unreadable, or None."""
    length = int.from_bytes(data[8:10], "big")
    if not data:
        return finding(FindingKind.TRUNCATED, where, "is empty.")
    if not data.startswith(MAGIC[: len(data)]):
        other = recognise(data)
        but = f", but {other.kind.what}" if other else ""
        return finding(FindingKind.DAMAGED, where, f"is not a signed file of Cisco's{but}.")
    if len(data) < len(MAGIC) + 2:
        return finding(FindingKind.TRUNCATED, where, f"has {len(data)} bytes, less than any header.")
    if len(data) <= length:
        what = f"has {len(data)} bytes; its header has {length} and the image follows."
        return finding(FindingKind.TRUNCATED, where, what)
    return None


def _other_constants(image: SignedImage, data: bytes, where: str) -> Iterator[Finding]:
    """Report a header whose constants differ from genuine ones.

    All genuine headers are equal except for length, signature and name.
    """
    right = signed_image.sign(image.name, b"", image.signature)
    if not data.startswith(signed_image.build(right)):
        yield finding(FindingKind.DAMAGED, where, "has a signed header that no genuine file has.")


def _renamed(name: str, image: SignedImage, where: str) -> Iterator[Finding]:
    if image.name == name:
        return
    if image.name.lower() == name.lower():
        what = f"is signed as {image.name}; upper and lower case differ."
        yield finding(
            FindingKind.CASE,
            where,
            what,
            f"Rename it to {image.name}, because many TFTP servers distinguish upper and lower case.",
        )
    else:
        what = f"is signed as {image.name}; phones reject a renamed file."
        yield finding(FindingKind.RENAMED, where, what, f"Name it {image.name}.")


def measured(name: str, data: bytes, where: str) -> Iterator[Finding]:
    """Compare the size of a file with the size of Cisco's file, if that is known."""
    right = MEASURED_SIZES.get(name, len(data))
    if len(data) != right:
        fault = FindingKind.TRUNCATED if len(data) < right else FindingKind.DAMAGED
        yield finding(fault, where, f"has {len(data)} bytes; Cisco's has {right}.")


def check_program(
    name: str, checked: CheckedFile, where: str, loader_version: str | None
) -> Iterator[Finding]:
    """Check an image against its name and its mark.

    A loader's mark must be LA_VERSION; `loader_version` is None for an application. If no key proves the
    file, it must also agree with its own lengths and checksums.
    """
    if checked.image is None or checked.is_damaged:
        return
    payload, stem = checked.image.payload, name.rpartition(".")[0]
    try:
        image = image_7940.parse(payload)
    except WireError as error:
        fault = FindingKind.TRUNCATED if len(payload) < image_7940.HEADER_LENGTH else FindingKind.DAMAGED
        yield finding(fault, where, f"holds no image of a 7940 or 7960: {error}.")
        return
    if image.name != stem:
        what = f"holds the image {image.name!r}, not {stem}."
        yield finding(FindingKind.RENAMED, where, what, "Take the file from the package that its name says.")
    if not checked.is_proved:
        yield from unverified(payload, image, where)
    yield from _check_mark(image, where, loader_version)


def unverified(payload: bytes, image: ImageHeader, where: str) -> Iterator[Finding]:
    """Yield a finding for each of an image's own lengths and checksums that is wrong."""
    for fault in image_7940.faults(payload, image):
        yield finding(FindingKind.DAMAGED, where, f"{fault}.")


def _check_mark(image: ImageHeader, where: str, loader_version: str | None) -> Iterator[Finding]:
    if loader_version is None:
        if image.mark not in APPLICATION_MARKS:
            what = f"is marked {image.mark!r}; applications are marked {' or '.join(APPLICATION_MARKS)}."
            yield finding(FindingKind.UNUSUAL, where, what)
    elif image.mark != loader_version:
        what = f"holds loader {image.mark!r}; the list says LA_VERSION={loader_version}."
        cure = "Take .loads and .sbn from the same package: a phone may take the loader again at each boot."
        yield finding(FindingKind.MIXED, where, what, cure)
