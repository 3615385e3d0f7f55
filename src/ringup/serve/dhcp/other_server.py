"""Search for another DHCP server: send a DISCOVER like a Cisco phone's, and report the server that answers.

It sends and receives complete Ethernet frames and needs no UDP port, so it also works on an interface with a
running DHCP client.
"""

import asyncio
import secrets
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ringup.errors import BindError, WireError
from ringup.events import Event, OtherServerSeen
from ringup.serve.sockets import Interface, open_frame_listener, own_addresses, receive_frame
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import (
    BROADCAST_FLAG,
    CLIENT_PORT,
    NO_ADDRESS,
    REQUEST_OP,
    SERVER_PORT,
    Message,
    MessageType,
    build,
    parse,
)
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame, parse_udp_frame
from ringup.wire.mac import to_bytes

VENDOR_CLASS = b"Cisco Systems, Inc. IP Phone CP-7960G\0"
"""The vendor class (option 60), with the NUL that the phone sends (P-DHCP-1)."""

ASKED = bytes((1, 66, 6, 3, 15, 150, 35))
"""The parameter request list (option 55) of a 7960 (P-DHCP-3)."""

PATIENCE_SECONDS = 4.0
"""Seconds to wait for an offer. Before an offer, dnsmasq pings the address for 3 seconds (its PING_WAIT) and
ISC dhcpd for 1.
"""

TRIES = 2
"""Number of DISCOVERs sent: the first may be lost while a switch port starts."""

BETWEEN_TRIES_SECONDS = 0.75
"""Seconds between two DISCOVERs; short enough for a server that pings first to answer the last one in time.
"""

_MOST_FRAMES_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class OtherServer:
    """The server that made an offer."""

    server: str
    """Its server identifier (option 54), or the source address of the offer."""
    tftp_server: str
    """The TFTP server in its offer: option 150, 66 or siaddr, in the phone's order; empty if there is none.
    """


async def find_other_server(
    interface: str, mac: str, timeout: float = PATIENCE_SECONDS, *, nodes: Collection[str] = ()
) -> OtherServer | None:
    """Return the first other server that offers an address within this many seconds; raises BindError.

    `nodes` are the addresses of servers that share this server's leases.
    """
    xid = secrets.randbits(32)
    discover = build_udp_frame(_discover_frame(mac, xid))
    found: asyncio.Future[OtherServer] = asyncio.get_running_loop().create_future()
    ours = own_addresses() | set(nodes)
    with open_frame_listener(interface) as opened:
        loop = asyncio.get_running_loop()
        loop.add_reader(opened, _look, opened, xid, ours, found)
        try:
            until = loop.time() + timeout
            for tries_left in reversed(range(TRIES)):
                _send(opened, discover, interface)
                wait = BETWEEN_TRIES_SECONDS if tries_left else until - loop.time()
                await asyncio.wait([found], timeout=wait)
                if found.done():
                    return found.result()
        finally:
            loop.remove_reader(opened)
    return None


async def refuse_beside_other_servers(
    interface: Interface, emit: Callable[[Event], None], *, allowed: bool, nodes: Collection[str] = ()
) -> None:
    """Raise BindError if another DHCP server answers; if that is `allowed`, only report it.

    Two servers on one segment may give out the same addresses, and about half of the phones take the other
    server's offer.
    """
    other = await find_other_server(interface.name, interface.mac, nodes=nodes)
    if other is None:
        return
    emit(OtherServerSeen(time.time(), "", other.server, other.tftp_server))
    if not allowed:
        raise BindError(
            f"DHCP on {interface.name}",
            f"another server, {other.server}, answers there.",
            "Switch one of them off, or start with --no-dhcp, or with --allow-other-dhcp.",
        )


def offer_in(frame: bytes, xid: int, *, check_udp: bool = True) -> OtherServer | None:
    """Return the offer to our DISCOVER that an Ethernet frame carries, or None."""
    datagram = parse_udp_frame(frame, check_udp=check_udp)
    if datagram is None or datagram.destination_port != CLIENT_PORT:
        return None
    try:
        message = parse(datagram.payload)
        if message.xid != xid or message.type is not MessageType.OFFER:
            return None
        server = message.option(options.SERVER_ID)
        return OtherServer(options.address(server) if server else datagram.source, tftp_server(message))
    except WireError:
        return None


def tftp_server(message: Message) -> str:
    """Return the TFTP server that a phone would use: option 150, then 66, then siaddr (P-DHCP-10)."""
    addresses = message.option(options.TFTP_ADDRESSES)
    if addresses:
        return options.addresses(addresses)[0]
    name = options.text(message.option(options.TFTP_NAME) or b"")
    return name or message.next_server.replace(NO_ADDRESS, "")


def _discover_frame(mac: str, xid: int) -> UdpFrame:
    message = Message(
        op=REQUEST_OP,
        xid=xid,
        flags=BROADCAST_FLAG,
        hardware_address=to_bytes(mac),
        options=(
            (options.MESSAGE_TYPE, bytes((MessageType.DISCOVER,))),
            (options.VENDOR_CLASS, VENDOR_CLASS),
            (options.PARAMETER_LIST, ASKED),
        ),
    )
    return UdpFrame(
        source_mac=mac,
        destination_mac=BROADCAST_MAC,
        source=NO_ADDRESS,
        destination="255.255.255.255",
        source_port=CLIENT_PORT,
        destination_port=SERVER_PORT,
        payload=build(message),
    )


def _send(opened: socket.socket, frame: bytes, interface: str) -> None:
    try:
        opened.send(frame)
    except OSError as error:
        cure = f"`ip link set {interface} up` brings it up."
        raise BindError(f"a DISCOVER on {interface}", f"{error.strerror}.", cure) from error


def _look(
    opened: socket.socket, xid: int, ours: frozenset[str], found: "asyncio.Future[OtherServer]"
) -> None:
    for _ in range(_MOST_FRAMES_AT_ONCE):
        try:
            frame, summed = receive_frame(opened)
        except OSError:  # no frame is waiting, or the interface went down
            return
        offer = offer_in(frame, xid, check_udp=summed)
        if offer and offer.server not in ours and not found.done():
            found.set_result(offer)
