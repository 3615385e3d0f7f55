"""The signed container, compared with the layout of Cisco's own files
(docs/reference/firmware-container.md).
"""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.signed_image import SignedImage, build, parse, payload_of, sign

SIGNATURE = bytes(range(256))

LOADER_HEADER = (
    bytes.fromhex("010002 0101 020002 0194 03005b 040027".replace(" ", ""))
    + b"CN=someSigner;OU=someOrgUnit;O=someOrg\0"
    + bytes.fromhex("050008 1234567890abcdef 060023".replace(" ", ""))
    + b"CN=someCA;OU=someOrgUnit;O=someOrg\0"
    + bytes.fromhex("07000f 080001 01 090008 0a0001 00 0b0001 02".replace(" ", ""))
    + bytes.fromhex("0c0100")
    + SIGNATURE
    + bytes.fromhex("0e0011")
    + b"P003-8-12-00.sbn\0"
    + b"\x0d\x0d\x0d"
)


def test_a_loader_file_has_the_404_header_bytes_of_the_real_ones() -> None:
    assert len(LOADER_HEADER) == 404
    assert build(sign("P003-8-12-00.sbn", b"image", SIGNATURE)) == LOADER_HEADER + b"image"


def test_the_bytes_of_a_loader_file_are_read_back() -> None:
    image = parse(LOADER_HEADER + b"image")
    assert image == SignedImage("P003-8-12-00.sbn", b"image", 404, SIGNATURE)


def test_the_payload_of_a_file_without_a_header_is_nothing() -> None:
    assert payload_of(LOADER_HEADER + b"image") == b"image"
    assert payload_of(b"image") == payload_of(LOADER_HEADER[:-1]) == b""


def test_a_longer_name_needs_408_header_bytes() -> None:
    assert sign("P003-08-12-0000.loads", b"").header_length == 408


def test_the_signer_text_stands_at_offset_16() -> None:
    assert build(sign("P0S3-8-12-00.sb2", b""))[0x10:].startswith(b"CN=someSigner")


def test_a_header_cut_short_is_an_error() -> None:
    for length in range(len(LOADER_HEADER)):
        with pytest.raises(WireError):
            parse(LOADER_HEADER[:length])


def test_a_payload_cut_short_is_still_a_container() -> None:
    assert parse(LOADER_HEADER).payload == b""


@pytest.mark.parametrize(
    ("offset", "value", "complaint"),
    [
        (0, 0x02, "version has tag 01, found 02"),
        (4, 0x02, "container version 0102"),
        (8, 0x00, "header length 148 is impossible|claims|more than|needs"),
        (9, 0x95, "header length 405 is impossible"),
        (10, 0x44, "unknown tag 44"),
        (13, 0x05, "signer name has tag 04, found 05"),
        (403, 0x00, "padding holds something else"),
    ],
)
def test_a_wrong_byte_is_named_with_its_offset(offset: int, value: int, complaint: str) -> None:
    data = bytearray(LOADER_HEADER)
    data[offset] = value
    with pytest.raises(WireError, match=complaint):
        parse(bytes(data))


def test_a_header_without_file_name_is_an_error() -> None:
    data = bytearray(LOADER_HEADER[:380] + b"\x0d" * 24)
    with pytest.raises(WireError, match="lacks its signer"):
        parse(bytes(data).replace(bytes.fromhex("0e0011"), b"\x0d\x0d\x0d"))


names = st.text("ABCPS0123456789-.", min_size=1, max_size=40)


@given(names, st.binary(max_size=64), st.binary(min_size=256, max_size=256))
def test_what_is_built_is_read_back(name: str, payload: bytes, signature: bytes) -> None:
    image = sign(name, payload, signature)
    assert image.header_length % 4 == 0
    assert parse(build(image)) == image


@given(
    st.one_of(st.binary(max_size=600), st.binary(max_size=64).map(lambda tail: LOADER_HEADER[:300] + tail))
)
def test_any_bytes_give_an_image_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        parse(data)


@given(st.integers(0, len(LOADER_HEADER) - 1), st.integers(0, 255))
def test_any_changed_byte_gives_an_image_or_a_wire_error(offset: int, value: int) -> None:
    data = bytearray(LOADER_HEADER)
    data[offset] = value
    with suppress(WireError):
        parse(bytes(data))
