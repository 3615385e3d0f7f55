"""The image's own lengths and checksums."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.firmware import make_sip_package
from ringup.errors import WireError
from ringup.wire import archive_79x1, image_7940, signed_image

LOADER = make_sip_package()["P003-8-12-00.bin"]


def slow_checksum(data: bytes) -> int:
    """Return the checksum by its formula, byte by byte."""
    total = 0x5555
    for at, byte in enumerate(data):
        total += (byte * 0x101) ^ (at & 0xFFF)
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.binary(max_size=9000))
def test_the_fast_checksum_is_the_slow_one(data: bytes) -> None:
    assert image_7940.checksum(data) == slow_checksum(data)


def test_a_whole_image_has_no_faults() -> None:
    assert list(image_7940.faults(LOADER, image_7940.parse(LOADER))) == []


@pytest.mark.parametrize("at", [0x50, 0x134, 0x138, 0x13C, 0x200, -40, -28, -1])
def test_a_changed_bit_is_a_fault(at: int) -> None:
    changed = bytearray(LOADER)
    changed[at] ^= 1
    assert list(image_7940.faults(bytes(changed), image_7940.parse(bytes(changed))))


@pytest.mark.parametrize("length", [0x13C, 0x200, len(LOADER) - 33, len(LOADER) - 32, len(LOADER) - 1])
def test_a_cut_image_is_a_fault(length: int) -> None:
    cut = LOADER[:length]
    assert list(image_7940.faults(cut, image_7940.parse(cut)))


def test_a_plain_image_with_another_checksum_is_a_fault() -> None:
    plain = bytearray(LOADER)
    plain[0x130:0x134] = bytes(4)
    plain[0x12C:0x130] = (len(LOADER) - 32).to_bytes(4, "little")
    image = image_7940.parse(bytes(plain))
    assert image.length == len(LOADER) - 32
    assert list(image_7940.faults(bytes(plain), image)) == ["has a checksum that does not fit its code"]


def test_a_plain_image_with_its_own_checksum_has_no_faults() -> None:
    application = signed_image.parse(make_sip_package()["P0S3-8-12-00.sb2"]).payload
    image = image_7940.parse(application)
    assert not image.is_compressed
    assert list(image_7940.faults(application, image)) == []


def test_an_image_without_arm_branches_is_refused() -> None:
    with pytest.raises(WireError, match="does not begin with ARM branches"):
        image_7940.parse(bytes(4) + LOADER[4:])


@pytest.mark.parametrize("length", [0, 0x20, 0x13B])
def test_an_image_without_a_whole_header_is_refused(length: int) -> None:
    with pytest.raises(WireError, match="at least 316 bytes"):
        image_7940.parse(LOADER[:length])


@given(st.binary(max_size=700))
def test_any_bytes_are_an_image_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        list(image_7940.faults(data, image_7940.parse(data)))


def test_an_archive_says_its_length() -> None:
    entry = bytes(8) + (100).to_bytes(4, "big") + bytes(8)
    head = bytes(0x30) + (1).to_bytes(4, "big") + (0x25C).to_bytes(4, "big")
    assert archive_79x1.length_of(head.ljust(0x248, b"\0") + entry) == 0x25C + 100
    assert archive_79x1.length_of(head.ljust(0x248, b"\0") + entry[:-1]) is None
