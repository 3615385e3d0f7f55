"""UDP datagrams with their IPv4 and Ethernet II headers, for senders and receivers without an IP address.

Sources: RFC 768, RFC 791, RFC 894, RFC 1071.

Strategy: `build_udp_frame` writes what `parse_udp_frame` reads. Parsing returns None instead of raising an
error: most frames on a segment are for other hosts, and a damaged frame is dropped as the kernel drops it.
"""

import struct
from typing import NamedTuple

from ringup.wire.ipv4 import dotted, packed
from ringup.wire.mac import from_bytes

BROADCAST_MAC = "FFFFFFFFFFFF"

_ETHERNET = struct.Struct("!6s6sH")
#  0      1     2              4                6               8     9          10    12       16
#  | 0x45 | TOS | total length | identification | flags, offset | TTL | protocol | sum | source | dest. |
_IPV4 = struct.Struct("!BBHHHBBH4s4s")
_UDP = struct.Struct("!HHHH")
_PSEUDO = struct.Struct("!4s4sBBH")

_ETHERTYPE_IPV4 = 0x0800
_PROTOCOL_UDP = 17
_VERSION_4_WITHOUT_OPTIONS = 0x45
_TIME_TO_LIVE = 64
_MORE_FRAGMENTS_OR_OFFSET = 0x3FFF


class UdpFrame(NamedTuple):
    """One UDP datagram and the addresses of all its layers."""

    source_mac: str
    destination_mac: str
    source: str
    destination: str
    source_port: int
    destination_port: int
    payload: bytes


def build_udp_frame(frame: UdpFrame) -> bytes:
    """Return the bytes for an AF_PACKET socket, with both checksums; the driver pads them to 60 bytes."""
    source_mac, destination_mac, from_address, to_address, source_port, destination_port, payload = frame
    source, destination = packed(from_address), packed(to_address)
    udp_length = _UDP.size + len(payload)
    udp = _UDP.pack(source_port, destination_port, udp_length, 0)
    # RFC 768: a computed zero is sent as all ones, because zero means "no checksum".
    udp_sum = checksum(_pseudo_header(source, destination, udp_length) + udp + payload) or 0xFFFF
    ethernet = _ETHERNET.pack(bytes.fromhex(destination_mac), bytes.fromhex(source_mac), _ETHERTYPE_IPV4)
    ip = _ipv4_header(source, destination, _IPV4.size + udp_length)
    return b"".join((ethernet, ip, udp[:6], udp_sum.to_bytes(2, "big"), payload))


def parse_udp_frame(data: bytes, *, check_udp: bool = True) -> UdpFrame | None:
    """Return the UDP datagram in a frame; None for any other frame, fragments and wrong checksums.

    `check_udp` is False for frames whose UDP checksum the sending kernel left to the network card: between
    two namespaces of one machine there is no card.
    """
    if len(data) < _ETHERNET.size + _IPV4.size:
        return None
    destination_mac, source_mac, ethertype = _ETHERNET.unpack_from(data)
    if ethertype != _ETHERTYPE_IPV4:
        return None
    packet = _ipv4_packet(data[_ETHERNET.size :])
    if packet is None:
        return None
    source, destination, datagram = packet
    if not _is_whole(source, destination, datagram, check_udp):
        return None
    source_port, destination_port, length, _ = _UDP.unpack_from(datagram)
    return UdpFrame(
        source_mac=from_bytes(source_mac),
        destination_mac=from_bytes(destination_mac),
        source=dotted(source),
        destination=dotted(destination),
        source_port=source_port,
        destination_port=destination_port,
        payload=datagram[_UDP.size : length],
    )


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071) of data; it is 0 if the data contain their correct checksum."""
    if len(data) % 2:
        data += b"\0"
    # Adding 16-bit words with end-around carry equals the remainder by 65,535, and Python divides one long
    # number faster than it adds many short ones. If the sum is not zero, a remainder of zero stands for all
    # ones.
    number = int.from_bytes(data, "big")
    total = number % 0xFFFF or (0xFFFF if number else 0)
    return total ^ 0xFFFF


def _ipv4_header(source: bytes, destination: bytes, total_length: int) -> bytes:
    fields = (_VERSION_4_WITHOUT_OPTIONS, 0, total_length, 0, 0, _TIME_TO_LIVE, _PROTOCOL_UDP)
    unsummed = _IPV4.pack(*fields, 0, source, destination)
    return _IPV4.pack(*fields, checksum(unsummed), source, destination)


def _ipv4_packet(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Return source, destination and UDP datagram of an IPv4 packet, without the frame's padding."""
    first, _, total_length, _, fragment, _, protocol, _, source, destination = _IPV4.unpack_from(data)
    header_length = (first & 0x0F) * 4
    right = (
        first >> 4 == 4
        and _IPV4.size <= header_length <= total_length <= len(data)
        and protocol == _PROTOCOL_UDP
        and not fragment & _MORE_FRAGMENTS_OR_OFFSET
        and checksum(data[:header_length]) == 0
    )
    return (source, destination, data[header_length:total_length]) if right else None


def _is_whole(source: bytes, destination: bytes, datagram: bytes, check_udp: bool) -> bool:
    if len(datagram) < _UDP.size:
        return False
    _, _, length, udp_sum = _UDP.unpack_from(datagram)
    if not _UDP.size <= length <= len(datagram):
        return False
    if not check_udp or udp_sum == 0:
        return True
    return checksum(_pseudo_header(source, destination, length) + datagram[:length]) == 0


def _pseudo_header(source: bytes, destination: bytes, udp_length: int) -> bytes:
    return _PSEUDO.pack(source, destination, 0, _PROTOCOL_UDP, udp_length)
