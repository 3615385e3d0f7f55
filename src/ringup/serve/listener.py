"""Listen to CDP announcements and SIP headers that pass on the phones' interface.

Strategy: one raw socket on the event loop. Normally it is bound to CDP's protocol alone, and costs nothing.
For SIP, the kernel must check every frame and copy each one that this machine sends, which costs a tenth of
the processor time of a file transfer. So the socket is bound to all protocols, with a filter, only while a
registration is overdue. `open` needs root's rights; without them the server runs, and logs once that it does
not listen. The listener sends nothing.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence

from ringup.engine.faults import Faults
from ringup.engine.rates import TokenBucket
from ringup.errors import BindError
from ringup.events import Event, ServerFault
from ringup.evidence.live import LiveReader
from ringup.serve.frames_of_interest import ONLY_CDP_AND_SIP, RELEVANT_BYTES
from ringup.serve.log import log
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import ETH_P_802_2, ETH_P_ALL, open_frame_tap

MOST_AT_ONCE = 64
"""Maximum number of frames that are read before the event loop does other work."""
BURST, PER_SECOND = 20_000, 500.0
"""Maximum number of frames that are read at once, and per second in the long run.

All phones of a large site may announce themselves at once. If a host sends more, the listener reads nothing
until the next second, so that the host takes no processor time from the phones.
"""
LOOK_SECONDS = 1.0
"""Seconds between two checks for registrations without an answer."""


class FrameListener:
    """Listens on one interface."""

    def __init__(
        self,
        interface: str,
        mac_of: Callable[[str], str],
        emit: Callable[[Sequence[Event]], None],
        on_fault: Callable[[ServerFault], None],
        clock: Callable[[], float] = time.time,
        wants_sip: Callable[[float], bool] = lambda _now: True,
    ) -> None:
        """`mac_of` returns the MAC of the phone that has an address; `emit` takes what was seen.

        `wants_sip` returns whether SIP is to be read at a time in Unix seconds.
        """
        self._interface = interface
        self._emit = emit
        self._clock = clock
        self._faults = Faults(on_fault, clock)
        self._reader = LiveReader(mac_of)
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look: asyncio.TimerHandle | None = None
        self._frames = TokenBucket(BURST, PER_SECOND)
        self.is_reading = False
        """False after too many frames, until the next check."""
        self._wants_sip = wants_sip
        self.hears_sip = False
        """True while it reads SIP."""

    @property
    def is_open(self) -> bool:
        """Return whether the raw socket is open."""
        return self._socket is not None

    def open(self) -> None:
        """Open the raw socket; without the right to do so, log that CDP and SIP are not read."""
        try:
            self._socket = open_frame_tap(
                self._interface,
                lambda opened: attach(opened, ONLY_CDP_AND_SIP),
                protocol=ETH_P_802_2,
                hears_itself=True,
            )
        except BindError as error:
            log.warning("CDP and SIP are not listened to: %s", error)

    def start(self) -> None:
        """Begin to read on the running loop."""
        if self._socket:
            self._loop = asyncio.get_running_loop()
            self._look_again()

    def close(self) -> None:
        """Stop listening and close the socket."""
        if self._look:
            self._look.cancel()
        if self._socket is None:
            return
        self._stop_reading(self._socket)
        self._socket.close()
        self._socket = None

    def _read(self, opened: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            if not self._frames.take(self._clock()):
                self._stop_reading(opened)
                break
            try:
                self._tell(self._reader.read(self._clock(), opened.recv(RELEVANT_BYTES)))
            except BlockingIOError:
                break
            except OSError as error:  # the interface disappeared
                self._faults.report(f"listening: {error.strerror}")
                break
            except Exception as error:  # after an internal error, only this frame is lost
                self._faults.report(f"listening failed on a frame: {error!r}")

    def _look_again(self) -> None:
        """Report registrations without an answer, and begin or stop reading SIP."""
        self._tell(self._reader.due(self._clock()))
        if self._socket and (wanted := self._wants_sip(self._clock())) != self.hears_sip:
            self._hear_sip(self._socket, wanted)
        if self._loop:
            self._read_on()
            self._look = self._loop.call_later(LOOK_SECONDS, self._look_again)

    def _read_on(self) -> None:
        if self._loop and self._socket and not self.is_reading:
            self._loop.add_reader(self._socket.fileno(), self._read, self._socket)
            self.is_reading = True

    def _stop_reading(self, opened: socket.socket) -> None:
        if self._loop:
            self._loop.remove_reader(opened.fileno())
        self.is_reading = False

    def _hear_sip(self, opened: socket.socket, wanted: bool) -> None:
        try:
            opened.bind((self._interface, ETH_P_ALL if wanted else ETH_P_802_2))
        except OSError as error:  # the interface disappeared
            self._faults.report(f"listening: {error.strerror}")
            return
        self.hears_sip = wanted
        if not wanted:
            self._reader.forget_open_registrations()

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            self._emit(events)
