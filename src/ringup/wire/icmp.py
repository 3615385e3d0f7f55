"""ICMP echo (RFC 792): find out whether a host uses an address."""

import struct

from ringup.wire.ethernet import checksum
from ringup.wire.ipv4 import dotted

#  | type | code | checksum | identifier | sequence |
_ECHO = struct.Struct("!BBHHH")
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_IPV4_SHORTEST = 20
_PROTOCOL_ICMP = 1


def build_echo_request(identifier: int, sequence: int = 0) -> bytes:
    """Return the ICMP message for a raw socket, whose kernel writes the IPv4 header."""
    unsummed = _ECHO.pack(_ECHO_REQUEST, 0, 0, identifier, sequence)
    return _ECHO.pack(_ECHO_REQUEST, 0, checksum(unsummed), identifier, sequence)


def parse_echo_reply(packet: bytes, identifier: int) -> str:
    """Return the address that answered an echo request with this identifier; empty for any other packet.

    `packet` begins with its IPv4 header.
    """
    if len(packet) < _IPV4_SHORTEST or packet[0] >> 4 != 4 or packet[9] != _PROTOCOL_ICMP:
        return ""
    message = packet[(packet[0] & 0x0F) * 4 :]
    if len(message) < _ECHO.size or checksum(message):
        return ""
    kind, _, _, answered, _ = _ECHO.unpack_from(message)
    return dotted(packet[12:16]) if (kind, answered) == (_ECHO_REPLY, identifier) else ""
