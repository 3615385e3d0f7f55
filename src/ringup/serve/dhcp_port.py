"""One interface's DHCP sockets: UDP port 67, and a raw one for clients without an address and for ARP."""

from collections.abc import Iterator
from typing import Protocol

from ringup.engine.dhcp import Arrival, Delivery, DhcpReply
from ringup.serve.drops import DropCount, log_queue
from ringup.serve.sockets import (
    LARGEST_DATAGRAM,
    PKTINFO_ROOM,
    Interface,
    destination_of,
    from_address,
    interface_named,
    open_arp,
    open_udp,
    state_of,
)
from ringup.wire.arp import build_request, parse_sender
from ringup.wire.dhcp import SERVER_PORT
from ringup.wire.ethernet import UdpFrame, build_udp_frame


class Port(Protocol):
    """One interface's way in and out; DhcpPort is the real one."""

    index: int
    """The kernel's number of the interface."""

    def fileno(self) -> int:
        """What the event loop watches for DHCP messages."""

    def arp_fileno(self) -> int:
        """What the event loop watches for ARP."""

    def receive(self, most: int) -> Iterator[tuple[bytes, Arrival]]:
        """Up to `most` datagrams that are already here; raises OSError."""

    def send(self, reply: DhcpReply) -> None:
        """Obey the route; raises OSError."""

    def ask_for(self, address: str, source: str) -> None:
        """Ask by ARP who has an address; raises OSError."""

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        """The address and MAC of the senders of up to `most` ARP frames that are here; raises OSError."""

    def dropped(self) -> int:
        """DHCP messages that the kernel threw away since the last call."""

    def refresh(self) -> None:
        """Look up the interface's addresses again."""

    def close(self) -> None:
        """Give the sockets back."""


class DhcpPort:
    """The sockets of a real interface."""

    def __init__(self, name: str) -> None:
        """Open them; raises BindError."""
        self.interface: Interface = interface_named(name)
        self.index = state_of(name).index
        self._udp = open_udp(name, SERVER_PORT)
        try:
            self._raw = open_arp(name)
        except BaseException:
            self._udp.close()
            raise
        self._drops = DropCount([self._udp])
        log_queue(f"DHCP on {name}", self._udp)
        # Both repeat for every datagram, so each is worked out once: from the kernel's packet information to
        # an arrival, and from an address of ours to the packet information that makes a reply leave from it.
        self._arrivals: dict[bytes, Arrival] = {}
        self._sources: dict[str, list[tuple[int, int, bytes]]] = {}

    def fileno(self) -> int:
        """What the event loop watches for DHCP messages."""
        return self._udp.fileno()

    def arp_fileno(self) -> int:
        """What the event loop watches for ARP."""
        return self._raw.fileno()

    def receive(self, most: int) -> Iterator[tuple[bytes, Arrival]]:
        """Up to `most` datagrams that are already here; raises OSError."""
        receive, arrivals = self._udp.recvmsg, self._arrivals
        for _ in range(most):
            try:
                data, ancillary, _, _ = receive(LARGEST_DATAGRAM, PKTINFO_ROOM)
            except BlockingIOError:
                return
            info = ancillary[0][2] if ancillary else b""
            yield data, arrivals.get(info) or self._new_arrival(info, ancillary)

    def send(self, reply: DhcpReply) -> None:
        """Obey the route; raises OSError."""
        route = reply.route
        if route.delivery is Delivery.HARDWARE:
            self._raw.send(build_udp_frame(self._frame(reply)))
            return
        source = self._sources.get(reply.source)
        if source is None:
            source = self._sources[reply.source] = from_address(reply.source)
        self._udp.sendmsg([reply.data], source, 0, (route.address, route.port))

    def ask_for(self, address: str, source: str) -> None:
        """Ask by ARP who has an address; raises OSError.

        As an ordinary request, from our address: a probe from 0.0.0.0 would stop another host that is just
        probing the same address for itself (RFC 5227 §2.1.1).
        """
        self._raw.send(build_request(self.interface.mac, source, address))

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        """The address and MAC of the senders of up to `most` ARP frames that are here; raises OSError."""
        for _ in range(most):
            try:
                sender = parse_sender(self._raw.recv(LARGEST_DATAGRAM))
            except BlockingIOError:
                return
            if sender and sender[1] != self.interface.mac:
                yield sender

    def dropped(self) -> int:
        """DHCP messages that the kernel threw away since the last call."""
        return self._drops.more()

    def refresh(self) -> None:
        """Look up the interface's addresses again."""
        fresh = interface_named(self.interface.name)
        if fresh != self.interface:
            self.interface = fresh
            self._arrivals.clear()

    def close(self) -> None:
        """Give both sockets back."""
        self._udp.close()
        self._raw.close()

    def _new_arrival(self, info: bytes, ancillary: list[tuple[int, int, bytes]]) -> Arrival:
        to, ours = destination_of(ancillary), self.interface.addresses
        addresses = (to, *(address for address in ours if address != to)) if to else ours
        arrival = self._arrivals[info] = Arrival(self.interface.name, addresses, unicast=bool(to))
        return arrival

    def _frame(self, reply: DhcpReply) -> UdpFrame:
        return UdpFrame(
            source_mac=self.interface.mac,
            destination_mac=reply.route.mac,
            source=reply.source,
            destination=reply.route.address,
            source_port=SERVER_PORT,
            destination_port=reply.route.port,
            payload=reply.data,
        )
