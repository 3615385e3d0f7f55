"""The SNTP server's socket and clock; `engine.sntp` decides on the replies.

Strategy: one socket on the event loop. It answers requests to the served addresses only, and replies from the
address of the request. `open` binds the socket as root; `start` begins to read after the server has given up
root. The kernel reports whether the clock is synchronised. Each change is logged, because replies without a
synchronised clock contain no time.
"""

import asyncio
import socket
import time
from collections.abc import Callable

from ringup.check.probes.kernel_clock import KernelClock, kernel_clock
from ringup.engine.faults import Faults
from ringup.engine.sntp import ClockQuality, SntpServer
from ringup.events import ServerFault
from ringup.serve.log import log
from ringup.serve.sockets import LARGEST_DATAGRAM, PKTINFO_ROOM, destination_of, from_address, open_udp

PORT = 123

MOST_AT_ONCE = 64
"""Maximum number of requests that are answered before the event loop does other work."""

LOOK_SECONDS = 1.0
"""Seconds for which the kernel's report about the clock is used."""

_STATES = {
    True: "SNTP: phones get the time of this machine's clock, which is synchronised",
    False: "SNTP: this machine's clock is not synchronised, so phones get no time. Install an NTP client:"
    " apt-get install chrony. If the clock is right without one, start with --trust-clock.",
    None: "SNTP: the system does not say whether its clock is synchronised, so phones get no time."
    " If the clock is right, start with --trust-clock.",
}
_TRUSTED = "SNTP: phones get the time of this machine's clock, synchronised or not (--trust-clock)"


class SntpService:
    """An SNTP server on one interface."""

    def __init__(
        self,
        interface: str,
        answers_at: Callable[[str], bool],
        on_fault: Callable[[ServerFault], None],
        *,
        trusts_clock: bool = False,
        has_lease: Callable[[str], bool] = lambda _address: False,
        port: int = PORT,
        clock: Callable[[], float] = time.time,
        steady_clock: Callable[[], float] = time.monotonic,
        kernel_clock: Callable[[], KernelClock | None] = kernel_clock,
    ) -> None:
        """`answers_at` returns whether requests to this local address get a reply. `trusts_clock`: the
        operator guarantees that the clock is right. `has_lease` returns whether a phone has an address.
        """
        self._interface = interface
        self._answers_at = answers_at
        self._faults = Faults(on_fault, clock)
        self._trusts_clock = trusts_clock
        self._port = port
        self._clock = clock
        self._steady_clock = steady_clock
        self._kernel_clock = kernel_clock
        self._engine = SntpServer(has_lease)
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._quality = ClockQuality(is_synchronised=False)
        self._look_at = float("-inf")
        self._logged = ""

    @property
    def port(self) -> int:
        """Return the port, also if the kernel chose it; 0 while it is closed."""
        return int(self._socket.getsockname()[1]) if self._socket else 0

    def open(self) -> None:
        """Bind the socket; raises BindError."""
        self._socket = open_udp(self._interface, self._port)

    def start(self) -> None:
        """Begin to answer on the opened socket, on the running loop; log the state of the clock."""
        if self._socket is None:
            return
        self._loop = asyncio.get_running_loop()
        self._look_at_clock()
        self._loop.add_reader(self._socket.fileno(), self._serve, self._socket)

    def close(self) -> None:
        """Stop answering and close the socket."""
        if self._socket is None:
            return
        if self._loop:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None

    def _serve(self, opened: socket.socket) -> None:
        self._look_at_clock()
        for _ in range(MOST_AT_ONCE):
            try:
                data, ancillary, _, sender = opened.recvmsg(LARGEST_DATAGRAM, PKTINFO_ROOM)
                self._answer(opened, data, destination_of(ancillary), sender)
            except BlockingIOError:
                return
            except OSError as error:  # the interface disappeared, or the sender cannot be reached
                self._faults.report(f"SNTP: {error.strerror}")
                return
            except Exception as error:  # after an internal error, only this datagram is lost
                self._faults.report(f"SNTP failed on a datagram: {error!r}")

    def _answer(self, opened: socket.socket, data: bytes, to: str, sender: tuple[str, int]) -> None:
        if not self._answers_at(to):
            return
        if reply := self._engine.reply(data, sender[0], self._clock(), self._quality):
            opened.sendmsg([reply], from_address(to), 0, sender)

    def _look_at_clock(self) -> None:
        now = self._steady_clock()
        if now < self._look_at:
            return
        self._look_at = now + LOOK_SECONDS
        kernel = self._kernel_clock()
        trusted = self._trusts_clock
        is_synchronised = kernel is not None and kernel.is_synchronised
        self._quality = ClockQuality(
            trusted or is_synchronised,
            kernel.leap if kernel else 0,
            kernel.largest_error if kernel and is_synchronised else 1.0 if trusted else 0.0,
        )
        self._log(_TRUSTED if trusted else _STATES[kernel.is_synchronised if kernel else None])

    def _log(self, state: str) -> None:
        if state != self._logged:
            self._logged = state
            (log.info if self._quality.is_synchronised else log.warning)("%s", state)
