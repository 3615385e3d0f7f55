"""A client's DHCP message as the server reads it, and the reply, both with packed fields.

Strategy: the same format as in `dhcp.py`, for the server, which receives thousands of messages. A field that
is only copied into the reply is not turned into text, and the options are a dictionary. Both modules read the
options with the same function (RFC 3396).
"""

import struct
from typing import NamedTuple

from ringup.errors import WireError
from ringup.wire.dhcp import MAGIC_COOKIE, REPLY_OP, REQUEST_OP, SMALLEST_MESSAGE, read_options
from ringup.wire.ipv4 import NOWHERE
from ringup.wire.mac import LENGTH as MAC_LENGTH

ETHERNET = 1

_OPS = (REQUEST_OP, REPLY_OP)

# op htype hlen hops | xid | secs | flags | ciaddr | yiaddr siaddr | giaddr | chaddr | sname file | cookie
_REQUEST = struct.Struct("!BBBx4s2xH4s8x4s16s192x4s")
_REPLY = struct.Struct("!BBBx4s2xH4s4s4s4s6s10x192x4s")
XID, GIADDR, CHADDR = 4, 24, 28
"""Offsets in bytes of the fields xid, giaddr and chaddr."""
_CHADDR_LENGTH = 16
_END = b"\xff"


class DhcpRequest(NamedTuple):
    """One message to a server; addresses are four bytes each.

    It is a NamedTuple, as is everything that is made per datagram: a frozen dataclass takes three times as
    long.
    """

    op: int
    hardware_type: int
    xid: bytes
    flags: int
    client_address: bytes
    """The client's present address (ciaddr)."""
    relay_address: bytes
    """The relay's address (giaddr)."""
    hardware_address: bytes
    """The client's hardware address (chaddr) without its padding."""
    options: dict[int, bytes]


def parse_request(data: bytes) -> DhcpRequest:
    """Read one datagram; raises WireError that names the offset."""
    if len(data) < _REQUEST.size:
        raise WireError(f"a DHCP message has at least {_REQUEST.size} bytes, this has {len(data)}", len(data))
    op, hardware_type, length, xid, flags, ciaddr, giaddr, chaddr, cookie = _REQUEST.unpack_from(data)
    if op not in _OPS:
        raise WireError(f"op is {op}, neither request (1) nor reply (2)", 0)
    if length > _CHADDR_LENGTH:
        raise WireError(f"the hardware address claims {length} bytes, the field has {_CHADDR_LENGTH}", 2)
    if cookie != MAGIC_COOKIE:
        raise WireError("the magic cookie 99.130.83.99 is missing", _REQUEST.size - len(MAGIC_COOKIE))
    options, _ = read_options(data)
    return DhcpRequest(op, hardware_type, xid, flags, ciaddr, giaddr, chaddr[:length], options)


def sender_of(data: bytes) -> bytes:
    """Return the client's Ethernet address, even if the rest of the message is malformed; empty: none."""
    whole = len(data) >= CHADDR + MAC_LENGTH and data[1] == ETHERNET and data[2] == MAC_LENGTH
    return data[CHADDR : CHADDR + MAC_LENGTH] if whole else b""


def build_reply(
    request: DhcpRequest,
    options: bytes,
    *,
    flags: int,
    client_address: bytes = NOWHERE,
    your_address: bytes = NOWHERE,
    next_server: bytes = NOWHERE,
) -> bytes:
    """Return the reply to an Ethernet client; `options` are already encoded."""
    header = _REPLY.pack(
        REPLY_OP,
        ETHERNET,
        MAC_LENGTH,
        request.xid,
        flags,
        client_address,
        your_address,
        next_server,
        request.relay_address,
        request.hardware_address,
        MAGIC_COOKIE,
    )
    return (header + options + _END).ljust(SMALLEST_MESSAGE, b"\0")
