"""Cisco's signed firmware container: a header of tagged records in front of the image.

Source: docs/reference/firmware-container.md.

      1 byte   2 bytes (big-endian)   length bytes
    +--------+----------------------+--------------+
    |  tag   |        length        |    value     |     tag 0D alone is one byte of padding, without a length
    +--------+----------------------+--------------+

    01 version              0101
    02 header length        404 for names of 12 characters: where the payload starts, a multiple of 4
    03 signer               holds 04 signer name, 05 serial number, 06 CA name
    07 signature info       holds 08 digest algorithm, 09 {0A signature algorithm, 0B modulus}
    0C signature            256 bytes (RSA-2048)
    0E file name            ends with a NUL
    0D padding              up to the header length

This module neither makes nor verifies signatures: the caller of `sign` supplies any 256 bytes.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass

from ringup.errors import WireError
from ringup.wire.reader import Reader

VERSION = 0x0101
SIGNATURE_LENGTH = 256
"""Bytes of an RSA-2048 signature, the only kind seen."""
ALIGNMENT = 4

SIGNER_NAME = "CN=someSigner;OU=someOrgUnit;O=someOrg"
AUTHORITY_NAME = "CN=someCA;OU=someOrgUnit;O=someOrg"
SERIAL_NUMBER = bytes.fromhex("1234567890abcdef")

_VERSION_TAG, _HEADER_LENGTH_TAG, _SIGNER_TAG, _SIGNER_NAME_TAG, _SERIAL_TAG, _AUTHORITY_TAG = range(1, 7)
_INFO_TAG, _DIGEST_TAG, _ALGORITHMS_TAG, _ALGORITHM_TAG, _MODULUS_TAG, _SIGNATURE_TAG = range(7, 13)
_PADDING_TAG, _FILE_NAME_TAG = 13, 14


@dataclass(frozen=True, slots=True)
class SignedImage:
    """One signed file: its signed name, its header's values, and the image after the header."""

    name: str
    """The file's name with its suffix; the phone may reject a file that is served under another name."""
    payload: bytes
    header_length: int
    signature: bytes
    signer: str = SIGNER_NAME
    serial: bytes = SERIAL_NUMBER
    authority: str = AUTHORITY_NAME
    digest_algorithm: int = 1
    signature_algorithm: int = 0
    modulus: int = 2


@dataclass(slots=True)
class _ImageHeader:
    """The parsed values of the records between the header length and the payload."""

    signer: tuple[str, bytes, str] | None = None
    algorithms: tuple[int, int, int] | None = None
    signature: bytes | None = None
    name: str | None = None


def sign(name: str, payload: bytes, signature: bytes = bytes(SIGNATURE_LENGTH)) -> SignedImage:
    """Return a payload with a header like that of Cisco's files; the signature may be any bytes."""
    image = SignedImage(name, payload, 0, signature)
    length = len(_records(image))
    return SignedImage(name, payload, length + -length % ALIGNMENT, signature)


def build(image: SignedImage) -> bytes:
    """Return the bytes of the file."""
    header = _records(image)
    return header + bytes([_PADDING_TAG]) * (image.header_length - len(header)) + image.payload


def parse(data: bytes) -> SignedImage:
    """Read a signed file; the signature itself is not verified."""
    reader = Reader(data)
    with _record(reader, _VERSION_TAG, "version"):
        version = reader.uint16("version")
    if version != VERSION:
        raise WireError(f"container version {version:04x} is not {VERSION:04x}", 3)
    with _record(reader, _HEADER_LENGTH_TAG, "header length"):
        header_length = reader.uint16("header length")
    if header_length < reader.offset or header_length % ALIGNMENT:
        raise WireError(f"header length {header_length} is impossible", 8)
    header = _ImageHeader()
    with reader.restricted_to(header_length - reader.offset, "header"):
        while reader.remaining:
            _read_record(reader, header)
    return _complete(header, header_length, reader.rest())


def payload_of(data: bytes) -> bytes:
    """Return the payload after a signed header, even a faulty one; empty if the payload cannot be found."""
    try:
        return parse(data).payload
    except WireError:
        return b""


def _complete(header: _ImageHeader, header_length: int, payload: bytes) -> SignedImage:
    if header.signer is None or header.algorithms is None or header.signature is None or header.name is None:
        raise WireError("the header lacks its signer, algorithms, signature or file name", header_length)
    return SignedImage(
        header.name, payload, header_length, header.signature, *header.signer, *header.algorithms
    )


def _read_record(reader: Reader, header: _ImageHeader) -> None:
    start = reader.offset
    tag = reader.uint8("tag")
    if tag == _PADDING_TAG:
        padding = reader.rest()
        if padding.strip(bytes([_PADDING_TAG])):
            raise WireError("padding holds something else than 0D", start)
        return
    with reader.restricted_to(reader.uint16("length"), f"record {tag:02x}"):
        if tag == _SIGNER_TAG:
            header.signer = _read_signer(reader)
        elif tag == _INFO_TAG:
            header.algorithms = _read_algorithms(reader)
        elif tag == _SIGNATURE_TAG:
            header.signature = reader.rest()
        elif tag == _FILE_NAME_TAG:
            header.name = _text(reader, "file name")
        else:
            raise WireError(f"unknown tag {tag:02x}", start)


def _read_signer(reader: Reader) -> tuple[str, bytes, str]:
    with _record(reader, _SIGNER_NAME_TAG, "signer name"):
        signer = _text(reader, "signer name")
    with _record(reader, _SERIAL_TAG, "serial number"):
        serial = reader.rest()
    with _record(reader, _AUTHORITY_TAG, "CA name"):
        return signer, serial, _text(reader, "CA name")


def _read_algorithms(reader: Reader) -> tuple[int, int, int]:
    with _record(reader, _DIGEST_TAG, "digest algorithm"):
        digest = reader.uint8("digest algorithm")
    with _record(reader, _ALGORITHMS_TAG, "signature algorithms"):
        with _record(reader, _ALGORITHM_TAG, "signature algorithm"):
            algorithm = reader.uint8("signature algorithm")
        with _record(reader, _MODULUS_TAG, "modulus"):
            return digest, algorithm, reader.uint8("modulus")


def _text(reader: Reader, what: str) -> str:
    return reader.until_nul(what).decode("latin-1")


def _record(reader: Reader, tag: int, what: str) -> AbstractContextManager[None]:
    """Begin the next record, which must have this tag; the block must read its complete value."""
    start = reader.offset
    found = reader.uint8(what)
    if found != tag:
        raise WireError(f"{what} has tag {tag:02x}, found {found:02x}", start)
    return reader.restricted_to(reader.uint16(what), what)


def _records(image: SignedImage) -> bytes:
    signer = (
        _tagged(_SIGNER_NAME_TAG, _nul_ended(image.signer))
        + _tagged(_SERIAL_TAG, image.serial)
        + _tagged(_AUTHORITY_TAG, _nul_ended(image.authority))
    )
    algorithms = _tagged(_ALGORITHM_TAG, bytes([image.signature_algorithm])) + _tagged(
        _MODULUS_TAG, bytes([image.modulus])
    )
    digest = _tagged(_DIGEST_TAG, bytes([image.digest_algorithm]))
    return (
        _tagged(_VERSION_TAG, VERSION.to_bytes(2, "big"))
        + _tagged(_HEADER_LENGTH_TAG, image.header_length.to_bytes(2, "big"))
        + _tagged(_SIGNER_TAG, signer)
        + _tagged(_INFO_TAG, digest + _tagged(_ALGORITHMS_TAG, algorithms))
        + _tagged(_SIGNATURE_TAG, image.signature)
        + _tagged(_FILE_NAME_TAG, _nul_ended(image.name))
    )


def _nul_ended(text: str) -> bytes:
    return text.encode("latin-1") + b"\0"


def _tagged(tag: int, value: bytes) -> bytes:
    return bytes([tag]) + len(value).to_bytes(2, "big") + value
