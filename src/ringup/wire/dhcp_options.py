"""The DHCP options of a phone's boot: code, name, codec, sender, and the option's use for a phone.

Sources: RFC 2132 unless a row names another; P-DHCP-3 for the options that phones request and send.

Strategy: one row per option. `encode` and `decode` use the row's codec; an option without a row is bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from ringup.errors import WireError

Value = str | int | bytes | tuple[str, ...]
"""The value of an option: text or one address, a number, bytes, or several addresses."""


@dataclass(frozen=True, slots=True)
class ValueFormat:
    """The byte format of a value; `encode` raises ValueError or TypeError, `decode` raises WireError."""

    name: str
    encode: Callable[[Value], bytes]
    decode: Callable[[bytes], Value]


@dataclass(frozen=True, slots=True)
class Option:
    """One row: an option, and its use for a phone."""

    code: int
    name: str
    codec: ValueFormat
    sent_by: str
    """The sender of the option: `phone`, `server`, `both` or `relay`."""
    why: str


def address(data: bytes) -> str:
    """Return four bytes as one dotted IPv4 address; raises WireError for another length."""
    if len(data) != 4:
        raise WireError(f"an address has 4 bytes, this has {len(data)}", 0)
    return f"{data[0]}.{data[1]}.{data[2]}.{data[3]}"


def addresses(data: bytes) -> tuple[str, ...]:
    """Return bytes as dotted IPv4 addresses, in order of preference; raises WireError for a wrong length."""
    if not data or len(data) % 4:
        raise WireError(f"a list of addresses has a multiple of 4 bytes, this has {len(data)}", 0)
    return tuple(address(data[start : start + 4]) for start in range(0, len(data), 4))


def text(data: bytes) -> str:
    """Return bytes as text, without the NULs that the phones append (P-DHCP-2)."""
    return data.rstrip(b"\0").decode("latin-1")


def number(data: bytes, length: int) -> int:
    """Return bytes as an unsigned big-endian number; raises WireError if their number is not `length`."""
    if len(data) != length:
        raise WireError(f"a number of {length} bytes was expected, this has {len(data)}", 0)
    return int.from_bytes(data, "big")


def pack_addresses(values: tuple[str, ...]) -> bytes:
    """Return the bytes of one or more dotted addresses."""
    return b"".join(IPv4Address(value).packed for value in values)


def _pack_address(value: Value) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not one dotted address")
    return IPv4Address(value).packed


def _pack_addresses(value: Value) -> bytes:
    if not isinstance(value, tuple) or not value:
        raise TypeError(f"{value!r} is not a tuple of dotted addresses")
    return pack_addresses(value)


def _pack_text(value: Value) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value.encode("latin-1")


def _pack_bytes(value: Value) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError(f"{value!r} is not bytes")
    return value


def _number_codec(length: int) -> ValueFormat:
    def encode_number(value: Value) -> bytes:
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(f"{value!r} is not a number")
        if not 0 <= value < 1 << 8 * length:
            raise ValueError(f"{value} does not fit into {length} bytes")
        return value.to_bytes(length, "big")

    return ValueFormat(f"uint{8 * length}", encode_number, lambda data: number(data, length))


ADDRESS = ValueFormat("address", _pack_address, address)
ADDRESSES = ValueFormat("addresses", _pack_addresses, addresses)
TEXT = ValueFormat("text", _pack_text, text)
UINT8 = _number_codec(1)
UINT16 = _number_codec(2)
UINT32 = _number_codec(4)
BYTES = ValueFormat("bytes", _pack_bytes, lambda data: data)

SUBNET_MASK = 1
ROUTERS = 3
DNS_SERVERS = 6
HOST_NAME = 12
DOMAIN = 15
ARP_CACHE_TIMEOUT = 35
NTP_SERVERS = 42
REQUESTED_ADDRESS = 50
LEASE_SECONDS = 51
MESSAGE_TYPE = 53
SERVER_ID = 54
PARAMETER_LIST = 55
REASON = 56
MOST_BYTES = 57
RENEW_SECONDS = 58
REBIND_SECONDS = 59
VENDOR_CLASS = 60
CLIENT_ID = 61
TFTP_NAME = 66
RELAY_AGENT = 82
TFTP_ADDRESSES = 150

OPTIONS: Mapping[int, Option] = {
    option.code: option
    for option in (
        Option(SUBNET_MASK, "subnet mask", ADDRESS, "server", "what it can reach without the router"),
        Option(2, "time offset", UINT32, "server", "not requested; the clock comes from SIPDefault.cnf"),
        Option(ROUTERS, "routers", ADDRESSES, "server", "the way to a PBX or TFTP server elsewhere"),
        Option(DNS_SERVERS, "DNS servers", ADDRESSES, "server", "needed when proxy1_address is a name"),
        Option(HOST_NAME, "host name", TEXT, "both", "the phone's name; a 7960 does not request it"),
        Option(DOMAIN, "domain", TEXT, "server", "completes short names"),
        Option(28, "broadcast address", ADDRESS, "server", "follows from the mask; not requested"),
        Option(ARP_CACHE_TIMEOUT, "ARP cache timeout", UINT32, "server",
               "seconds; asked for; 600 kept a phone behind a second switch reachable (P-DHCP-12)"),
        Option(NTP_SERVERS, "NTP servers", ADDRESSES, "server", "not requested; sntp_server is in its file"),
        Option(43, "vendor options", BYTES, "both", "not asked for"),
        Option(REQUESTED_ADDRESS, "requested address", ADDRESS, "phone", "what it had, or was offered"),
        Option(LEASE_SECONDS, "lease time", UINT32, "both", "seconds until the address is gone"),
        Option(52, "overload", UINT8, "both", "options go on in the sname and file fields"),
        Option(MESSAGE_TYPE, "message type", UINT8, "both", "1 DISCOVER … 8 INFORM"),
        Option(SERVER_ID, "server identifier", ADDRESS, "both", "whose offer it takes; where it renews"),
        Option(PARAMETER_LIST, "parameter request list", BYTES, "phone", "7960: 1, 66, 6, 3, 15, 150, 35"),
        Option(REASON, "message", TEXT, "both", "the reason for a refused address, as text"),
        Option(MOST_BYTES, "maximum message size", UINT16, "phone", "the longest reply it can take"),
        Option(RENEW_SECONDS, "renewal time", UINT32, "server", "T1: it asks us again, half of the lease"),
        Option(REBIND_SECONDS, "rebinding time", UINT32, "server", "T2: it asks anybody, 7/8 of the lease"),
        Option(VENDOR_CLASS, "vendor class", TEXT, "phone",
               "`Cisco Systems, Inc. IP Phone CP-7960G` and a NUL: how we know a Cisco phone"),
        Option(CLIENT_ID, "client identifier", BYTES, "phone", "sent back in every reply (RFC 6842)"),
        Option(TFTP_NAME, "TFTP server name", TEXT, "server", "where the files are, as text"),
        Option(67, "boot file name", TEXT, "server", "not requested; the phone knows its files' names"),
        Option(RELAY_AGENT, "relay agent information", BYTES, "relay",
               "the switch port it came from; sent back unchanged (RFC 3046)"),
        Option(TFTP_ADDRESSES, "TFTP server addresses", ADDRESSES, "server",
               "where the files are; wins over 66 and siaddr; two are a redundant pair (RFC 5859)"),
    )
}  # fmt: skip
"""All known options, by code."""


def encode(code: int, value: Value) -> bytes:
    """Return the bytes of an option; raises TypeError or ValueError for a value of the wrong kind or size."""
    return _codec(code).encode(value)


def decode(code: int, data: bytes) -> Value:
    """Return the value of an option; raises WireError with the offset inside the option."""
    return _codec(code).decode(data)


def _codec(code: int) -> ValueFormat:
    option = OPTIONS.get(code)
    return option.codec if option else BYTES
