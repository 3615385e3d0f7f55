"""Parse a captured packet of any link type: UDP, TCP with data, a CDP announcement or an ARP answer.

Strategy: the parser is lenient, unlike `ethernet.py`. A capture made on the sending host has checksums that
its network card has not filled in yet, and a short snapshot length cuts off the end of packets. So neither
checksums nor missing ends are checked. Any other packet gives None.

Sources: RFC 791, RFC 768, IEEE 802.1Q, tcpdump.org's list of link types (LINKTYPE_LINUX_SLL and _SLL2).
"""

import struct
from typing import NamedTuple

from ringup.wire import arp
from ringup.wire.cdp import LLC_AND_SNAP
from ringup.wire.ipv4 import dotted
from ringup.wire.mac import from_bytes

ETHERNET, LINUX_COOKED, LINUX_COOKED_2 = 1, 113, 276
_RAW_IP = (12, 14, 101, 228)
_LOOPBACK = (0, 108)
_IPV4, _ARP = 0x0800, 0x0806
_VLAN_TAGS = (0x8100, 0x88A8, 0x9100)
_VLAN_BITS = 0x0FFF
_LARGEST_LENGTH = 1500
"""Instead of an EtherType, a number up to this is the frame's length (IEEE 802.3)."""
_TCP, _UDP = 6, 17
NO_TAG = 0
_FRAGMENT_OFFSET = 0x1FFF


class CapturedUdp(NamedTuple):
    """One UDP datagram."""

    mac: str
    """The sender's MAC; empty where the link does not show it."""
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes
    vlan: int = NO_TAG
    """The VLAN of its tag; `NO_TAG`: the frame has none, or only a priority."""


class CapturedTcp(NamedTuple):
    """The bytes of one TCP segment; a segment without data is not returned."""

    mac: str
    """The sender's MAC; empty where the link does not show it."""
    source: str
    source_port: int
    destination: str
    destination_port: int
    payload: bytes


class CapturedCdp(NamedTuple):
    """The bytes of a CDP announcement, after its LLC and SNAP headers."""

    mac: str
    data: bytes


class CapturedArp(NamedTuple):
    """The address that a host claims in an ARP frame."""

    mac: str
    address: str


Captured = CapturedUdp | CapturedTcp | CapturedCdp | CapturedArp


def captured(link: int, data: bytes) -> Captured | None:
    """Return the contents of a packet of this link type; None for other contents and for damaged packets."""
    if link == ETHERNET:
        return _ethernet(data)
    if link in _RAW_IP:
        return _ip("", data)
    if link in _LOOPBACK:
        return _ip("", data[4:])
    if link == LINUX_COOKED and len(data) > 16:
        return _by_type("", struct.unpack_from("!H", data, 14)[0], data, 16, from_bytes(data[6:12]))
    if link == LINUX_COOKED_2 and len(data) > 20:
        return _by_type("", struct.unpack_from("!H", data)[0], data, 20, from_bytes(data[12:18]))
    return None


def _ethernet(data: bytes) -> Captured | None:
    if len(data) < 14:
        return None
    mac = from_bytes(data[6:12])
    return _by_type(mac, int.from_bytes(data[12:14], "big"), data, 14, mac)


def _by_type(frame_mac: str, kind: int, data: bytes, at: int, mac: str) -> Captured | None:
    vlan = NO_TAG
    while kind in _VLAN_TAGS and at + 4 <= len(data):
        vlan = int.from_bytes(data[at : at + 2], "big") & _VLAN_BITS or vlan
        kind = int.from_bytes(data[at + 2 : at + 4], "big")
        at += 4
    if kind == _IPV4:
        return _ip(mac, data[at:], vlan)
    if kind == _ARP:
        return _arp(data[at:])
    if kind <= _LARGEST_LENGTH and data[at : at + 8] == LLC_AND_SNAP:
        return CapturedCdp(frame_mac or mac, data[at + 8 : at + kind] if kind else data[at + 8 :])
    return None


def _arp(data: bytes) -> CapturedArp | None:
    sender = arp.parse_sender(bytes(12) + _ARP.to_bytes(2, "big") + data[:28])
    return CapturedArp(sender[1], sender[0]) if sender else None


def _ip(mac: str, data: bytes, vlan: int = NO_TAG) -> CapturedUdp | CapturedTcp | None:
    if len(data) < 28 or data[0] >> 4 != 4:
        return None
    start = (data[0] & 0x0F) * 4
    end = min(int.from_bytes(data[2:4], "big") or len(data), len(data))
    if (
        start < 20
        or data[9] not in (_UDP, _TCP)
        or int.from_bytes(data[6:8], "big") & _FRAGMENT_OFFSET
        or start + 8 > end
    ):
        return None
    if data[9] == _TCP:
        return _tcp(mac, data, start, end)
    source_port, destination_port = struct.unpack_from("!HH", data, start)
    return CapturedUdp(
        mac,
        dotted(data[12:16]),
        source_port,
        dotted(data[16:20]),
        destination_port,
        data[start + 8 : end],
        vlan,
    )


def _tcp(mac: str, data: bytes, start: int, end: int) -> CapturedTcp | None:
    if start + 20 > end:
        return None
    source_port, destination_port = struct.unpack_from("!HH", data, start)
    first = start + (data[start + 12] >> 4) * 4
    if not start + 20 <= first < end:
        return None
    return CapturedTcp(
        mac, dotted(data[12:16]), source_port, dotted(data[16:20]), destination_port, data[first:end]
    )
