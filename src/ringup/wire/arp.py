"""ARP frames over Ethernet and IPv4 (RFC 826), with which a host asks for the MAC of an address.

Strategy: `build_request` writes a complete frame. `parse_sender` reads only the sender's address and MAC from
a frame; requests contain them too. It returns None for a frame that is not ARP.
"""

import struct

from ringup.wire.ipv4 import NOWHERE, dotted, packed
from ringup.wire.mac import from_bytes, to_bytes

ETHERTYPE_ARP = 0x0806

#  0         6    12     14     16        18    19    20      22           28         32           38
#  | to (6) | from | type | 1 Eth | 0x0800 | 6 | 4 | op | sender MAC | sender | target MAC | target |
_FRAME = struct.Struct("!6s6sHHHBBH6s4s6s4s")
_EVERYBODY = b"\xff" * 6
_ETHERNET, _IPV4 = 1, 0x0800
_LENGTHS = (6, 4)
_REQUEST = 1


def build_request(mac: str, source: str, wanted: str) -> bytes:
    """Return the broadcast frame by which the host `source` at `mac` asks who has `wanted`."""
    ours = to_bytes(mac)
    return _FRAME.pack(
        _EVERYBODY, ours, ETHERTYPE_ARP, _ETHERNET, _IPV4, *_LENGTHS, _REQUEST,
        ours, packed(source), bytes(6), packed(wanted),
    )  # fmt: skip


def parse_sender(frame: bytes) -> tuple[str, str] | None:
    """Return the sender's address and MAC in an ARP frame; None for other frames and for 0.0.0.0."""
    if len(frame) < _FRAME.size:
        return None
    _, _, ethertype, hardware, protocol, *lengths, _, mac, address, _, _ = _FRAME.unpack_from(frame)
    right = (ethertype, hardware, protocol, *lengths) == (ETHERTYPE_ARP, _ETHERNET, _IPV4, *_LENGTHS)
    return (dotted(address), from_bytes(mac)) if right and address != NOWHERE else None
