"""TFTP packets: bytes to values and back.

Sources: RFC 1350 (the protocol), RFC 2347 (options). Strategy: names and texts are Latin-1, so that every
byte survives the round trip; modes and option names are compared without case (RFC 1350 §5, RFC 2347), so
they are kept in lower case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from ringup.errors import WireError
from ringup.wire.reader import Reader

LONGEST_REQUEST = 512
"""Maximum size in bytes of a request with all its options (RFC 2347)."""

LARGEST_BLOCK = 65464
"""Maximum payload in bytes: the largest blksize (RFC 2348), which just fits into a UDP datagram."""

LONGEST_MESSAGE = 512
"""Maximum number of bytes kept of an error's text. RFC 1350 names no limit, so the limit of
requests is used.
"""

BLOCK_NUMBERS = 65536
"""Number of block numbers, which have 16 bits and wrap."""


class Opcode(IntEnum):
    """The type of a packet: its first two bytes."""

    READ_REQUEST = 1
    WRITE_REQUEST = 2
    DATA = 3
    ACK = 4
    ERROR = 5
    OPTION_ACK = 6


class ErrorCode(IntEnum):
    """The numbers of RFC 1350's appendix and of RFC 2347."""

    NOT_DEFINED = 0
    FILE_NOT_FOUND = 1
    ACCESS_VIOLATION = 2
    DISK_FULL = 3
    ILLEGAL_OPERATION = 4
    UNKNOWN_TRANSFER_ID = 5
    FILE_EXISTS = 6
    NO_SUCH_USER = 7
    OPTIONS_REFUSED = 8


# 2 bytes  string    1 byte  string   1 byte  string    1 byte  string   1 byte
# +-------+---~~---+---+---~~---+---+---~~---+---+---~~---+---+-->
# | 1 | 2 |  name  | 0 |  mode  | 0 | option | 0 | value  | 0 |  more options
# +-------+---~~---+---+---~~---+---+---~~---+---+---~~---+---+-->


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """RRQ: the client requests a file."""

    name: str
    """The name as the requester spelt it."""
    mode: str = "octet"
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """WRQ: the client wants to send a file."""

    name: str
    mode: str = "octet"
    options: Mapping[str, str] = field(default_factory=dict)


# 2 bytes  2 bytes   0 to blksize bytes
# +-------+---------+---~~---+
# |   3   |  block  |  data  |
# +-------+---------+---~~---+


@dataclass(frozen=True, slots=True)
class Data:
    """DATA: a piece of the file; a piece shorter than the block size is the last."""

    block: int
    """The block's number: 1 is the first, and after 65535 comes 0."""
    payload: bytes


# 2 bytes  2 bytes
# +-------+---------+
# |   4   |  block  |
# +-------+---------+


@dataclass(frozen=True, slots=True)
class Ack:
    """ACK: this block, and all before it, arrived; block 0 acknowledges an OACK."""

    block: int


# 2 bytes  2 bytes  string   1 byte
# +-------+--------+---~~---+---+
# |   5   |  code  | message| 0 |
# +-------+--------+---~~---+---+


@dataclass(frozen=True, slots=True)
class Error:
    """ERROR: the transfer ends."""

    code: int
    message: str


# 2 bytes  string   1 byte  string   1 byte
# +-------+---~~---+---+---~~---+---+-->
# |   6   | option | 0 | value  | 0 |  more options
# +-------+---~~---+---+---~~---+---+-->


@dataclass(frozen=True, slots=True)
class OptionAck:
    """OACK: the requested options that the server accepts, with its values (RFC 2347)."""

    options: Mapping[str, str]


_READ_REQUEST = Opcode.READ_REQUEST.to_bytes(2, "big")
_NO_OPTIONS: Mapping[str, str] = {}

Packet = ReadRequest | WriteRequest | Data | Ack | Error | OptionAck


def acked_block(data: bytes) -> int:
    """Return the block number of an ACK, or -1 for any other datagram.

    It is fast, so a server calls it before `parse`.
    """
    if len(data) >= 4 and data[0] == 0 and data[1] == Opcode.ACK:
        return data[2] << 8 | data[3]
    return -1


def parse(data: bytes) -> Packet:
    """Read one datagram; raises WireError."""
    if request := _plain_request(data):
        return request
    reader = Reader(data)
    number = reader.uint16("an opcode")
    match number:
        case Opcode.READ_REQUEST:
            return ReadRequest(*_request(reader, len(data)))
        case Opcode.WRITE_REQUEST:
            return WriteRequest(*_request(reader, len(data)))
        case Opcode.DATA:
            return _data(reader)
        case Opcode.ACK:
            return Ack(reader.uint16("a block number"))
        case Opcode.ERROR:
            return _error(reader)
        case Opcode.OPTION_ACK:
            return OptionAck(_options(reader))
    raise WireError(f"{number} is not an opcode of TFTP", 0)


def _plain_request(data: bytes) -> ReadRequest | None:
    """Read the usual request of a phone fast: a read request without options and without faults."""
    if len(data) > LONGEST_REQUEST or not data.startswith(_READ_REQUEST):
        return None
    fields = data[2:].split(b"\0")
    if len(fields) != 3 or fields[2] or not fields[0]:
        return None
    return ReadRequest(fields[0].decode("latin-1"), fields[1].decode("latin-1").lower(), _NO_OPTIONS)


def build(packet: Packet) -> bytes:
    """Return the datagram of a packet."""
    match packet:
        case ReadRequest(name, mode, options):
            return _number(Opcode.READ_REQUEST) + _texts(name, mode) + _option_texts(options)
        case WriteRequest(name, mode, options):
            return _number(Opcode.WRITE_REQUEST) + _texts(name, mode) + _option_texts(options)
        case Data(block, payload):
            return _number(Opcode.DATA) + _number(block) + payload
        case Ack(block):
            return _number(Opcode.ACK) + _number(block)
        case Error(code, message):
            return _number(Opcode.ERROR) + _number(code) + _texts(message)
    return _number(Opcode.OPTION_ACK) + _option_texts(packet.options)


def _request(reader: Reader, length: int) -> tuple[str, str, dict[str, str]]:
    if length > LONGEST_REQUEST:
        raise WireError(f"a request has {length} bytes, more than {LONGEST_REQUEST}", LONGEST_REQUEST)
    name = _text(reader, "a file name")
    if not name:
        raise WireError("a request names no file", 2)
    return name, _text(reader, "a mode").lower(), _options(reader)


def _options(reader: Reader) -> dict[str, str]:
    options: dict[str, str] = {}
    while reader.remaining:
        name = _text(reader, "an option's name").lower()
        if not name:  # padding: boot loaders are known to fill a request up with zeros
            break
        options.setdefault(name, _text(reader, f"option {name!r}"))  # RFC 2347: an option counts only once
    return options


def _data(reader: Reader) -> Data:
    block = reader.uint16("a block number")
    if reader.remaining > LARGEST_BLOCK:
        raise WireError(f"a block has {reader.remaining} bytes, more than {LARGEST_BLOCK}", reader.offset)
    return Data(block, reader.rest())


def _error(reader: Reader) -> Error:
    code = reader.uint16("an error code")
    return Error(code, reader.until_nul("an error message")[:LONGEST_MESSAGE].decode("latin-1"))


def _text(reader: Reader, what: str) -> str:
    return reader.until_nul(what).decode("latin-1")


def _number(value: int) -> bytes:
    return value.to_bytes(2, "big")


def _texts(*texts: str) -> bytes:
    return b"".join(text.encode("latin-1") + b"\0" for text in texts)


def _option_texts(options: Mapping[str, str]) -> bytes:
    return b"".join(_texts(name, value) for name, value in options.items())
