"""The DHCP server's sockets, clock and disk; what is answered is decided in `engine.dhcp`.

Strategy: everything that waits on a socket is taken at once, answered by the engine, saved in one commit, and
only then sent. `open` binds, as root; `start` begins to read, after the privileges are gone.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from ringup.engine.dhcp import Arrival, Delivery, DhcpReply, DhcpServer
from ringup.engine.leases import Lease
from ringup.errors import WireError
from ringup.events import AddressLeased, AddressOffered, AddressRefused, Event, ServerFault
from ringup.serve.sockets import (
    Interface,
    interface_named,
    open_frame_sender,
    open_udp,
    receive_waiting,
    send_from,
)
from ringup.wire.dhcp import SERVER_PORT, build, parse
from ringup.wire.ethernet import UdpFrame, build_udp_frame

MOST_AT_ONCE = 256
"""Datagrams taken from one socket, and saved in one commit, before TFTP gets its turn: some 30 ms."""

_CLAIMS = (AddressLeased, AddressOffered, AddressRefused)
"""Events that say a reply left."""


class Port(Protocol):
    """One interface's way in and out; DhcpPort is the real one."""

    def fileno(self) -> int:
        """What the event loop watches."""

    def receive(self, most: int) -> Iterator[tuple[bytes, Arrival]]:
        """Up to `most` datagrams that are already here."""

    def send(self, reply: DhcpReply) -> None:
        """Obey the route; raises OSError."""

    def close(self) -> None:
        """Give the sockets back."""


class DhcpPort:
    """UDP port 67 of one interface, and a raw socket for clients that answer no ARP yet."""

    def __init__(self, name: str) -> None:
        self.interface: Interface = interface_named(name)
        self._udp = open_udp(name, SERVER_PORT)
        try:
            self._raw = open_frame_sender(name)
        except BaseException:
            self._udp.close()
            raise

    def fileno(self) -> int:
        """What the event loop watches."""
        return self._udp.fileno()

    def receive(self, most: int) -> Iterator[tuple[bytes, Arrival]]:
        """Up to `most` datagrams that are already here."""
        ours = self.interface.addresses
        for datagram in receive_waiting(self._udp, most):
            to = datagram.to
            addresses = (to, *(address for address in ours if address != to)) if to else ours
            yield datagram.data, Arrival(self.interface.name, addresses, unicast=bool(to))

    def send(self, reply: DhcpReply) -> None:
        """Obey the route; raises OSError."""
        data, route = build(reply.message), reply.route
        if route.delivery is not Delivery.HARDWARE:
            send_from(self._udp, data, reply.source, (route.address, route.port))
            return
        frame = UdpFrame(
            source_mac=self.interface.mac,
            destination_mac=route.mac,
            source=reply.source,
            destination=route.address,
            source_port=SERVER_PORT,
            destination_port=route.port,
            payload=data,
        )
        self._raw.send(build_udp_frame(frame))

    def close(self) -> None:
        """Give both sockets back."""
        self._udp.close()
        self._raw.close()


class DhcpService:
    """A DHCP server on one or more interfaces."""

    def __init__(
        self,
        interfaces: Sequence[str],
        engine: DhcpServer,
        save_leases: Callable[[Sequence[Lease]], None],
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
        *,
        open_port: Callable[[str], Port] = DhcpPort,
    ) -> None:
        """`save_leases` is called once a batch, and what it was given is durable when it returns."""
        self._interfaces = tuple(interfaces)
        self._engine = engine
        self._save_leases = save_leases
        self._emit = emit
        self._clock = clock
        self._open_port = open_port
        self._ports: list[Port] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._unsaved: dict[str, Lease] = {}

    def open(self) -> None:
        """Bind every interface; raises BindError and leaves none open."""
        try:
            for name in self._interfaces:
                self._ports.append(self._open_port(name))
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Begin to serve, on the running loop."""
        self._loop = asyncio.get_running_loop()
        for port in self._ports:
            self._loop.add_reader(port.fileno(), self._serve, port)

    def close(self) -> None:
        """Stop serving and give the sockets back."""
        for port in self._ports:
            if self._loop:
                self._loop.remove_reader(port.fileno())
            port.close()
        self._ports.clear()

    def _serve(self, port: Port) -> None:
        now = self._clock()
        replies: list[DhcpReply] = []
        try:
            for data, arrival in port.receive(MOST_AT_ONCE):
                replies += self._answers(data, arrival, now)
        except OSError as error:  # the interface went down; the socket lives on
            self._fault(now, "", f"DHCP cannot receive: {error}")
        saved = self._save(now)
        if saved:
            for reply in replies:
                self._send(port, reply, now)
        for event in self._engine.take_events():
            if saved or not isinstance(event, _CLAIMS):
                self._emit(event)

    def _answers(self, data: bytes, arrival: Arrival, now: float) -> list[DhcpReply]:
        """The engine's reply to one datagram; a fault of ours costs this datagram only."""
        try:
            return self._engine.receive(parse(data), arrival, now)
        except WireError as error:
            self._engine.reject(str(error), now)
        except Exception as error:
            self._fault(now, "", f"DHCP failed on a datagram of {len(data)} bytes: {error!r}")
        return []

    def _save(self, now: float) -> bool:
        """Make the engine's changes durable; what could not be saved is tried again with the next batch."""
        self._unsaved.update((lease.address, lease) for lease in self._engine.take_lease_changes())
        if not self._unsaved:
            return True
        try:
            self._save_leases(list(self._unsaved.values()))
        except Exception as error:
            self._fault(now, "", f"the leases could not be saved, so no phone was answered: {error}")
            return False
        self._unsaved.clear()
        return True

    def _send(self, port: Port, reply: DhcpReply, now: float) -> None:
        try:
            port.send(reply)
        except Exception as error:
            mac = reply.message.hardware_address.hex().upper()
            self._fault(now, mac, f"DHCP could not send to {reply.route.address}: {error}")

    def _fault(self, now: float, mac: str, what: str) -> None:
        self._emit(ServerFault(now, mac, what))
