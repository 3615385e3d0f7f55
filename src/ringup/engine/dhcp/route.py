"""The way of a DHCP message to the server, and of its reply: the packet decides, the socket obeys.

Source: RFC 2131 §4.1.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ringup.wire.dhcp import BROADCAST_FLAG, CLIENT_PORT, NO_ADDRESS, SERVER_PORT

EVERYBODY = "255.255.255.255"


class Delivery(StrEnum):
    """The four ways of RFC 2131 §4.1."""

    RELAY = "relay"
    UNICAST = "unicast"
    BROADCAST = "broadcast"
    HARDWARE = "hardware"
    """To an address that answers no ARP yet: the frame must name the hardware address itself."""


_RELAY, _HARDWARE = Delivery.RELAY, Delivery.HARDWARE


class Route(NamedTuple):
    """The destination of a reply."""

    delivery: Delivery
    address: str
    port: int
    mac: str = ""
    """Only for `HARDWARE`."""


TO_EVERYBODY = Route(Delivery.BROADCAST, EVERYBODY, CLIENT_PORT)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The way that a message arrived."""

    interface: str
    addresses: tuple[str, ...]
    """Ours on that interface; the one it was sent to first, if it was unicast."""
    unicast: bool = False
    """True if the message was sent to one of our addresses and not broadcast."""
    source: str = ""
    """The IP address that it came from; empty: not known."""


def route_of(relay: str, client: str, flags: int, mac: str, your_address: str) -> Route:
    """Return where to send an OFFER or ACK; `your_address` is 0.0.0.0 in the answer to an INFORM."""
    if relay != NO_ADDRESS:
        return Route(_RELAY, relay, SERVER_PORT)
    # A ciaddr that we neither give nor were asked about is not believed: it may belong to somebody else.
    if client != NO_ADDRESS and your_address in (client, NO_ADDRESS):
        return Route(Delivery.UNICAST, client, CLIENT_PORT)
    if flags & BROADCAST_FLAG:
        return TO_EVERYBODY
    return Route(_HARDWARE, your_address, CLIENT_PORT, mac)


def route_of_nak(relay: str) -> Route:
    """A NAK goes through the relay or to everybody: its client has no address that can be used."""
    return TO_EVERYBODY if relay == NO_ADDRESS else Route(Delivery.RELAY, relay, SERVER_PORT)
