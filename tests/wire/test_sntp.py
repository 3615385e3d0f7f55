"""NTP packets in both directions, truncated and arbitrary, and the times in them."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import WireError
from ringup.wire.sntp import LENGTH, Mode, SntpPacket, build, parse, short_format, timestamp, unix_seconds

CASES = [
    # A client's request, and a server's reply to it, filled in as RFC 4330 §5 and §6 require.
    (SntpPacket(Mode.CLIENT, transmit=0xE0000000_80000000), "23000000" + "00" * 36 + "e000000080000000"),
    (
        SntpPacket(
            Mode.SERVER, 3, 1, 2, 6, -20, 0x10000, 0x8000, bytes((192, 0, 2, 1)), 1 << 32, 2 << 32, 3 << 32,
            (4 << 32) + 5,
        ),
        "5c0206ec 00010000 00008000 c0000201 0000000100000000 0000000200000000 0000000300000000"
        " 0000000400000005",
    ),
]  # fmt: skip

words = st.integers(0, 2**32 - 1)
stamps = st.integers(0, 2**64 - 1)
signed = st.integers(-128, 127)
packets = st.builds(
    SntpPacket, st.sampled_from(Mode), st.integers(0, 7), st.integers(0, 3), st.integers(0, 255), signed,
    signed, words, words, st.binary(min_size=4, max_size=4), stamps, stamps, stamps, stamps,
)  # fmt: skip


@pytest.mark.parametrize(("packet", "text"), CASES)
def test_a_packet_is_its_bytes_both_ways(packet: SntpPacket, text: str) -> None:
    assert build(packet) == bytes.fromhex(text)
    assert parse(bytes.fromhex(text)) == packet


@pytest.mark.parametrize(("packet", "text"), CASES)
def test_every_truncation_is_refused(packet: SntpPacket, text: str) -> None:
    data = bytes.fromhex(text)
    for length in range(LENGTH):
        with pytest.raises(WireError):
            parse(data[:length])


@given(packets)
def test_what_is_built_is_parsed_again(packet: SntpPacket) -> None:
    assert len(build(packet)) == LENGTH
    assert parse(build(packet)) == packet


@given(st.binary(max_size=120))
def test_arbitrary_bytes_are_a_packet_or_an_error(data: bytes) -> None:
    with suppress(WireError):
        assert build(parse(data)) == data[:LENGTH]


@pytest.mark.parametrize(
    "packet",
    [
        SntpPacket(Mode.CLIENT, version=8),
        SntpPacket(Mode.CLIENT, leap=4),
        SntpPacket(Mode.CLIENT, reference_id=b"LOCAL"),
        SntpPacket(Mode.CLIENT, stratum=256),
        SntpPacket(Mode.CLIENT, transmit=1 << 64),
    ],
)
def test_a_number_that_does_not_fit_its_field_is_refused(packet: SntpPacket) -> None:
    with pytest.raises((ValueError, struct.error)):
        build(packet)


@pytest.mark.parametrize(
    ("at", "stamp"),
    [
        (0.0, 2_208_988_800 << 32),  # RFC 868: 1970
        (1_000_000_000.5, (3_208_988_800 << 32) + (1 << 31)),
        (2_085_978_495.0, 0xFFFFFFFF << 32),
        (2_085_978_496.0, 0),  # RFC 4330 §3: the next era begins on 7 February 2036, 06:28:16 UTC
        (2_085_978_497.0, 1 << 32),
    ],
)
def test_a_time_is_its_timestamp(at: float, stamp: int) -> None:
    assert timestamp(at) == stamp
    assert unix_seconds(stamp) == at


@given(st.floats(0, 4_000_000_000))
def test_a_time_comes_back_within_a_microsecond(at: float) -> None:
    assert unix_seconds(timestamp(at)) == pytest.approx(at, abs=1e-6)


def test_seconds_in_the_short_format() -> None:
    assert [short_format(each) for each in (0, 0.5, 1.25, -1, 1e9)] == [0, 0x8000, 0x14000, 0, 0xFFFFFFFF]
