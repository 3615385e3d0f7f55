"""How a DHCP message arrived, and where its reply goes, which depends on the packet alone.

Source: RFC 2131 §4.1.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ringup.wire.dhcp import BROADCAST_FLAG, CLIENT_PORT, NO_ADDRESS, SERVER_PORT

EVERYBODY = "255.255.255.255"

FRAGMENTS = "fragments"
"""Used as the source of a message that came in several frames. No phone sends such a message, and its
hardware address cannot be compared with a frame's.
"""


class Delivery(StrEnum):
    """The four ways to deliver a reply of RFC 2131 §4.1."""

    RELAY = "relay"
    UNICAST = "unicast"
    BROADCAST = "broadcast"
    HARDWARE = "hardware"
    """In a frame to the hardware address of a client that does not answer ARP yet."""


_RELAY, _HARDWARE = Delivery.RELAY, Delivery.HARDWARE


class Route(NamedTuple):
    """The destination of a reply."""

    delivery: Delivery
    address: str
    port: int
    mac: str = ""
    """The hardware address; only for `HARDWARE`."""


TO_EVERYBODY = Route(Delivery.BROADCAST, EVERYBODY, CLIENT_PORT)


@dataclass(frozen=True, slots=True)
class Arrival:
    """The interface, the addresses and the kind of delivery by which a message arrived."""

    interface: str
    addresses: tuple[str, ...]
    """This server's addresses on that interface; first the address that the message was sent to, if it was
    unicast.
    """
    unicast: bool = False
    """True if the message was sent to one of this server's addresses, and not broadcast."""
    source: str = ""
    """The IP address that the message came from; empty: unknown."""
    frame_source: str = ""
    """The MAC that sent the message, if it is not the client's own, or FRAGMENTS; empty: the client's own, or
    unknown.
    """


def route_of(relay: str, client: str, flags: int, mac: str, your_address: str) -> Route:
    """Return the destination of an OFFER or ACK; `your_address` is 0.0.0.0 in the answer to an INFORM."""
    if relay != NO_ADDRESS:
        return Route(_RELAY, relay, SERVER_PORT)
    # The ciaddr is believed only if it is the address in the reply, or the reply is to an INFORM: otherwise
    # another host may own it.
    if client != NO_ADDRESS and your_address in (client, NO_ADDRESS):
        return Route(Delivery.UNICAST, client, CLIENT_PORT)
    if flags & BROADCAST_FLAG:
        return TO_EVERYBODY
    return Route(_HARDWARE, your_address, CLIENT_PORT, mac)


def route_of_nak(relay: str) -> Route:
    """Return the route of a NAK, through the relay or by broadcast: the client has no usable address."""
    return TO_EVERYBODY if relay == NO_ADDRESS else Route(Delivery.RELAY, relay, SERVER_PORT)
