"""Packets of every kind of link: UDP, TCP with data, CDP, ARP, and everything that is none of these."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.wire import arp, cdp
from ringup.wire.captured import (
    ETHERNET,
    LINUX_COOKED,
    LINUX_COOKED_2,
    CapturedArp,
    CapturedCdp,
    CapturedTcp,
    CapturedUdp,
    captured,
)
from ringup.wire.ethernet import UdpFrame, build_udp_frame
from ringup.wire.ipv4 import packed
from ringup.wire.vlan_tag import VlanTag, tagged

MAC, OTHER = "001646C0FFEE", "020000000001"
PHONE, SERVER = "10.0.0.21", "10.0.0.1"
UDP = build_udp_frame(UdpFrame(MAC, OTHER, PHONE, SERVER, 50_000, 69, b"data"))
ARP = arp.build_request(MAC, PHONE, SERVER)
ANNOUNCEMENT = cdp.build([(cdp.DEVICE, b"SIP" + MAC.encode())])
CDP = cdp.frame(MAC, ANNOUNCEMENT)
SEEN = CapturedUdp(MAC, PHONE, 50_000, SERVER, 69, b"data")


def tcp(payload: bytes, words: int = 5, protocol: int = 6) -> bytes:
    """A segment of TCP; the header counts so many words of four bytes."""
    segment = struct.pack("!HHIIBBHHH", 50_000, 2000, 1, 1, words << 4, 0x18, 1000, 0, 0) + payload
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, protocol, 0)
    return bytes.fromhex(OTHER + MAC) + b"\x08\x00" + ip + packed(PHONE) + packed(SERVER) + segment


def cooked(frame: bytes) -> bytes:
    return bytes(6) + frame[6:12] + bytes(2) + frame[12:]


def cooked_2(frame: bytes) -> bytes:
    return frame[12:14] + bytes(10) + frame[6:12] + bytes(2) + frame[14:]


@pytest.mark.parametrize(
    ("frame", "content"),
    [
        (UDP, SEEN),
        (tagged(UDP, VlanTag(110, 5)), SEEN._replace(vlan=110)),
        (tagged(tagged(UDP, VlanTag(7)), VlanTag(0, 5)), SEEN._replace(vlan=7)),
        (tcp(b"data"), CapturedTcp(MAC, PHONE, 50_000, SERVER, 2000, b"data")),
        (tcp(bytes(4) + b"data", words=6), CapturedTcp(MAC, PHONE, 50_000, SERVER, 2000, b"data")),
        (ARP, CapturedArp(MAC, PHONE)),
        (CDP, CapturedCdp(MAC, ANNOUNCEMENT)),
        (CDP[:12] + bytes(2) + CDP[14:], CapturedCdp(MAC, CDP[22:])),
    ],
    ids=["UDP", "a tag", "two tags", "TCP", "TCP with options", "ARP", "CDP", "CDP without a length"],
)
def test_a_frame_has_its_contents(frame: bytes, content: object) -> None:
    assert captured(ETHERNET, frame) == content
    if frame[12:14] != b"\x81\x00":
        assert captured(LINUX_COOKED, cooked(frame)) == content
        assert captured(LINUX_COOKED_2, cooked_2(frame)) == content


@pytest.mark.parametrize("link", [12, 14, 101, 228])
def test_a_link_without_frames_shows_no_mac(link: int) -> None:
    assert captured(link, UDP[14:]) == SEEN._replace(mac="")


@pytest.mark.parametrize("link", [0, 108])
def test_a_loopback_has_four_bytes_before_the_packet(link: int) -> None:
    assert captured(link, bytes(4) + UDP[14:]) == SEEN._replace(mac="")


@pytest.mark.parametrize(
    "frame",
    [
        UDP[:13],
        UDP[:30],
        UDP[:14] + b"\x65" + UDP[15:],
        UDP[:14] + b"\x44" + UDP[15:],
        UDP[:20] + b"\x00\x01" + UDP[22:],
        UDP[:14] + b"\x4f" + UDP[15:],
        tcp(b"data", protocol=1),
        tcp(b""),
        tcp(b"data", words=4),
        tcp(b"data", words=15),
        tcp(b"data")[:16] + (39).to_bytes(2, "big") + tcp(b"data")[18:],
        ARP[:30],
        ARP[:12] + b"\x86\xdd" + ARP[14:],
        CDP[:14] + bytes(8) + CDP[22:],
        UDP[:12] + b"\x81\x00",
    ],
)
def test_other_and_damaged_frames_are_nothing(frame: bytes) -> None:
    assert captured(ETHERNET, frame) is None


@pytest.mark.parametrize("link", [LINUX_COOKED, LINUX_COOKED_2, 9999])
def test_short_packets_and_unknown_links_are_nothing(link: int) -> None:
    assert captured(link, bytes(10)) is None


@given(st.sampled_from([ETHERNET, LINUX_COOKED, LINUX_COOKED_2, 101, 0]), st.binary(max_size=120))
def test_no_bytes_raise(link: int, data: bytes) -> None:
    captured(link, data)
    captured(link, UDP[:14] + data)
    captured(link, UDP[:34] + data)
