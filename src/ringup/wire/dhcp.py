"""DHCP messages (RFC 2131) and the layout of their options (RFC 2132, long ones RFC 3396).

Strategy: `parse` returns each option once, its parts joined, in the order of first appearance. Options that
overload (option 52) puts into the `sname` and `file` fields are among them, and these two fields are then
empty. The meaning of the options is in `dhcp_options.py`. A message without a message type (BOOTP) is parsed,
too; the engine decides whether to answer it. `dhcp_request.py` reads and answers the same bytes without
turning every field into a value.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address

from ringup.errors import WireError

SERVER_PORT = 67
CLIENT_PORT = 68

REQUEST_OP = 1
REPLY_OP = 2

BROADCAST_FLAG = 0x8000
"""Set by a client that cannot receive unicast before it has its address (RFC 2131 §2, figure 2)."""

NO_ADDRESS = "0.0.0.0"

MAGIC_COOKIE = b"\x63\x82\x53\x63"

SMALLEST_MESSAGE = 300
"""Minimum size in bytes of a message. BOOTP relays and old clients drop shorter messages (RFC 1542 §2.1)."""

#   0             4             8      10      12        16       20             24
#  | op htype hlen hops |  xid  | secs | flags | ciaddr | yiaddr | siaddr       | giaddr |
#   28          44                     108                      236          240
#  | chaddr(16) | sname (64)           | file (128)             | magic cookie | options …
_HEADER = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s4s")
_SNAME_OFFSET, _SNAME_LENGTH = 44, 64
_FILE_OFFSET, _FILE_LENGTH = 108, 128
_COOKIE_OFFSET = 236
_CHADDR_LENGTH = 16

_PAD = 0
_OVERLOAD = 52
_END = 255
_LAYOUT_CODES = (_PAD, _OVERLOAD, _END)
_LONGEST_PIECE = 255


class MessageType(IntEnum):
    """The message types of option 53 (RFC 2132 §9.6)."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7
    INFORM = 8


_TYPES = {bytes([kind]): kind for kind in MessageType}


@dataclass(frozen=True, slots=True)
class Message:
    """One DHCP message; addresses are dotted text, options are (code, bytes)."""

    op: int
    """1 in a client's message, 2 in a server's."""
    xid: int
    secs: int = 0
    flags: int = 0
    client_address: str = NO_ADDRESS
    """ciaddr: the client has this address and answers on it."""
    your_address: str = NO_ADDRESS
    """yiaddr: the server gives this address."""
    next_server: str = NO_ADDRESS
    """siaddr: the server for the next step of the boot."""
    relay_address: str = NO_ADDRESS
    """giaddr: the address of the relay agent on the client's network."""
    hardware_address: bytes = b""
    """chaddr without its padding, at most 16 bytes."""
    server_name: str = ""
    boot_file: str = ""
    options: tuple[tuple[int, bytes], ...] = ()
    hardware_type: int = 1
    """The type of the hardware address; 1 is Ethernet."""
    hops: int = 0

    def option(self, code: int) -> bytes | None:
        """Return the bytes of an option, or None."""
        for number, data in self.options:
            if number == code:
                return data
        return None

    @property
    def type(self) -> MessageType | None:
        """Return option 53; None for BOOTP and for types that RFC 2132 does not name."""
        return _TYPES.get(self.option(53) or b"")


def parse(data: bytes) -> Message:
    """Read one datagram; raises WireError that names the offset."""
    if len(data) < _HEADER.size:
        raise WireError(f"a DHCP message has at least {_HEADER.size} bytes, this has {len(data)}", len(data))
    (op, hardware_type, length, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
     cookie) = _HEADER.unpack_from(data)  # fmt: skip
    if op not in (REQUEST_OP, REPLY_OP):
        raise WireError(f"op is {op}, neither request (1) nor reply (2)", 0)
    if length > _CHADDR_LENGTH:
        raise WireError(f"the hardware address claims {length} bytes, the field has {_CHADDR_LENGTH}", 2)
    if cookie != MAGIC_COOKIE:
        raise WireError("the magic cookie 99.130.83.99 is missing", _COOKIE_OFFSET)
    options, overload = read_options(data)
    return Message(
        op=op,
        xid=xid,
        secs=secs,
        flags=flags,
        client_address=_dotted(ciaddr),
        your_address=_dotted(yiaddr),
        next_server=_dotted(siaddr),
        relay_address=_dotted(giaddr),
        hardware_address=chaddr[:length],
        server_name="" if overload & 2 else _text(sname),
        boot_file="" if overload & 1 else _text(file),
        options=tuple(options.items()),
        hardware_type=hardware_type,
        hops=hops,
    )


def build(message: Message) -> bytes:
    """Write one datagram; raises ValueError for a value that its field cannot hold."""
    hardware_address = message.hardware_address
    header = _HEADER.pack(
        message.op,
        message.hardware_type,
        len(_fitting(hardware_address, _CHADDR_LENGTH, "hardware address")),
        message.hops,
        message.xid,
        message.secs,
        message.flags,
        _packed(message.client_address),
        _packed(message.your_address),
        _packed(message.next_server),
        _packed(message.relay_address),
        hardware_address,
        _fitting(message.server_name.encode("latin-1"), _SNAME_LENGTH - 1, "server name"),
        _fitting(message.boot_file.encode("latin-1"), _FILE_LENGTH - 1, "boot file"),
        MAGIC_COOKIE,
    )
    return (header + join_options(message.options) + b"\xff").ljust(SMALLEST_MESSAGE, b"\0")


def join_options(options: Iterable[tuple[int, bytes]]) -> bytes:
    """Return the encoded options in sequence, without the end option.

    Raises ValueError for the codes that structure the option field.
    """
    return b"".join(option_bytes(code, data) for code, data in options)


def read_options(data: bytes) -> tuple[dict[int, bytes], int]:
    """Return every option once, its parts joined, and the overload value; raises WireError.

    The overload value is 0 (no overload), 1 (file), 2 (sname) or 3 (both).
    """
    found: dict[int, bytes] = {}
    _collect(found, data, _HEADER.size, len(data))
    if _OVERLOAD not in found:
        return found, 0
    overload = _overload_value(found.pop(_OVERLOAD))
    # RFC 3396 §5: the aggregate is the options field, then file, then sname.
    if overload & 1:
        _collect(found, data, _FILE_OFFSET, _FILE_OFFSET + _FILE_LENGTH)
    if overload & 2:
        _collect(found, data, _SNAME_OFFSET, _SNAME_OFFSET + _SNAME_LENGTH)
    found.pop(_OVERLOAD, None)  # an overload inside the overloaded fields means nothing (RFC 2132 §9.3)
    return found, overload


def _collect(found: dict[int, bytes], data: bytes, at: int, end: int) -> None:
    """Read options (code, length, value) up to the end option or the end of the field."""
    while at < end:
        code = data[at]
        at += 1
        if code == _END:
            return
        if code == _PAD:
            continue
        if at == end:
            raise WireError(f"option {code} has no length", at)
        start = at + 1
        at = start + data[at]
        if at > end:
            raise WireError(f"option {code} has {at - start} bytes, {end - start} are left", start)
        value = data[start:at]
        found[code] = found[code] + value if code in found else value


def _overload_value(value: bytes) -> int:
    if len(value) != 1 or value[0] > 3:
        raise WireError(f"option 52 (overload) is {value.hex() or 'empty'}, not 1, 2 or 3", _HEADER.size)
    return value[0]


def option_bytes(code: int, data: bytes) -> bytes:
    """Return one encoded option, split into pieces of 255 bytes if it is longer (RFC 3396 §7).

    Raises ValueError like `join_options`.
    """
    if code in _LAYOUT_CODES or not 0 < code < _END:
        raise ValueError(f"option {code} is layout, not data")
    if len(data) <= _LONGEST_PIECE:
        return bytes((code, len(data))) + data
    cuts = range(0, len(data), _LONGEST_PIECE)
    return b"".join(option_bytes(code, data[cut : cut + _LONGEST_PIECE]) for cut in cuts)


def _dotted(address: bytes) -> str:
    return f"{address[0]}.{address[1]}.{address[2]}.{address[3]}"


def _packed(address: str) -> bytes:
    return IPv4Address(address).packed


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("latin-1")


def _fitting(value: bytes, most: int, what: str) -> bytes:
    if len(value) > most:
        raise ValueError(f"{what} has {len(value)} bytes, its field takes {most}")
    return value
