"""RTP packets and telephone events in both directions, truncated and arbitrary."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.rtp import DTMF_DIGITS, RtpPacket, TelephoneEvent, build, build_event, parse, parse_event

CASES = [
    (RtpPacket(0, 1, 160, 0xDEADBEEF, b"\xff\xff"), "80 00 0001 000000a0 deadbeef ffff"),
    (RtpPacket(101, 65535, 2**32 - 1, 0, b"", marker=True), "80 e5 ffff ffffffff 00000000"),
    (
        RtpPacket(8, 2, 3, 4, b"x", contributors=(5, 6), extension=(0xBEDE, b"abcd")),
        "92 08 0002 00000003 00000004 00000005 00000006 bede 0001 61626364 78",
    ),
]
EVENTS = [
    (TelephoneEvent(1, 160), "01 0a 00a0"),
    (TelephoneEvent(11, 800, end=True), "0b 8a 0320"),
    (TelephoneEvent(255, 65535, end=True, volume=63), "ff bf ffff"),
]

words = st.integers(0, 2**32 - 1)
packets = st.builds(
    RtpPacket,
    st.integers(0, 127),
    st.integers(0, 65535),
    words,
    words,
    st.binary(max_size=20),
    st.booleans(),
    st.lists(words, max_size=15).map(tuple),
    st.none() | st.tuples(st.integers(0, 65535), st.binary(max_size=5).map(lambda data: data * 4)),
)
events = st.builds(
    TelephoneEvent, st.integers(0, 255), st.integers(0, 65535), st.booleans(), st.integers(0, 63)
)


@pytest.mark.parametrize(("packet", "text"), CASES)
def test_a_packet_is_its_bytes_both_ways(packet: RtpPacket, text: str) -> None:
    assert build(packet) == bytes.fromhex(text)
    assert parse(bytes.fromhex(text)) == packet


@pytest.mark.parametrize(("packet", "text"), CASES)
def test_every_truncation_before_the_payload_is_refused(packet: RtpPacket, text: str) -> None:
    data = bytes.fromhex(text)
    for length in range(len(data) - len(packet.payload)):
        with pytest.raises(WireError):
            parse(data[:length])


@given(packets)
def test_what_is_built_is_parsed_again(packet: RtpPacket) -> None:
    assert parse(build(packet)) == packet


@given(st.binary(max_size=40))
def test_arbitrary_bytes_are_a_packet_or_a_wire_error(data: bytes) -> None:
    with suppress(WireError):
        parse(data)
    with suppress(WireError):
        parse_event(data)


def test_another_version_is_refused() -> None:
    with pytest.raises(WireError, match="version 1"):
        parse(b"\x40" + bytes(11))


def test_padding_is_removed() -> None:
    assert parse(b"\xa0" + bytes(11) + b"abc\0\0\3").payload == b"abc"


@pytest.mark.parametrize("payload", [b"", b"\0", b"abc\5"])
def test_padding_longer_than_the_payload_is_refused(payload: bytes) -> None:
    with pytest.raises(WireError, match="padding"):
        parse(b"\xa0" + bytes(11) + payload)


@pytest.mark.parametrize(
    "packet",
    [
        RtpPacket(128, 0, 0, 0, b""),
        RtpPacket(0, 65536, 0, 0, b""),
        RtpPacket(0, 0, 0, 0, b"", contributors=(1,) * 16),
        RtpPacket(0, 0, 0, 0, b"", extension=(0, b"abc")),
    ],
)
def test_what_would_not_be_read_back_is_not_built(packet: RtpPacket) -> None:
    with pytest.raises((ValueError, struct.error)):
        build(packet)


@pytest.mark.parametrize(("event", "text"), EVENTS)
def test_an_event_is_its_bytes_both_ways(event: TelephoneEvent, text: str) -> None:
    data = bytes.fromhex(text)
    assert build_event(event) == data
    assert parse_event(data) == event
    for length in range(len(data)):
        with pytest.raises(WireError):
            parse_event(data[:length])


@given(events)
def test_an_event_that_is_built_is_parsed_again(event: TelephoneEvent) -> None:
    assert parse_event(build_event(event)) == event


@pytest.mark.parametrize(
    "event", [TelephoneEvent(1, 1, volume=64), TelephoneEvent(256, 1), TelephoneEvent(1, 65536)]
)
def test_an_event_out_of_range_is_not_built(event: TelephoneEvent) -> None:
    with pytest.raises((ValueError, struct.error)):
        build_event(event)


def test_the_keys_have_their_numbers() -> None:
    assert [DTMF_DIGITS.index(key) for key in "09*#AD"] == [0, 9, 10, 11, 12, 15]
