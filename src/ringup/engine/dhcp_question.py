"""A client's message with the options understood that decide the answer."""

from typing import NamedTuple

from ringup.engine.dhcp_route import Arrival
from ringup.errors import WireError
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import NO_ADDRESS
from ringup.wire.dhcp_request import Request
from ringup.wire.ipv4 import NOWHERE, dotted

CISCO_PREFIX = "Cisco Systems"
"""How option 60 of every Cisco phone begins (fact sheet §1.2, server rule)."""


class Question(NamedTuple):
    """What is asked, by whom, and how it came."""

    request: Request
    arrival: Arrival
    mac: str
    client: str
    """ciaddr; 0.0.0.0: none."""
    relay: str
    """giaddr; 0.0.0.0: none."""
    vendor_class: str
    is_cisco: bool
    requested: str
    """Option 50; empty: none."""
    server: str
    """Option 54; empty: none."""
    asked: bytes
    """Option 55: the codes it wants, in its order."""
    lease_seconds: int
    """Option 51; 0: none."""


def read_question(request: Request, arrival: Arrival) -> Question:
    """Understand the options; raises WireError that names the one which is not what it claims to be."""
    told, client, relay = request.options, request.client_address, request.relay_address
    vendor_class = options.text(told.get(options.VENDOR_CLASS, b""))
    return Question(
        request,
        arrival,
        request.hardware_address.hex().upper(),
        NO_ADDRESS if client == NOWHERE else dotted(client),
        NO_ADDRESS if relay == NOWHERE else dotted(relay),
        vendor_class,
        vendor_class.startswith(CISCO_PREFIX),
        _address(told, options.REQUESTED_ADDRESS) if options.REQUESTED_ADDRESS in told else "",
        _address(told, options.SERVER_ID) if options.SERVER_ID in told else "",
        told.get(options.PARAMETER_LIST, b""),
        _seconds(told, options.LEASE_SECONDS) if options.LEASE_SECONDS in told else 0,
    )


def _address(told: dict[int, bytes], code: int) -> str:
    data = told[code]
    if len(data) != 4:
        raise _broken(code, f"an address has 4 bytes, this has {len(data)}")
    return dotted(data)


def _seconds(told: dict[int, bytes], code: int) -> int:
    data = told[code]
    if len(data) != 4:
        raise _broken(code, f"a number of seconds has 4 bytes, this has {len(data)}")
    return int.from_bytes(data, "big")


def _broken(code: int, what: str) -> WireError:
    return WireError(f"option {code} ({options.OPTIONS[code].name}): {what}", 0)
