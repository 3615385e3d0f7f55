"""Read the packets of a pcap or pcapng capture file, with their times and link types.

Sources: draft-ietf-opsawg-pcap-06, draft-ietf-opsawg-pcapng-04. Strategy: the file is read from front to
back, one packet at a time. A truncated file gives its complete packets, and a file with a broken block gives
the packets before that block.
"""

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

Read = Callable[[int], bytes]
"""Returns this many bytes of the file, or fewer at its end."""

PCAP_MAGICS = {
    b"\xd4\xc3\xb2\xa1": ("<", 1e-6),
    b"\xa1\xb2\xc3\xd4": (">", 1e-6),
    b"\x4d\x3c\xb2\xa1": ("<", 1e-9),
    b"\xa1\xb2\x3c\x4d": (">", 1e-9),
}
"""The first four bytes of a pcap file: its byte order and the unit of its fractions of a second."""
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
"""The type of a section's header, which begins a pcapng file."""

LARGEST_PACKET = 262_144
"""Maximum size of a packet in bytes, the snapshot length of tcpdump. A longer packet means that the file is
broken.
"""

_SECTION, _INTERFACE, _SIMPLE, _ENHANCED, _OLD_PACKET = 0x0A0D0D0A, 1, 3, 6, 2
_BYTE_ORDER = b"\x1a\x2b\x3c\x4d"
_RESOLUTION = 9
"""The option of an interface that gives the unit of its time stamps."""


class CapturedPacket(NamedTuple):
    """One captured packet."""

    at: float
    """Unix seconds."""
    link: int
    """The link type of tcpdump.org: 1 Ethernet, 113 Linux cooked, 101 raw IP."""
    data: bytes
    """The captured bytes; a short snapshot length cuts them off."""


def is_capture(head: bytes) -> bool:
    """Return whether a file that begins with these four bytes is a capture."""
    return head[:4] in PCAP_MAGICS or head[:4] == PCAPNG_MAGIC


def packets(read: Read) -> Iterator[CapturedPacket]:
    """Yield the packets of a capture in the order of the file; none for another file."""
    head = read(4)
    if head in PCAP_MAGICS:
        yield from _pcap(read, *PCAP_MAGICS[head])
    elif head == PCAPNG_MAGIC:
        yield from _pcapng(read, head)


def _pcap(read: Read, order: str, unit: float) -> Iterator[CapturedPacket]:
    rest = read(20)
    if len(rest) < 20:
        return
    link = struct.unpack(f"{order}I", rest[16:])[0] & 0x0FFF_FFFF
    header = struct.Struct(f"{order}IIII")
    while len(start := read(16)) == 16:
        seconds, fraction, captured, _ = header.unpack(start)
        if captured > LARGEST_PACKET or len(data := read(captured)) < captured:
            return
        yield CapturedPacket(seconds + fraction * unit, link, data)


class _Section:
    """One section of a pcapng file: its byte order and its interfaces."""

    def __init__(self, order: str) -> None:
        self.order = order
        self.interfaces: list[tuple[int, float]] = []
        """Of each interface: the link type, and the unit of the time stamps in seconds."""

    def number(self, data: bytes, at: int, size: int = 4) -> int:
        return int.from_bytes(data[at : at + size], "little" if self.order == "<" else "big")

    def add_interface(self, body: bytes) -> None:
        unit, at = 1e-6, 8
        while at + 4 <= len(body):
            code, length = self.number(body, at, 2), self.number(body, at + 2, 2)
            if code == 0:
                break
            if code == _RESOLUTION and at + 4 < len(body):
                exponent = body[at + 4]
                unit = 2.0 ** -(exponent & 0x7F) if exponent & 0x80 else 10.0**-exponent
            at += 4 + length + -length % 4
        self.interfaces.append((self.number(body, 0, 2), unit))

    def packet(self, kind: int, body: bytes) -> CapturedPacket | None:
        """Return the packet in a block; None for a block without one."""
        if kind == _SIMPLE and self.interfaces:
            return CapturedPacket(0.0, self.interfaces[0][0], body[4 : 4 + self.number(body, 0)])
        if kind not in (_ENHANCED, _OLD_PACKET) or len(body) < 20:
            return None
        interface = self.number(body, 0, 4 if kind == _ENHANCED else 2)
        if interface >= len(self.interfaces):
            return None
        link, unit = self.interfaces[interface]
        ticks = self.number(body, 4) << 32 | self.number(body, 8)
        return CapturedPacket(ticks * unit, link, body[20 : 20 + self.number(body, 12)])


def _pcapng(read: Read, head: bytes) -> Iterator[CapturedPacket]:
    section = _Section("<")
    while len(head) == 4:
        if head == PCAPNG_MAGIC:
            length_bytes, mark = read(4), read(4)
            section = _Section("<" if mark == _BYTE_ORDER[::-1] else ">")
            done = 12
        else:
            length_bytes, done = read(4), 8
        length = section.number(length_bytes, 0)
        if not done + 4 <= length <= LARGEST_PACKET + 1024:
            return
        body = read(length - done)
        if len(body) < length - done:
            return
        kind = section.number(head, 0)
        if kind == _INTERFACE:
            section.add_interface(body[:-4])
        elif kind != _SECTION and (packet := section.packet(kind, body[:-4])):
            yield packet
        head = read(4)
