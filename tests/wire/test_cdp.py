"""CDP announcements of phones and switches."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from ringup.wire.cdp import (
    ADDRESSES,
    DEVICE,
    NO_VLAN,
    PLATFORM,
    PORT,
    SOFTWARE,
    VOICE_VLAN,
    Announcement,
    addresses,
    build,
    checksum,
    frame,
    parse,
    voice_vlan,
)
from tests.wire.captures import CDP_FRAME, CDP_QUERY

BODY = CDP_FRAME[22:]


def test_a_phone_tells_its_name_its_model_and_its_loader() -> None:
    assert parse(BODY) == Announcement(
        "SIP001646C0FFEE", "Cisco IP Phone 7960", "P003-08-2-00", "Port 1", NO_VLAN, 6300, True, 180
    )


def test_a_switch_tells_the_voice_vlan() -> None:
    assert parse(BODY + bytes.fromhex("000e00070100 0a")).voice_vlan == 10
    assert parse(BODY + bytes.fromhex("000e0007010000")).voice_vlan == 0
    assert parse(BODY + bytes.fromhex("000e000500")).voice_vlan == NO_VLAN


def test_another_version_is_not_read() -> None:
    with pytest.raises(WireError):
        parse(b"\3" + BODY[1:])


@pytest.mark.parametrize("length", range(4))
def test_a_record_that_is_shorter_than_its_header_is_refused(length: int) -> None:
    with pytest.raises(WireError, match=f"a record of {length} bytes is shorter than its header"):
        parse(BODY + bytes((0, 1, 0, length)))


@given(st.integers(0, len(BODY) - 1))
def test_an_announcement_that_was_cut_off_is_refused_or_read_in_part(end: int) -> None:
    with suppress(WireError):
        assert len(parse(BODY[:end]).device) in (0, 15)


@given(st.binary(max_size=200))
def test_no_bytes_raise_another_error(data: bytes) -> None:
    with suppress(WireError):
        parse(b"\2\xb4\0\0" + data)


# --- what ringup sends ------------------------------------------------------------------------------------


def test_the_checksum_is_the_one_that_a_real_phone_sent() -> None:
    data = CDP_QUERY[22:]
    assert checksum(data) == 0
    assert checksum(data[:2] + bytes(2) + data[4:]) == 0xF3F1


@pytest.mark.parametrize(
    ("last", "word"), [(0x00, b"\x00\x00"), (0x7F, b"\x00\x7f"), (0x81, b"\xff\x80"), (0xFF, b"\xff\xfe")]
)
def test_the_last_byte_of_an_odd_length_stands_in_the_low_half(last: int, word: bytes) -> None:
    assert checksum(BODY + bytes([last])) == checksum(BODY + word)


def test_an_announcement_is_read_as_it_was_built() -> None:
    data = build(
        [
            (DEVICE, b"pbx"),
            (ADDRESSES, addresses(bytes((10, 0, 0, 1)))),
            (PORT, b"eth0"),
            (SOFTWARE, b"ringup 1"),
            (PLATFORM, b"ringup"),
            (VOICE_VLAN, voice_vlan(110)),
        ]
    )
    assert checksum(data) == 0
    read = parse(data)
    assert read == Announcement("pbx", "ringup", "ringup 1", "eth0", 110, 0, False, 180)
    assert not read.is_of_a_phone
    assert bytes.fromhex("00020011000000010101cc00040a000001") in data
    assert bytes.fromhex("000e000701006e") in data


def test_who_asks_for_a_vlan_or_calls_itself_a_phone_is_one() -> None:
    real = parse(BODY)
    assert real.asks_for_vlan
    assert real.is_of_a_phone
    assert real._replace(platform="ATA 186").is_of_a_phone
    assert real._replace(asks_for_vlan=False).is_of_a_phone
    assert not real._replace(platform="cisco WS-C2950-12", asks_for_vlan=False).is_of_a_phone


@given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=8))
def test_every_frame_is_found_by_the_reader_of_captures(records: list[tuple[int, bytes]]) -> None:
    data = build(records)
    sent = frame("001646C0FFEE", data)
    assert len(sent) >= 60
    assert sent[:12].hex() == "01000ccccccc001646c0ffee"
    assert captured(ETHERNET, sent) == CapturedCdp("001646C0FFEE", data)
