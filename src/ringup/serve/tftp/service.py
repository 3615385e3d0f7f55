"""The TFTP server's clock and thread; `engine.tftp` decides on the replies, sockets.py has the sockets.

Strategy: a separate thread waits for the sockets, so blocks are sent even while the event loop reads a new
revision or waits for a disk. `open` binds the sockets as root; `start` begins to read after root's privileges
were given up.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence

from ringup.engine.faults import Faults
from ringup.engine.found import Found
from ringup.engine.tftp.reply_ports import SECRET_BYTES, ReplyPortChoice
from ringup.engine.tftp.server import Reply, TftpServer
from ringup.errors import BindError
from ringup.events import DatagramsDropped, Event
from ringup.serve import datagram_batches
from ringup.serve.drops import DropCount, log_queue
from ringup.serve.log import log
from ringup.serve.tftp.fast import native as tftp_native
from ringup.serve.tftp.guard import GUARD_SECONDS, RequestGuard
from ringup.serve.tftp.sockets import TftpSockets
from ringup.serve.tftp.traffic import PolledTraffic, Received, Traffic, batched_ports

LONGEST_SLEEP = 0.5
"""Seconds between two checks of the deadlines; less than the shortest timeout, so no deadline is missed."""

GUARDED = (
    "TFTP: many requests arrive in the name of %s; for %.0f s only those in frames of %s are accepted, "
    "which has that address"
)
"""Logged when an address is guarded. It is not an event, because the forged requests may have used up the
phone's limit of events.
"""

MANY_AT_ONCE = 16
"""Minimum number of datagrams per turn that are counted by address: fewer are not a flood."""

CLOCK_STEP = 0.1
"""Maximum difference in seconds between the time of day and the monotonic clock; above it, the clock counts
as set.
"""

DROPS_SECONDS = 1.0
"""Seconds between two checks of the kernel's drop counters."""

NO_C = "the part in C was not built (it needs a C compiler when ringup is installed)"
"""Logged as the reason why a slower method is used."""

OpenTraffic = Callable[[Sequence[socket.socket], int, bytes, ReplyPortChoice], Traffic]
"""Takes the sockets, the descriptor that ends a wait, the main address (four bytes, or empty), and the choice
of each client's port. If all addresses are served, all reply ports but the last are bound to the main
address.
"""


def quickest_traffic(
    sockets: Sequence[socket.socket], wake_up: int, main_address: bytes, port_choice: ReplyPortChoice
) -> Traffic:
    """Open the quickest method that this machine has (C, batches or single calls), and log which one."""
    if tftp_native.available():
        log.info("TFTP: C answers ACKs and known requests")
        return tftp_native.NativeTraffic(sockets, wake_up, main_address, port_choice)
    if datagram_batches.supported():
        log.info("TFTP: Python answers everything, in batches; %s", NO_C)
        return PolledTraffic(sockets, wake_up, batched_ports(sockets))
    log.info("TFTP: Python answers everything, one datagram per system call; %s", NO_C)
    return PolledTraffic(sockets, wake_up)


class TftpService:
    """A TFTP server on the addresses of its sockets; it replies from the address that got the request."""

    def __init__(
        self,
        find: Callable[[str, str], Found],
        mac_of: Callable[[str], str],
        on_events: Callable[[list[Event]], None],
        sockets: TftpSockets,
        *,
        open_traffic: OpenTraffic = quickest_traffic,
        answers_at: Callable[[bytes], bool] = lambda _address: True,
        neighbour: Callable[[str], str] = lambda _address: "",
        clock: Callable[[], float] = time.time,
        steady_clock: Callable[[], float] = time.monotonic,
        random_bytes: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """`find`, `mac_of` and `on_events` are called from the service's own thread.

        `answers_at` takes the local address of a request as four bytes (empty if only one address is served),
        and returns whether the request is answered. `neighbour` returns the MAC of a host on the served
        segment, or "". `random_bytes` gives the secret by which each client's reply port is chosen.
        """
        self._find, self._mac_of, self._on_events = find, mac_of, on_events
        self._sockets = sockets
        self._port_choice = ReplyPortChoice(random_bytes(SECRET_BYTES))
        self._open_traffic = open_traffic
        self._answers_at = answers_at
        self._guard = RequestGuard(neighbour)
        self._clock = clock
        self._steady_clock = steady_clock
        self._ahead = clock() - steady_clock()
        self._server: TftpServer
        """The engine; set by `start`."""
        self._traffic: Traffic | None = None
        self._drops = DropCount(())
        self._look_at_drops = 0.0
        self._wake_up = -1
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._late_events: list[Event] = []
        self._faults = Faults(self._late_events.append, clock)

    @property
    def port(self) -> int:
        """Return the port that requests arrive on, also when the kernel chose it."""
        return self._sockets.port

    @property
    def live(self) -> int:
        """Return the number of running transfers."""
        return self._server.live + self._traffic.live if self._traffic else 0

    @property
    def ignored(self) -> int:
        """Return the number of ignored datagrams: of no request and no transfer, or of a flood."""
        return self._server.ignored + self._traffic.ignored if self._traffic else 0

    @property
    def unsent(self) -> int:
        """Return the number of datagrams that the kernel did not accept; their transfers retransmit them."""
        return self._traffic.unsent if self._traffic else 0

    @property
    def dropped(self) -> int:
        """Return the number of datagrams that the kernel dropped before the server read them."""
        return self._drops.total

    @property
    def receive_buffer(self) -> int:
        """Return the number of bytes that the kernel granted to the requests' queue: Linux counts twice the
        requested size.
        """
        return self._sockets.receive_buffer

    def open(self) -> None:
        """Bind every socket; raises BindError and leaves none open."""
        self._sockets.open()
        log_queue("TFTP", self._sockets.opened[0])

    def addresses_changed(self, addresses: Sequence[str], main_address: str) -> None:
        """Answer at these addresses from now on; the thread binds its reply ports again within LONGEST_SLEEP.

        The reply ports keep their address as long as the interface has it, because running transfers use it.
        """
        self._sockets.addresses_changed(addresses, main_address)

    def start(self) -> None:
        """Begin to serve, in a separate thread."""
        self._wake_up = os.eventfd(0, os.EFD_CLOEXEC)
        opened, main_address = self._sockets.opened, self._sockets.packed_main_address
        self._drops = DropCount(opened)
        traffic = self._open_traffic(opened, self._wake_up, main_address, self._port_choice)
        self.serve_over(traffic)
        self._thread = threading.Thread(target=self._run, args=(traffic,), name="tftp", daemon=True)
        self._thread.start()

    def serve_over(self, traffic: Traffic) -> None:
        """Let the engine answer this traffic; the caller must also call `turn`."""
        self._traffic = traffic
        self._server = TftpServer(
            lambda name, address: self._faults.find(self._find, name, address),
            self._mac_of,
            self._port_choice,
            reply_ports=self._sockets.reply_ports.count,
            main_address=self._sockets.packed_main_address,
            progresses=traffic.progresses,
        )

    def close(self) -> None:
        """Stop serving; running transfers are dropped, and their phones repeat their requests."""
        if self._thread is not None:
            self._stopping = True
            os.eventfd_write(self._wake_up, 1)
            self._thread.join()
            self._thread = None
            os.close(self._wake_up)
        self._sockets.close()

    # --- the thread ---------------------------------------------------------------------------------

    def _run(self, traffic: Traffic) -> None:
        try:
            while not self._stopping:
                self.turn(traffic)
        finally:
            traffic.close()

    def turn(self, traffic: Traffic) -> None:
        """Run one turn: wait for datagrams, answer them, check the deadlines, emit events."""
        if self._sockets.must_move:
            self._bind_reply_ports_anew(traffic)
        try:
            received = traffic.wait(self.seconds_to_sleep())
        except OSError as error:  # an interface disappeared; the sockets remain usable
            self._faults.report(f"TFTP cannot receive: {error}")
            received = ()
        now = self._clock()
        self._look_at_the_clock(now)
        if len(received) >= MANY_AT_ONCE or self._guard.macs:
            self._guard_addresses(received, now)
        for finished in traffic.finished():
            self._server.completed(finished, now)
        for handed in traffic.handed_over():
            self._server.take_over(handed, now)
        self._send(traffic, self._answers(received, now))
        self._wake(traffic, now)
        self._emit(now)

    def _guard_addresses(self, received: Sequence[Received], now: float) -> None:
        """Let the kernel drop the requests that other hosts send in large numbers with a phone's address."""
        if not self._guard.has_news(received, now):
            return
        self._sockets.guard(self._guard.macs)
        for address in self._guard.take_begun():
            log.warning(GUARDED, address, GUARD_SECONDS, self._guard.macs[address])

    def _bind_reply_ports_anew(self, traffic: Traffic) -> None:
        """Bind the reply ports to the new main address; until then, the last reply port answers all."""
        try:
            self._sockets.move_reply_ports()
        except (BindError, OSError) as error:
            self._faults.report(f"TFTP's reply ports stay at {self._sockets.main_address}: {error}")
            return
        main_address = self._sockets.packed_main_address
        traffic.rebound(main_address)
        self._server.main_address = main_address

    @property
    def wake_at(self) -> float | None:
        """Return the time of the engine's next deadline, in Unix seconds; None: there is none."""
        return self._server.wake_at

    def seconds_to_sleep(self) -> float:
        """Return the maximum number of seconds that a turn may wait for datagrams."""
        wake_at = self._server.wake_at
        return LONGEST_SLEEP if wake_at is None else min(max(wake_at - self._clock(), 0.0), LONGEST_SLEEP)

    def _look_at_the_clock(self, now: float) -> None:
        """Detect that the clock was set: a machine without a battery clock gets the time from the network."""
        ahead = now - self._steady_clock()
        if abs(ahead - self._ahead) > CLOCK_STEP:
            self._server.clock_was_set(ahead - self._ahead)
            self._look_at_drops += ahead - self._ahead
            self._ahead = ahead

    def _answers(self, received: Sequence[Received], now: float) -> list[Reply]:
        replies: list[Reply] = []
        receive = self._server.receive
        for data, peer, index, own_address in received:
            if not self._answers_at(own_address):
                continue  # sent to this machine's address on another network
            try:
                replies += receive(data, peer, index, now, own_address)
            except Exception as error:  # an error about one datagram must not stop the server
                self._faults.report(f"a TFTP datagram from {peer[0]} of {len(data)} bytes: {error!r}")
        return replies

    def _wake(self, traffic: Traffic, now: float) -> None:
        wake_at = self._server.wake_at
        if wake_at is None or wake_at > now:
            return
        try:
            self._send(traffic, self._server.wake(now))
        except Exception as error:  # an error about one transfer must not stop it, either
            self._faults.report(f"TFTP retransmission: {error!r}")

    def _send(self, traffic: Traffic, replies: list[Reply]) -> None:
        for error in traffic.send(replies):
            self._faults.report(f"a TFTP datagram could not be sent: {error}")

    def _emit(self, now: float) -> None:
        events = self._server.take_events()
        if now >= self._look_at_drops:
            self._look_at_drops = now + DROPS_SECONDS
            # The kernel counts what the filter drops, too, and a guarded address is logged already.
            if (dropped := self._drops.more()) and not self._guard.macs:
                events.append(DatagramsDropped(now, "", "TFTP", dropped))
        events += self._late_events
        self._late_events.clear()
        if events:
            self._on_events(events)
