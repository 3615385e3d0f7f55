"""Listen to what passes on the phones' interface: CDP announcements and SIP headers.

Strategy: one raw socket on the event loop, with a filter in the kernel, so that calls and files cost nothing.
The frames that this machine sends would cost the kernel a copy each, also those that the filter drops: a
sixth of the processor time of a file. They are read only while a phone's registration seems to fail.
`open` needs root's rights; without them the server runs, and says once that it does not listen. It sends
nothing.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from math import inf

from ringup.engine.faults import Faults
from ringup.errors import BindError
from ringup.events import Event, ServerFault
from ringup.evidence.live import LiveReader
from ringup.serve.frames_of_interest import ONLY_CDP_AND_SIP, RELEVANT_BYTES
from ringup.serve.log import log
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import hear_own_frames, open_frame_tap

MOST_AT_ONCE = 64
"""Maximum number of frames that are read before the event loop does other work."""
LOOK_SECONDS = 1.0
"""Seconds between two looks for registrations without an answer."""


class FrameListener:
    """The listener on one interface."""

    def __init__(
        self,
        interface: str,
        mac_of: Callable[[str], str],
        emit: Callable[[Sequence[Event]], None],
        on_fault: Callable[[ServerFault], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`mac_of` returns the MAC of the phone that has an address; `emit` takes what was seen."""
        self._interface = interface
        self._emit = emit
        self._clock = clock
        self._faults = Faults(on_fault, clock)
        self._reader = LiveReader(mac_of)
        self._socket: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._look: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it listens."""
        return self._socket is not None

    def open(self) -> None:
        """Open the raw socket; without the right to do so, log that nothing is listened to."""
        try:
            self._socket = open_frame_tap(self._interface, lambda opened: attach(opened, ONLY_CDP_AND_SIP))
            self._reader.hears_answers_since = inf
        except BindError as error:
            log.warning("CDP and SIP are not listened to: %s", error)

    def start(self) -> None:
        """Begin to read on the running loop."""
        if self._socket:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._socket.fileno(), self._read, self._socket)

    def close(self) -> None:
        """Stop listening and close the socket."""
        if self._look:
            self._look.cancel()
        if self._socket is None:
            return
        if self._loop:
            self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        self._socket = None

    def _read(self, opened: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                self._tell(self._reader.read(self._clock(), opened.recv(RELEVANT_BYTES)))
            except BlockingIOError:
                break
            except OSError as error:  # the interface disappeared
                self._faults.report(f"listening: {error.strerror}")
                break
            except Exception as error:  # after an internal error, only this frame is lost
                self._faults.report(f"listening failed on a frame: {error!r}")
        self._hear_answers_if_needed()
        self._look_later()

    @property
    def is_busy(self) -> bool:
        """Return whether it waits for the outcome of a registration."""
        return self._reader.is_waiting or self.hears_answers

    @property
    def hears_answers(self) -> bool:
        """Return whether the machine's own frames are read now."""
        return self._reader.hears_answers_since < inf

    def _hear_answers_if_needed(self) -> None:
        now = self._clock()
        wanted = self._reader.needs_answers(now)
        if self._socket and wanted != self.hears_answers and hear_own_frames(self._socket, wanted):
            self._reader.hears_answers_since = now if wanted else inf

    def _look_later(self) -> None:
        if self._look is None and self._loop and self.is_busy:
            self._look = self._loop.call_later(LOOK_SECONDS, self._look_for_silence)

    def _look_for_silence(self) -> None:
        self._look = None
        self._tell(self._reader.due(self._clock()))
        self._hear_answers_if_needed()
        self._look_later()

    def _tell(self, events: Sequence[Event]) -> None:
        if events:
            self._emit(events)
