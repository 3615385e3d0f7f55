"""Read a client's message and those of its options that decide the answer."""

from functools import lru_cache
from typing import NamedTuple

from ringup.engine.dhcp.route import Arrival
from ringup.errors import WireError
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import NO_ADDRESS, MessageType
from ringup.wire.dhcp_request import DhcpRequest
from ringup.wire.ipv4 import NOWHERE, dotted

CISCO_PREFIXES = ("Cisco Systems", "CISCO ATA19")
"""Beginnings of option 60 that Cisco phones (P-DHCP-2) and the ATA 190 to 192 (P-DHCP-22) send."""

MOST_KNOWN = 256
"""Maximum number of cached vendor classes, and of cached addresses of relays and servers; the least recently
used are dropped.
"""

# Names of this module, because each message uses them and such names are found faster.
_VENDOR_CLASS, _PARAMETER_LIST, _SECONDS = options.VENDOR_CLASS, options.PARAMETER_LIST, options.LEASE_SECONDS
_DECLINE = bytes((MessageType.DECLINE,))
_REQUESTED_ADDRESS, _SERVER_ID = options.REQUESTED_ADDRESS, options.SERVER_ID


class ClientMessage(NamedTuple):
    """A client's message: its fields, and how it arrived."""

    request: DhcpRequest
    arrival: Arrival
    mac: str
    client: str
    """The client's present address (ciaddr); 0.0.0.0: none."""
    relay: str
    """The relay's address (giaddr); 0.0.0.0: none."""
    vendor_class: str
    is_cisco: bool
    requested: str
    """The address that the client requests (option 50); empty: none."""
    server: str
    """The server that the client names (option 54); empty: none."""
    requested_options: bytes
    """Option 55: the requested option codes, in the client's order."""
    lease_seconds: int
    """The lease time that the client requests (option 51); 0: none."""


def read_client_message(request: DhcpRequest, arrival: Arrival) -> ClientMessage:
    """Parse the options; raises WireError that names the malformed option."""
    sent, client, relay = request.options, request.client_address, request.relay_address
    vendor_class, is_cisco = _vendor(sent.get(_VENDOR_CLASS, b""))
    return ClientMessage(
        request,
        arrival,
        request.hardware_address.hex().upper(),
        NO_ADDRESS if client == NOWHERE else dotted(client),
        NO_ADDRESS if relay == NOWHERE else _often_dotted(relay),
        vendor_class,
        is_cisco,
        dotted(_four(sent, _REQUESTED_ADDRESS, "an address")) if _REQUESTED_ADDRESS in sent else "",
        _often_dotted(_four(sent, _SERVER_ID, "an address")) if _SERVER_ID in sent else "",
        sent.get(_PARAMETER_LIST, b""),
        int.from_bytes(_four(sent, _SECONDS, "a number of seconds"), "big") if _SECONDS in sent else 0,
    )


def is_decline(message: ClientMessage) -> bool:
    """Return whether the message is a DHCPDECLINE."""
    return message.request.options[options.MESSAGE_TYPE] == _DECLINE


@lru_cache(maxsize=MOST_KNOWN)
def _vendor(data: bytes) -> tuple[str, bool]:
    text = options.text(data)
    return text, text.startswith(CISCO_PREFIXES)


_often_dotted = lru_cache(maxsize=MOST_KNOWN)(dotted)


def _four(sent: dict[int, bytes], code: int, what: str) -> bytes:
    data = sent[code]
    if len(data) != 4:
        raise _broken(code, f"{what} has 4 bytes, this has {len(data)}")
    return data


def _broken(code: int, what: str) -> WireError:
    return WireError(f"option {code} ({options.OPTIONS[code].name}): {what}", 0)
