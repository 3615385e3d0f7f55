"""Messages that ask Linux over netlink for a neighbour's hardware address, and the parser of the answers.

Sources: rtnetlink(7); linux/neighbour.h; one entry instead of the complete table since Linux 5.0.
"""

import struct

from ringup.wire.ipv4 import packed
from ringup.wire.mac import from_bytes

# The structures nlmsghdr, ndmsg and rtattr, each aligned to four bytes.
_HEADER = struct.Struct("=IHHII")
_NEIGHBOUR = struct.Struct("=B3xiHBB")
_ATTRIBUTE = struct.Struct("=HH")
_NEW, _GET, _REQUEST = 28, 30, 1
_AF_INET, _ADDRESS, _HARDWARE = 2, 1, 2
_KNOWN_STATES = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
"""States of an entry with a known MAC: reachable, stale, delay, probe, permanent."""


def build_question(address: str, interface: int, number: int) -> bytes:
    """Return the message that requests the neighbour with a dotted address on the interface of this index."""
    attribute = _ATTRIBUTE.pack(_ATTRIBUTE.size + 4, _ADDRESS) + packed(address)
    body = _NEIGHBOUR.pack(_AF_INET, interface, 0, 0, 0) + attribute
    return _HEADER.pack(_HEADER.size + len(body), _GET, _REQUEST, number, 0) + body


def parse_answer(data: bytes, number: int) -> str | None:
    """Return the MAC in the answer to message `number`; empty: the kernel knows none; None:
    another message.
    """
    if len(data) < _HEADER.size:
        return None
    length, kind, _, answered, _ = _HEADER.unpack_from(data)
    if answered != number:
        return None
    start = _HEADER.size + _NEIGHBOUR.size
    if kind != _NEW or length > len(data) or length < start:
        return ""
    state = _NEIGHBOUR.unpack_from(data, _HEADER.size)[2]
    return _hardware_address(data[start:length]) if state & _KNOWN_STATES else ""


def _hardware_address(attributes: bytes) -> str:
    while len(attributes) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(attributes)
        if length < _ATTRIBUTE.size:
            return ""
        if kind == _HARDWARE:
            value = attributes[_ATTRIBUTE.size : length]
            return from_bytes(value) if len(value) == 6 else ""
        attributes = attributes[(length + 3) & ~3 :]
    return ""
