"""The simulated network of a street (a simulated site): it carries DHCP frames and UDP datagrams, and applies
faults.

A datagram is delivered to its destination address; a frame to its hardware address, or to all hosts. Each
delivery takes some time. A fault may drop, delay, duplicate or redirect a datagram.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ringup.emulator.ports import ReceivedDatagram
from ringup.street.loop import StreetLoop
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT
from ringup.wire.ethernet import parse_udp_frame

DELAY = 0.0003
"""Seconds that a datagram takes without a fault, as on a switched segment."""

BROADCAST = "255.255.255.255"
_CLIENT_MAC_AT = 14 + 20 + 8 + 28
"""Position of the client's MAC in a DHCP frame whose IP header has no options."""


class Datagram(NamedTuple):
    """One datagram on the network, with its sender and destination."""

    source: str
    source_port: int
    destination: str
    destination_port: int
    data: bytes
    mac: str = ""
    """For a DHCP frame: the MAC of the phone that sent it or will receive it."""


CopyDelays = Sequence[float]
"""Delays in seconds, one per copy of the datagram; empty: the datagram is lost."""
Fault = Callable[[Datagram, CopyDelays], CopyDelays]
"""Takes a datagram and the planned delays of its copies; returns the delays with the fault."""
Rewrite = Callable[[Datagram], Datagram]
"""Takes a UDP datagram and returns the one to forward, as a router with NAT does."""
Receive = Callable[[Datagram], None]


@dataclass(slots=True)
class CableCounts:
    """Counters of the datagrams and frames on the cable."""

    sent: int = 0
    lost: int = 0
    doubled: int = 0
    undeliverable: int = 0
    """Number of datagrams to an address or a port that no host has open."""


class Cable:
    """One network segment with its hosts."""

    def __init__(self, loop: StreetLoop, on_datagram: Callable[[Datagram], None] | None = None) -> None:
        """`on_datagram` is called with each datagram that is sent, before any fault applies."""
        self._loop = loop
        self._on_datagram = on_datagram
        self.faults: list[Fault] = []
        self.rewrites: list[Rewrite] = []
        self.neighbours: dict[str, str] = {}
        """The hardware addresses of unknown hosts, by the IP address that each of them uses."""
        self.counts = CableCounts()
        self._ports: dict[tuple[str, int], Receive] = {}
        self._clients: dict[str, list[Callable[[bytes], None]]] = {}
        self._servers: list[tuple[str, Receive]] = []
        """The DHCP servers, each with its address."""
        self.relays: dict[str, Receive] = {}
        """By the MAC of each phone on another segment: the relay that takes its DHCP broadcasts."""
        self._arp: list[Callable[[str, str], None]] = []

    # --- UDP ----------------------------------------------------------------------------------------------

    def listen(self, address: str, port: int, receive: Receive) -> None:
        """Open a port and pass its datagrams to `receive`; raises OSError if the port is open already."""
        if (address, port) in self._ports:
            raise OSError(98, "Address already in use")
        self._ports[address, port] = receive

    def ignore(self, address: str, port: int) -> None:
        """Close a port."""
        self._ports.pop((address, port), None)

    def is_taken(self, address: str, port: int) -> bool:
        """Return whether this port is open at this address."""
        return (address, port) in self._ports

    def send(self, datagram: Datagram) -> None:
        """Deliver a datagram to its destination, with the faults that apply now."""
        for rewrite in self.rewrites:
            datagram = rewrite(datagram)
        for delay in self._delays(datagram):
            self._loop.call_later(delay, self._deliver, datagram)

    def _deliver(self, datagram: Datagram) -> None:
        receive = self._ports.get((datagram.destination, datagram.destination_port))
        if receive is None:
            self.counts.undeliverable += 1
            return
        receive(datagram)

    # --- frames with DHCP ---------------------------------------------------------------------------------

    def plug_in(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Deliver DHCP frames to this phone from now on."""
        self._clients.setdefault(mac, []).append(receive)

    def unplug(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Deliver no more frames to this phone; a second device with its MAC stays connected."""
        self._clients[mac].remove(receive)

    def serve_dhcp(self, address: str, receive: Receive) -> None:
        """Deliver DHCP broadcasts, and the DHCP messages to this address, to this server from now on."""
        self._servers.append((address, receive))

    def stop_dhcp(self, address: str, receive: Receive) -> None:
        """Deliver no more DHCP messages to this server."""
        self._servers.remove((address, receive))

    def send_to_dhcp_server(self, datagram: Datagram) -> None:
        """Deliver a DHCP message from a relay to the server that it names."""
        for delay in self._delays(datagram):
            self._loop.call_later(delay, self._to_servers, datagram, b"")

    def listen_to_arp(self, receive: Callable[[str, str], None]) -> Callable[[], None]:
        """Deliver ARP announcements from now on; return the function that ends this."""
        self._arp.append(receive)
        return lambda: self._arp.remove(receive)

    def announce(self, address: str, mac: str) -> None:
        """Announce by ARP that a host uses this address."""
        for receive in self._arp:
            self._loop.call_later(DELAY, receive, address, mac)

    def send_frame(self, frame: bytes) -> None:
        """Deliver a frame from a phone to the DHCP servers, or from a server to a phone."""
        udp = parse_udp_frame(frame, check_udp=False)
        if udp is None:
            return
        mac = frame[_CLIENT_MAC_AT : _CLIENT_MAC_AT + 6].hex().upper()
        datagram = Datagram(
            udp.source, udp.source_port, udp.destination, udp.destination_port,
            udp.payload, mac,
        )  # fmt: skip
        deliver = {SERVER_PORT: self._to_servers, CLIENT_PORT: self._to_client}.get(udp.destination_port)
        if deliver is None:
            return
        for delay in self._delays(datagram):
            self._loop.call_later(delay, deliver, datagram, frame)

    def _to_servers(self, datagram: Datagram, _frame: bytes) -> None:
        is_for_all = datagram.destination == BROADCAST
        if is_for_all and (relay := self.relays.get(datagram.mac)) is not None:
            relay(datagram)
            return
        for address, receive in tuple(self._servers):
            if is_for_all or datagram.destination == address:
                receive(datagram)

    def _to_client(self, datagram: Datagram, frame: bytes) -> None:
        for receive in tuple(self._clients.get(datagram.mac, ())):
            receive(frame)

    # --- faults -------------------------------------------------------------------------------------------

    def _delays(self, datagram: Datagram) -> CopyDelays:
        self.counts.sent += 1
        if self._on_datagram is not None:
            self._on_datagram(datagram)
        delays: CopyDelays = (DELAY,)
        for fault in self.faults:
            delays = fault(datagram, delays)
        self.counts.lost += not delays
        self.counts.doubled += len(delays) > 1
        return delays


def arrivals(datagram: Datagram) -> Iterator[ReceivedDatagram]:
    """Yield one datagram in the type that a phone's port receives."""
    yield ReceivedDatagram(datagram.data, (datagram.source, datagram.source_port), 0.0)
