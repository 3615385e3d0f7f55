"""RTP packets and the telephone events they may carry (RFC 3550 §5.1, RFC 4733 §2.3).

 0                   1                   2                   3
 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
|V=2|P|X|  CC   |M|     PT      |       sequence number         |
|                           timestamp                           |
|           synchronization source (SSRC) identifier            |
|                contributing sources (CC of them)              |
"""

import struct
from dataclasses import dataclass

from ringup.errors import WireError
from ringup.wire.reader import Reader

VERSION = 2
_FIXED = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")

LARGEST_COUNT = 15
"""Maximum number of contributing sources, because the field has four bits."""
LARGEST_VOLUME = 63

DTMF_DIGITS = "0123456789*#ABCD"
"""The digits in the order of their event numbers (RFC 4733 §3.2)."""


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One RTP packet, without its padding."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    """The SSRC identifier."""
    payload: bytes
    marker: bool = False
    contributors: tuple[int, ...] = ()
    extension: tuple[int, bytes] | None = None
    """Profile number and contents, a multiple of four bytes."""


@dataclass(frozen=True, slots=True)
class TelephoneEvent:
    """A digit that has been pressed for `duration` timestamp units so far."""

    event: int
    duration: int
    end: bool = False
    volume: int = 10
    """The level in dBm0, without the minus sign: 0 to 63."""


def build(packet: RtpPacket) -> bytes:
    """Return the bytes of a packet; raises ValueError or struct.error for a value that does not fit its
    field.
    """
    if not 0 <= packet.payload_type < 0x80 or len(packet.contributors) > LARGEST_COUNT:
        raise ValueError("an RTP payload type has 7 bits, and 15 contributors are the most")
    if packet.extension is not None and len(packet.extension[1]) % 4:
        raise ValueError("an RTP extension is a multiple of four bytes")
    first = VERSION << 6 | (packet.extension is not None) << 4 | len(packet.contributors)
    second = packet.marker << 7 | packet.payload_type
    head = _FIXED.pack(first, second, packet.sequence, packet.timestamp, packet.source)
    head += struct.pack(f"!{len(packet.contributors)}I", *packet.contributors)
    if packet.extension is not None:
        profile, contents = packet.extension
        head += struct.pack("!HH", profile, len(contents) // 4) + contents
    return head + packet.payload


def parse(data: bytes) -> RtpPacket:
    """Read a packet; raises WireError."""
    reader = Reader(data)
    first, second = reader.uint8("the RTP version"), reader.uint8("the RTP payload type")
    if first >> 6 != VERSION:
        raise WireError(f"RTP version {first >> 6}", 0)
    sequence, timestamp = reader.uint16("the RTP sequence"), reader.uint32("the RTP timestamp")
    source = reader.uint32("the RTP source")
    contributors = tuple(reader.uint32("an RTP contributor") for _ in range(first & 0x0F))
    extension = None
    if first & 0x10:
        profile, words = reader.uint16("the RTP extension"), reader.uint16("the RTP extension's length")
        extension = (profile, reader.take(4 * words, "the RTP extension"))
    payload = reader.rest()
    if first & 0x20:
        if not payload or not 0 < payload[-1] <= len(payload):
            raise WireError("RTP padding is longer than the payload", len(data))
        payload = payload[: -payload[-1]]
    return RtpPacket(second & 0x7F, sequence, timestamp, source, payload, bool(second & 0x80),
                  contributors, extension)  # fmt: skip


def build_event(event: TelephoneEvent) -> bytes:
    """Write the four bytes of an event; raises ValueError or struct.error for numbers out of range."""
    if not 0 <= event.volume <= LARGEST_VOLUME:
        raise ValueError(f"the volume {event.volume} does not fit into six bits")
    return _EVENT.pack(event.event, event.end << 7 | event.volume, event.duration)


def parse_event(payload: bytes) -> TelephoneEvent:
    """Read a telephone event; raises WireError."""
    reader = Reader(payload)
    number, flags = reader.uint8("the event"), reader.uint8("the event's flags")
    return TelephoneEvent(number, reader.uint16("the event's duration"), bool(flags & 0x80), flags & 0x3F)
