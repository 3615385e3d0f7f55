"""The checks of the phone's loader before it accepts a firmware file: signed header, name, signature, image.

The emulated phone has its own parser of the file format, from the same byte tables as the server's
(docs/reference/firmware-container.md), and shares no code with it. So a test detects where the two disagree.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from ringup.errors import WireError

_CONSTANT = bytes.fromhex(
    "03005b040027434e3d736f6d655369676e65723b4f553d736f6d654f7267556e69743b4f3d736f6d654f72670005"
    "00081234567890abcdef060023434e3d736f6d6543413b4f553d736f6d654f7267556e69743b4f3d736f6d654f72"
    "670007000f080001010900080a0001000b0001020c0100"
)
"""Bytes 10 to 124 of every genuine firmware file: signer, serial number, issuer, algorithms."""
_PADDING = b"\0\1" + b"\xff" * 229 + b"\0"
"""The padding at the beginning of a decrypted signature, before the time and the digest."""
_CONSTANT_AT, _SIGNATURE_AT, _NAME_TAG_AT, _NAME_AT = 10, 125, 381, 384


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """The name and the version mark inside a firmware file that a phone has fetched."""

    stem: str
    """The image name inside the payload."""
    mark: str
    """A loader's version; in an application, ``PAS3ARM1`` or ``PA03Z031``."""


def payload_of(name: str, data: bytes, keys: Iterable[int]) -> bytes:
    """Return the payload of a file if the phone accepts it; raises WireError with the phone's reason if
    not.
    """
    length = int.from_bytes(data[8:10], "big")
    if data[:8] != bytes.fromhex("0100020101020002") or len(data) < length or length < _NAME_AT:
        raise WireError("the file has no signed header", 0)
    if data[_CONSTANT_AT:_SIGNATURE_AT] != _CONSTANT:
        raise WireError("the header has another signer", _CONSTANT_AT)
    size = int.from_bytes(data[_NAME_TAG_AT + 1 : _NAME_AT], "big")
    signed = data[_NAME_AT : _NAME_AT + size - 1].decode("latin-1")
    if data[_NAME_TAG_AT] != 0x0E or length != -(-(_NAME_AT + size) // 4) * 4:
        raise WireError(f"the header has the wrong length {length}", 8)
    # The loader compares the lengths, then the names without regard to case.
    if len(signed) != len(name) or signed.lower() != name.lower():
        raise WireError(f"the header has the wrong file name {signed!r}", _NAME_AT)
    if not any(_is_signed_by(data, key) for key in keys):
        raise WireError("the signature is wrong", _SIGNATURE_AT)
    return data[length:]


def _is_signed_by(data: bytes, key: int) -> bool:
    block = pow(int.from_bytes(data[_SIGNATURE_AT:_NAME_TAG_AT], "big"), 3, key).to_bytes(256, "big")
    digest = hashlib.sha1(data[:122] + data[_NAME_TAG_AT:], usedforsecurity=False).digest()
    return block.startswith(_PADDING) and block[236:] == digest


def image_of(name: str, data: bytes, keys: Iterable[int]) -> CheckedImage:
    """Check a fetched `.sbn` or `.sb2` as a loader does; raises WireError for any other file."""
    payload = payload_of(name, data, keys)
    if len(payload) < 0x13C or any(payload[at] != 0xEA for at in range(3, 0x20, 4)):
        raise WireError("the payload does not begin with ARM branches", 0)
    image = CheckedImage(
        payload[0x20:0x34].partition(b"\0")[0].decode("latin-1"), payload[0x120:0x128].decode("latin-1")
    )
    if image.stem.lower() != name.rpartition(".")[0].lower():
        raise WireError(f"the image calls itself {image.stem!r}", 0x20)
    if image.mark[:1] != "P" or image.mark[1:2] not in ("A", "D") or image.mark[3:4] != "3":
        raise WireError(f"the image is marked {image.mark!r}, for another phone", 0x120)
    return image
