"""NTP packets, as SNTP clients and servers send them (RFC 5905 §7.3, RFC 4330 §4).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|LI | VN  |Mode |    Stratum    |     Poll      |   Precision   |
|                          Root delay                           |
|                        Root dispersion                        |
|                         Reference ID                          |
|                    Reference timestamp (64)                   |
|                    Originate timestamp (64)                   |
|                     Receive timestamp (64)                    |
|                     Transmit timestamp (64)                   |
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

from ringup.errors import WireError

LENGTH = 48
"""Size in bytes of a packet without extension fields and authentication, which SNTP ignores."""

UNSYNCHRONISED = 3
"""Leap indicator of a server whose clock is not synchronised."""

_PACKET = struct.Struct("!BBbbII4sQQQQ")
_FROM_1900_TO_1970 = 2_208_988_800
"""Seconds from the beginning of 1900 to that of 1970."""
_ERA = 1 << 64
_FRACTION = 1 << 32
_LARGEST_VERSION, _LARGEST_LEAP = 7, 3


class Mode(IntEnum):
    """The role of the sender."""

    RESERVED = 0
    SYMMETRIC_ACTIVE = 1
    SYMMETRIC_PASSIVE = 2
    CLIENT = 3
    SERVER = 4
    BROADCAST = 5
    CONTROL = 6
    PRIVATE = 7


@dataclass(frozen=True, slots=True)
class SntpPacket:
    """The fields of one packet; timestamps are 64-bit NTP timestamps, and 0 means that there is no time."""

    mode: Mode
    version: int = 4
    leap: int = 0
    """1: the last minute of the day has 61 seconds; 2: it has 59; 3: the clock is not synchronised."""
    stratum: int = 0
    """The stratum, 1 to 15; 0: the clock is not synchronised."""
    poll: int = 0
    """Binary logarithm of seconds, -128 to 127; `precision` has the same unit."""
    precision: int = 0
    root_delay: int = 0
    """Root delay in 1/65,536 of a second; `root_dispersion` has the same unit."""
    root_dispersion: int = 0
    reference_id: bytes = bytes(4)
    """The IPv4 address of the source, or four letters."""
    reference: int = 0
    """The time when the clock was last set."""
    originate: int = 0
    """The client's transmit timestamp."""
    receive: int = 0
    transmit: int = 0


def parse(data: bytes) -> SntpPacket:
    """Read a packet, and ignore any bytes after its 48; raises WireError for a shorter packet."""
    if len(data) < LENGTH:
        raise WireError(f"an NTP packet has {LENGTH} bytes", len(data))
    first, *rest = _PACKET.unpack_from(data)
    return SntpPacket(Mode(first & 7), first >> 3 & 7, first >> 6, *rest)


def build(packet: SntpPacket) -> bytes:
    """Write 48 bytes; raises ValueError or struct.error for a number that does not fit its field."""
    if not 0 <= packet.version <= _LARGEST_VERSION or not 0 <= packet.leap <= _LARGEST_LEAP:
        raise ValueError("an NTP version has three bits, and a leap indicator two")
    if len(packet.reference_id) != 4:
        raise ValueError("an NTP reference ID has four bytes")
    return _PACKET.pack(
        packet.leap << 6 | packet.version << 3 | packet.mode,
        packet.stratum,
        packet.poll,
        packet.precision,
        packet.root_delay,
        packet.root_dispersion,
        packet.reference_id,
        packet.reference,
        packet.originate,
        packet.receive,
        packet.transmit,
    )


def timestamp(at: float) -> int:
    """Return the NTP timestamp of a time in Unix seconds; eras begin in 1900 and 2036 (RFC 5905 §6)."""
    return round((at + _FROM_1900_TO_1970) * _FRACTION) % _ERA


def unix_seconds(stamp: int) -> float:
    """Return the Unix seconds of an NTP timestamp between 1968 and 2104 (RFC 4330 §3)."""
    era = 0 if stamp >= _ERA // 2 else _ERA
    return (stamp + era) / _FRACTION - _FROM_1900_TO_1970


def short_format(seconds: float) -> int:
    """Return a root delay or dispersion of at most 65,535 seconds in NTP's short format (RFC 5905 §6)."""
    return min(max(round(seconds * 65_536), 0), 0xFFFF_FFFF)
