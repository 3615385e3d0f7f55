"""The simulated machine of `ringup serve` on a street (a simulated site): its clock, its network, its
threads.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from random import Random

from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival, Delivery
from ringup.engine.tftp.progress import Finished, HandedOver, PlainProgresses, Progresses
from ringup.engine.tftp.server import Reply
from ringup.serve.clocks import Clocks
from ringup.serve.dhcp.ping import Pinger
from ringup.serve.machine import Machine
from ringup.serve.sockets import Interface, InterfaceState
from ringup.serve.store_thread import Done, Work
from ringup.serve.tftp.service import TftpService
from ringup.serve.tftp.traffic import Received
from ringup.street.cable import DELAY, Cable, Datagram
from ringup.street.loop import StreetLoop
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame

COMMIT_SECONDS = 0.004
"""Seconds that a commit takes on a street, as on a disk of average speed."""
FIRST_REPLY_PORT = 50_000
BATCH = 64
"""Maximum number of datagrams that are read from a port at once."""


class StreetPort:
    """The DHCP sockets of the server's interface; an `AnyDhcpPort`."""

    index = 2

    def __init__(self, loop: StreetLoop, cable: Cable, interface: Interface) -> None:
        self._loop = loop
        self._cable = cable
        self._interface = interface
        self._descriptor, self._arp_descriptor = loop.new_descriptor(), loop.new_descriptor()
        self._waiting: deque[Datagram] = deque()
        self._senders: deque[tuple[str, str]] = deque()
        cable.serve_dhcp(interface.addresses[0], self._take)
        self._stop_arp = cable.listen_to_arp(self._hear_arp)

    def fileno(self) -> int:
        """Return the number that the loop watches for DHCP messages."""
        return self._descriptor

    def arp_fileno(self) -> int:
        """Return the number that the loop watches for ARP packets."""
        return self._arp_descriptor

    def _take(self, datagram: Datagram) -> None:
        if not self._waiting:
            self._loop.readable(self._descriptor)
        self._waiting.append(datagram)

    def receive(self) -> list[tuple[bytes, Arrival]]:
        """Return up to BATCH datagrams that have arrived by now."""
        taken = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        if self._waiting:
            self._loop.readable(self._descriptor)
        return [(datagram.data, self._arrival(datagram)) for datagram in taken]

    def _arrival(self, datagram: Datagram) -> Arrival:
        ours = self._interface.addresses
        is_unicast = datagram.destination in ours
        return Arrival(self._interface.name, ours, is_unicast, datagram.source)

    def send(self, replies: Sequence[DhcpReply]) -> list[tuple[DhcpReply, OSError]]:
        """Send each reply by its route; sending never fails."""
        for reply in replies:
            route = reply.route
            if route.delivery is Delivery.RELAY:
                self._cable.send(Datagram(reply.source, SERVER_PORT, route.address, route.port, reply.data))
                continue
            frame = UdpFrame(
                source_mac=self._interface.mac,
                destination_mac=route.mac if route.delivery is Delivery.HARDWARE else BROADCAST_MAC,
                source=reply.source,
                destination=route.address,
                source_port=SERVER_PORT,
                destination_port=CLIENT_PORT,
                payload=reply.data,
            )
            self._cable.send_frame(build_udp_frame(frame))
        return []

    def probe(self, address: str, source: str) -> None:
        """Probe an address by ARP; on a street, only unknown hosts answer."""
        if address in self._cable.neighbours:
            self._loop.call_later(DELAY, self._take_arp, address)

    def _take_arp(self, address: str) -> None:
        mac = self._cable.neighbours.get(address)
        if mac is not None:
            self._hear_arp(address, mac)

    def _hear_arp(self, address: str, mac: str) -> None:
        self._senders.append((address, mac))
        self._loop.readable(self._arp_descriptor)

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        """Yield the address and the hardware address of each answer."""
        while self._senders and most > 0:
            most -= 1
            yield self._senders.popleft()

    def dropped(self) -> int:
        """Return 0, because no queue of a street is ever full."""
        return 0

    def refresh(self) -> None:
        """Do nothing, because the addresses never change."""

    def close(self) -> None:
        """Stop receiving."""
        self._cable.stop_dhcp(self._interface.addresses[0], self._take)
        self._stop_arp()


class StreetTraffic:
    """The TFTP ports of the server; a `Traffic`."""

    unsent = ignored = live = 0

    def __init__(self, loop: StreetLoop, cable: Cable, address: str, ports: Sequence[int]) -> None:
        """The first of `ports` receives the requests; the others are for the transfers."""
        self.progresses: Progresses = PlainProgresses()
        self._loop = loop
        self._cable = cable
        self._address = address
        self._ports = tuple(ports)
        self._waiting: list[Received] = []
        self._service: TftpService | None = None
        self._is_called = False
        self._alarm_at: float | None = None

    def serve(self, service: TftpService) -> None:
        """Run the service whenever a datagram arrives or a deadline is reached."""
        self._service = service
        service.serve_over(self)
        for index, port in enumerate(self._ports):
            self._cable.listen(self._address, port, partial(self._take, index))

    def _take(self, index: int, datagram: Datagram) -> None:
        peer = (datagram.source, datagram.source_port)
        self._waiting.append((datagram.data, peer, index, b""))
        if not self._is_called:
            self._is_called = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_called = False
        if self._service is None:
            return
        self._service.turn(self)
        wake_at = self._service.wake_at
        if wake_at is not None and (self._alarm_at is None or wake_at < self._alarm_at):
            self._alarm_at = wake_at
            self._loop.call_later(self._service.seconds_to_sleep(), self._wake, wake_at)

    def _wake(self, at: float) -> None:
        if self._alarm_at == at:
            self._alarm_at = None
            self._turn()

    def wait(self, seconds: float) -> Sequence[Received]:
        """Return the datagrams that have arrived, without waiting."""
        received, self._waiting = self._waiting, []
        return received

    def finished(self) -> Sequence[Finished]:
        """Return nothing: without the C code, the engine handles every ACK itself."""
        return ()

    def handed_over(self) -> Sequence[HandedOver]:
        """Return nothing: without the C code, the engine begins all transfers itself."""
        return ()

    def send(self, replies: Iterable[Reply]) -> Sequence[OSError]:
        """Send the replies over the cable."""
        for packet, peer, index, _own_address in replies:
            self._cable.send(Datagram(self._address, self._ports[index], *peer, bytes(packet)))
        return ()

    def rebound(self, main_address: bytes) -> None:
        """Do nothing, because the address of a street's server never changes."""

    def close(self) -> None:
        """Stop receiving."""
        self._service = None
        for port in self._ports:
            self._cable.ignore(self._address, port)


class StreetStore:
    """Runs the database work on the street's clock; an `AnyStoreThread`."""

    def __init__(self, loop: StreetLoop) -> None:
        self._loop = loop
        self._is_stopped = False

    def start(self, loop: object) -> None:
        """Do nothing, because there is no thread to start."""

    def high_priority(self, work: Work, done: Done) -> None:
        """Do the work COMMIT_SECONDS from now."""
        self._loop.call_later(COMMIT_SECONDS, self._work, work, done)

    def low_priority(self, work: Work, done: Done) -> None:
        """Do the work COMMIT_SECONDS from now; on a street, low-priority work does not wait."""
        self._loop.call_later(COMMIT_SECONDS, self._work, work, done)

    def stop(self) -> None:
        """Cancel all work that is not done yet, as after a power cut."""
        self._is_stopped = True

    def _work(self, work: Work, done: Done) -> None:
        if self._is_stopped:
            return
        failure: Exception | None = None
        try:
            work()
        except Exception as error:
            failure = error
        done(failure)


class _NoPinger(Pinger):
    """Takes the place of the pinger: no host on a street answers pings."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def probe(self, address: str) -> None:
        """Do nothing, because no host on a street answers pings."""

    def answers(self, most: int) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        """Do nothing, because nothing is open."""


def street_machine(
    loop: StreetLoop, cable: Cable, interface: Interface, ahead: Callable[[], float] = lambda: 0.0
) -> Machine:
    """Return the machine of a server with this interface on the cable.

    `ahead` returns the seconds by which the machine's clock is ahead of the street's.
    """
    return Machine(
        clocks=Clocks(lambda: loop.unix_time() + ahead(), loop.time, loop.time, lambda _seconds: None, str),
        choose_interface=lambda _name: interface,
        interface_named=lambda _name: interface,
        state_of=lambda _name: InterfaceState(StreetPort.index),
        neighbours=lambda _name: lambda _address: "",
        open_dhcp_port=lambda _name: StreetPort(loop, cable, interface),
        open_pinger=lambda: _NoPinger(loop.new_descriptor()),
        store_thread=lambda: StreetStore(loop),
        random_bytes=Random(0).randbytes,  # noqa: S311 - nobody attacks a street
    )
