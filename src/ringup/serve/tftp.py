"""The TFTP server's sockets, clock and timer; what is said over them is decided in `engine.tftp`.

Strategy: one socket for requests and a few that all transfers share, each drained in batches straight from
the event loop's readiness (asyncio's own datagram transports take one datagram a turn). `open` binds them, as
root; `start` begins to read, after the privileges are gone.
"""

import asyncio
import errno
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ringup.engine.found import Absent, Found
from ringup.engine.tftp import REPLY_PORTS, Reply, TftpServer
from ringup.errors import BindError
from ringup.events import Event, ServerFault
from ringup.serve.sockets import IP_PKTINFO, PKTINFO, RECEIVE_BUFFER, widen_receive_buffer

PORT = 69

MOST_AT_ONCE = 256
"""Datagrams taken from one socket before the others, and DHCP, get their turn: some 5 ms."""

LARGEST_DATAGRAM = 1024
"""Bytes read of each: a request has at most 512, an ACK has 4; what is longer is wrong either way."""

LONGEST_SLEEP = 0.5
"""Seconds between two looks at the deadlines: below the shortest wait, so a timer is never set too late."""

_NO_ADDRESS = bytes(4)

_CURES = {
    errno.EACCES: "Ports below 1024 need root: start as root, the program gives it up once they are open.",
    errno.EADDRINUSE: "Another TFTP server runs here; `ss -ulpn` shows which. Stop it, or take another port.",
    errno.EADDRNOTAVAIL: "`ip -brief address` lists the addresses of this machine. Name one of them.",
}


@dataclass(frozen=True, slots=True)
class ReplyPorts:
    """The UDP ports that transfers run over; a firewall can be told the range."""

    first: int = 0
    """0: the kernel chooses each."""
    count: int = REPLY_PORTS
    """0: transfers run over the requests' own port."""


ANY_PORTS = ReplyPorts()


class TftpService:
    """A TFTP server on one address, or on all of them with ``0.0.0.0``: answers leave from the one asked."""

    def __init__(
        self,
        find: Callable[[str, str], Found],
        mac_of: Callable[[str], str],
        on_events: Callable[[list[Event]], None],
        *,
        address: str = "0.0.0.0",
        port: int = PORT,
        reply_ports: ReplyPorts = ANY_PORTS,
    ) -> None:
        self._find = find
        self._on_events = on_events
        self._address = address
        self._every_address = address in ("", "0.0.0.0")
        self._port = port
        self._reply_ports = reply_ports
        self._server = TftpServer(self._find_safely, mac_of, reply_ports=self._reply_ports.count)
        self._sockets: list[socket.socket] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._faults: list[Event] = []
        self._fault_second = 0
        self.unsent = 0
        """Datagrams that the kernel did not take; their transfers send them again."""

    @property
    def port(self) -> int:
        """Where requests come to; tells the number when the kernel chose it."""
        return int(self._sockets[0].getsockname()[1])

    @property
    def live(self) -> int:
        """Transfers under way."""
        return self._server.live

    @property
    def receive_buffer(self) -> int:
        """Bytes that the kernel granted to the requests' queue: twice what was asked, as Linux counts."""
        return self._sockets[0].getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    def open(self) -> None:
        """Bind every socket; raises BindError and leaves none open."""
        first = self._reply_ports.first
        numbers = range(self._reply_ports.count)
        ports = [self._port, *(first + number if first else 0 for number in numbers)]
        try:
            for port in ports:
                self._sockets.append(_bound(self._address, port))
        except BindError:
            self.close()
            raise
        if self._every_address:
            self._sockets[0].setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)

    def start(self) -> None:
        """Begin to serve, on the running loop."""
        self._loop = asyncio.get_running_loop()
        for index, opened in enumerate(self._sockets):
            self._loop.add_reader(opened, self._drain, index)

    def close(self) -> None:
        """Stop serving; transfers under way are dropped, their phones ask again."""
        if self._timer is not None:
            self._timer.cancel()
        for opened in self._sockets:
            if self._loop is not None:
                self._loop.remove_reader(opened)
            opened.close()
        self._sockets.clear()

    # --- a wake-up ----------------------------------------------------------------------------------

    def _drain(self, index: int) -> None:
        now = time.time()
        receive = self._server.receive
        # A transfer knows its address; only a request must be asked where it was sent to.
        waiting = _waiting if index or not self._every_address else _waiting_with_address
        for data, peer, asked in waiting(self._sockets[index]):
            try:
                replies = receive(data, peer, index, now, asked)
            except Exception as error:  # one datagram must not stop the server
                self._fault(f"a TFTP datagram from {peer[0]} of {len(data)} bytes: {error!r}", now)
                continue
            self._send(replies)
        self._tell()

    def _wake(self) -> None:
        self._timer = None
        now = time.time()
        try:
            self._send(self._server.wake(now))
        except Exception as error:  # neither must one transfer
            self._fault(f"TFTP resending: {error!r}", now)
        self._tell()

    def _tell(self) -> None:
        """Hand on what happened, and set the timer."""
        events = self._server.take_events()
        if self._faults:
            events += self._faults
            self._faults = []
        if events:
            self._on_events(events)
        wake_at = self._server.wake_at
        if wake_at is not None and self._timer is None and self._loop is not None:
            delay = min(max(wake_at - time.time(), 0), LONGEST_SLEEP)
            self._timer = self._loop.call_later(delay, self._wake)

    def _send(self, replies: Iterable[Reply]) -> None:
        for packet, peer, index, asked in replies:
            try:
                if asked:
                    ancillary = [(socket.IPPROTO_IP, IP_PKTINFO, asked)]
                    self._sockets[index].sendmsg([packet], ancillary, 0, peer)
                else:
                    self._sockets[index].sendto(packet, peer)
            except BlockingIOError:
                self.unsent += 1
            except OSError as error:
                self.unsent += 1
                self._fault(
                    f"a TFTP datagram to {peer[0]} port {peer[1]} did not leave: {error}", time.time()
                )

    # --- faults -------------------------------------------------------------------------------------

    def _find_safely(self, name: str, address: str) -> Found:
        """Error 1 even when we fail: silence, or any other error, would stop the phone's hunt (trap 1)."""
        try:
            return self._find(name, address)
        except Exception as error:  # whatever a renderer or a folder does, the phone gets an answer
            self._fault(f"finding {name!r} for {address}: {error!r}", time.time())
            return Absent("the server itself failed while it looked for the file; see the fault beside this")

    def _fault(self, what: str, now: float) -> None:
        """Keep one a second: a cable that is out makes thousands."""
        if int(now) != self._fault_second:
            self._fault_second = int(now)
            self._faults.append(ServerFault(now, "", what))


def _waiting(opened: socket.socket) -> Iterable[tuple[bytes, tuple[str, int], bytes]]:
    """What waits on a socket: datagram, peer, and nothing to note about our address."""
    for _ in range(MOST_AT_ONCE):
        try:
            data, peer = opened.recvfrom(LARGEST_DATAGRAM)
        except OSError:  # nothing more; the loop calls again if something comes
            return
        if peer[1]:  # nobody can be answered at port 0
            yield data, peer, b""


def _waiting_with_address(opened: socket.socket) -> Iterable[tuple[bytes, tuple[str, int], bytes]]:
    """The same, with how to answer from the address it was sent to."""
    for _ in range(MOST_AT_ONCE):
        try:
            data, ancillary, _, peer = opened.recvmsg(LARGEST_DATAGRAM, socket.CMSG_SPACE(PKTINFO.size))
        except OSError:
            return
        if peer[1]:
            yield data, peer, _answering_address(ancillary)


def _answering_address(ancillary: Sequence[tuple[int, int, bytes]]) -> bytes:
    """The control message that makes an answer leave from the address asked; empty on a bound socket."""
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO and len(value) >= PKTINFO.size:
            _, own_address, _ = PKTINFO.unpack_from(value)
            return PKTINFO.pack(0, own_address, _NO_ADDRESS)
    return b""


def _bound(address: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        widen_receive_buffer(opened)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, RECEIVE_BUFFER)
        opened.bind((address, port))
    except OSError as error:
        opened.close()
        cure = _CURES.get(error.errno or 0, "")
        raise BindError(f"TFTP on {address} port {port}", f"{error.strerror}.", cure) from error
    return opened
