"""The signature of Cisco's firmware files: its format, and how it is verified and made.

RSA with 2048 bits and the public exponent 3, big-endian, in bytes 125 to 380 of the file. Raised to the
exponent it gives a block without any DigestInfo:

    00 01 | FF x 229 | 00 | Unix time of signing, 4 bytes | SHA-1, 20 bytes

The digest covers the complete file without the signature's record: bytes 0 to 121 and from 381 on. Source:
measured on 211 genuine files (docs/reference/firmware-container.md#signature).
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

RECORD_START, SIGNATURE_START, RECORD_END = 122, 125, 381
"""Offsets of the signature's record, of its value, and of the bytes after the record."""

EXPONENT = 3
LENGTH = 256
"""Size of a signature in bytes."""

MOST_OPENED = 1024
"""Maximum number of cached results, about 1 MB: a package is read several times, and each file is tried with
each known key.
"""

_PADDING = b"\x00\x01" + b"\xff" * 229 + b"\x00"
_TIME_END = len(_PADDING) + 4


@dataclass(frozen=True, slots=True)
class OpenedSignature:
    """The contents of a signature that a key has opened."""

    signed_at: int
    """Unix time in seconds."""
    digest: bytes
    """SHA-1 of the signed bytes."""


@lru_cache(MOST_OPENED)
def opened(signature: bytes, modulus: int) -> OpenedSignature | None:
    """Open a signature with a public key; None if the key does not fit or the signature is damaged.

    All 232 bytes of padding are compared: with the exponent 3, a partial comparison would allow forgery.
    """
    block = pow(int.from_bytes(signature, "big"), EXPONENT, modulus).to_bytes(LENGTH, "big")
    if len(signature) != LENGTH or not block.startswith(_PADDING):
        return None
    return OpenedSignature(int.from_bytes(block[len(_PADDING) : _TIME_END], "big"), block[_TIME_END:])


def digest_of(data: bytes) -> bytes:
    """Return the SHA-1 of a complete signed file without its signature's record."""
    sha1 = hashlib.sha1(data[:RECORD_START], usedforsecurity=False)
    sha1.update(memoryview(data)[RECORD_END:])
    return sha1.digest()


def signature_of(data: bytes, modulus: int, private_exponent: int, signed_at: int) -> bytes:
    """Sign a complete file, whose signature record may hold any bytes; return the 256 bytes to put there."""
    block = _PADDING + signed_at.to_bytes(4, "big") + digest_of(data)
    return pow(int.from_bytes(block, "big"), private_exponent, modulus).to_bytes(LENGTH, "big")
