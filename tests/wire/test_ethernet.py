"""Frames in both directions, and frames that are dropped as the kernel drops them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.ethernet import UdpFrame, build_udp_frame, checksum, parse_udp_frame

FRAME = UdpFrame("001646C0FFEE", "FFFFFFFFFFFF", "10.0.0.1", "10.0.0.9", 67, 68, b"hello")

# Written by hand from RFC 791 and RFC 768; both checksums were computed on paper.
BYTES = bytes.fromhex(
    "ffffffffffff 001646c0ffee 0800"
    "45 00 0021 0000 0000 40 11 66c3 0a000001 0a000009"
    "0043 0044 000d a771"
    "68656c6c6f"
)

macs = st.binary(min_size=6, max_size=6).map(lambda data: data.hex().upper())
addresses = st.ip_addresses(v=4).map(str)
ports = st.integers(0, 0xFFFF)
frames = st.builds(UdpFrame, macs, macs, addresses, addresses, ports, ports, st.binary(max_size=1400))

IP, UDP = 14, 34
"""The offsets at which the headers begin."""


def changed(offset: int, value: int) -> bytes:
    return BYTES[:offset] + bytes((value,)) + BYTES[offset + 1 :]


def with_ip_sum(frame: bytes) -> bytes:
    """Correct the header checksum, so that only the change itself can be the reason."""
    header = bytearray(frame[IP:UDP])
    header[10:12] = b"\0\0"
    header[10:12] = checksum(bytes(header)).to_bytes(2, "big")
    return frame[:IP] + bytes(header) + frame[UDP:]


def test_a_frame_is_written_as_the_rfcs_draw_it() -> None:
    assert build_udp_frame(FRAME).hex() == BYTES.hex()


def test_a_frame_is_read_as_the_rfcs_draw_it() -> None:
    assert parse_udp_frame(BYTES) == FRAME


@given(frames)
def test_what_is_built_is_parsed(frame: UdpFrame) -> None:
    assert parse_udp_frame(build_udp_frame(frame)) == frame


@given(st.binary(max_size=200))
def test_arbitrary_bytes_give_a_frame_or_none(data: bytes) -> None:
    assert parse_udp_frame(data) is None or len(data) >= 42


@given(frames, st.data())
def test_a_truncated_frame_is_dropped(frame: UdpFrame, data: st.DataObject) -> None:
    whole = build_udp_frame(frame)
    assert parse_udp_frame(whole[: data.draw(st.integers(0, len(whole) - 1))]) is None


@pytest.mark.parametrize(
    ("what", "frame"),
    [
        ("ARP", changed(13, 0x06)),
        ("IPv6 under an IPv4 type", with_ip_sum(changed(IP, 0x65))),
        ("a header shorter than 20 bytes", with_ip_sum(changed(IP, 0x44))),
        ("a header longer than the packet", with_ip_sum(changed(IP, 0x4F))),
        ("TCP", with_ip_sum(changed(IP + 9, 6))),
        ("a first fragment", with_ip_sum(changed(IP + 6, 0x20))),
        ("a later fragment", with_ip_sum(changed(IP + 7, 1))),
        ("a wrong header sum", changed(IP + 8, 63)),
        ("a wrong UDP sum", changed(len(BYTES) - 1, 0)),
        ("a UDP length of less than its header", changed(UDP + 5, 7)),
        ("a UDP length beyond the packet", changed(UDP + 5, 14)),
        ("no room for a UDP header", with_ip_sum(changed(IP + 3, 27))),
    ],
)
def test_it_is_dropped(what: str, frame: bytes) -> None:
    assert parse_udp_frame(frame) is None, what


def test_a_frame_without_a_udp_sum_is_accepted() -> None:
    unsummed = BYTES[: UDP + 6] + b"\0\0" + BYTES[UDP + 8 :]
    assert parse_udp_frame(unsummed) == FRAME


def test_the_dont_fragment_flag_is_no_fragment() -> None:
    assert parse_udp_frame(with_ip_sum(changed(IP + 6, 0x40))) == FRAME


def test_padding_behind_a_short_packet_is_no_payload() -> None:
    assert parse_udp_frame(BYTES + b"\0" * 13) == FRAME


def test_a_udp_sum_left_to_a_network_card_may_be_overlooked() -> None:
    frame = changed(len(BYTES) - 1, 0)
    found = parse_udp_frame(frame, check_udp=False)
    assert found is not None
    assert found.payload == b"hell\0"


def test_a_sum_that_comes_out_as_zero_is_sent_as_ones() -> None:
    """Zero in the field would mean that there is no checksum (RFC 768)."""
    plain = UdpFrame("0" * 12, "0" * 12, "0.0.0.0", "0.0.0.0", 0, 0, b"\0\0")
    needed = int.from_bytes(build_udp_frame(plain)[UDP + 6 : UDP + 8], "big")
    frame = UdpFrame("0" * 12, "0" * 12, "0.0.0.0", "0.0.0.0", 0, 0, needed.to_bytes(2, "big"))
    built = build_udp_frame(frame)
    assert built[UDP + 6 : UDP + 8] == b"\xff\xff"
    assert parse_udp_frame(built) == frame


@given(st.binary(max_size=1500))
def test_the_sum_is_the_one_that_rfc_1071_describes(data: bytes) -> None:
    even = data + b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(even[at : at + 2], "big") for at in range(0, len(even), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(data) == total ^ 0xFFFF
