"""The network of a street: it carries frames of DHCP and datagrams of UDP, and does to them what faults say.

A datagram goes to the address that it names; a frame goes to the hardware address, or to everybody. What is
carried takes time. A fault may lose it, hold it up, double it, or turn it away.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ringup.emulator.ports import Arrival
from ringup.street.loop import StreetLoop
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT
from ringup.wire.ethernet import parse_udp_frame

DELAY = 0.0003
"""Seconds that a datagram travels if no fault says otherwise: a switched segment."""

_CLIENT_MAC_AT = 14 + 20 + 8 + 28
"""Where the client's MAC stands in a frame of DHCP whose IP header has no options."""


class Parcel(NamedTuple):
    """One datagram under way, and what is on its label."""

    source: str
    source_port: int
    destination: str
    destination_port: int
    data: bytes
    mac: str = ""
    """Of a frame with DHCP: the MAC of the phone that it is from or for."""


Fate = Sequence[float]
"""Delays in seconds, one a copy; none: the datagram is lost."""
Fault = Callable[[Parcel, Fate], Fate]
"""Takes a parcel and what is to become of it, and returns what becomes of it."""
Rewrite = Callable[[Parcel], Parcel]
"""Takes a datagram of UDP and returns the one that travels on, as a router with NAT does."""
Receive = Callable[[Parcel], None]


@dataclass(slots=True)
class Counts:
    """What has happened on the cable."""

    sent: int = 0
    lost: int = 0
    doubled: int = 0
    nobody: int = 0
    """Datagrams to an address or a port where nobody listens."""


class Cable:
    """One segment, with all that is plugged into it."""

    def __init__(self, loop: StreetLoop, on_parcel: Callable[[Parcel], None] | None = None) -> None:
        """`on_parcel` hears of everything that is sent, before any fault."""
        self._loop = loop
        self._on_parcel = on_parcel
        self.faults: list[Fault] = []
        self.rewrites: list[Rewrite] = []
        self.neighbours: dict[str, str] = {}
        """The hardware addresses of hosts that nobody knows of, by the address that each of them uses."""
        self.counts = Counts()
        self._ports: dict[tuple[str, int], Receive] = {}
        self._clients: dict[str, list[Callable[[bytes], None]]] = {}
        self._servers: list[Receive] = []

    # --- UDP ----------------------------------------------------------------------------------------------

    def listen(self, address: str, port: int, receive: Receive) -> None:
        """Take the datagrams to a port; raises OSError where somebody has it."""
        if (address, port) in self._ports:
            raise OSError(98, "Address already in use")
        self._ports[address, port] = receive

    def ignore(self, address: str, port: int) -> None:
        """Take no more datagrams to a port."""
        self._ports.pop((address, port), None)

    def is_taken(self, address: str, port: int) -> bool:
        """Return whether somebody listens there."""
        return (address, port) in self._ports

    def send(self, parcel: Parcel) -> None:
        """Carry a datagram."""
        for rewrite in self.rewrites:
            parcel = rewrite(parcel)
        for delay in self._fate(parcel):
            self._loop.call_later(delay, self._deliver, parcel)

    def _deliver(self, parcel: Parcel) -> None:
        receive = self._ports.get((parcel.destination, parcel.destination_port))
        if receive is None:
            self.counts.nobody += 1
            return
        receive(parcel)

    # --- frames with DHCP ---------------------------------------------------------------------------------

    def plug_in(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Give a phone the frames with DHCP that are for it."""
        self._clients.setdefault(mac, []).append(receive)

    def unplug(self, mac: str) -> None:
        """Give that phone no more frames."""
        self._clients.pop(mac, None)

    def serve_dhcp(self, receive: Receive) -> None:
        """Hear what phones say to DHCP servers."""
        self._servers.append(receive)

    def stop_dhcp(self, receive: Receive) -> None:
        """Hear it no more."""
        self._servers.remove(receive)

    def send_frame(self, frame: bytes) -> None:
        """Carry a frame from a phone to the DHCP servers, or from a server to a phone."""
        datagram = parse_udp_frame(frame, check_udp=False)
        if datagram is None:
            return
        mac = frame[_CLIENT_MAC_AT : _CLIENT_MAC_AT + 6].hex().upper()
        parcel = Parcel(
            datagram.source, datagram.source_port, datagram.destination, datagram.destination_port,
            datagram.payload, mac,
        )  # fmt: skip
        deliver = {SERVER_PORT: self._to_servers, CLIENT_PORT: self._to_client}.get(datagram.destination_port)
        if deliver is None:
            return
        for delay in self._fate(parcel):
            self._loop.call_later(delay, deliver, parcel, frame)

    def _to_servers(self, parcel: Parcel, _frame: bytes) -> None:
        for receive in tuple(self._servers):
            receive(parcel)

    def _to_client(self, parcel: Parcel, frame: bytes) -> None:
        for receive in tuple(self._clients.get(parcel.mac, ())):
            receive(frame)

    # --- faults -------------------------------------------------------------------------------------------

    def _fate(self, parcel: Parcel) -> Fate:
        self.counts.sent += 1
        if self._on_parcel is not None:
            self._on_parcel(parcel)
        fate: Fate = (DELAY,)
        for fault in self.faults:
            fate = fault(parcel, fate)
        self.counts.lost += not fate
        self.counts.doubled += len(fate) > 1
        return fate


def arrivals(parcel: Parcel) -> Iterator[Arrival]:
    """Return one datagram in the form in which a port of a phone takes it."""
    yield Arrival(parcel.data, (parcel.source, parcel.source_port), 0.0)
