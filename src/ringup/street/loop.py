"""An asyncio event loop on a simulated clock: if no call is due, the clock jumps to the time of the next
call.

The loop reads no sockets and never sleeps. So hours pass in seconds, and each run is the same.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from heapq import heappop, heappush
from itertools import count
from typing import Any

CLOCK_RESOLUTION = 1e-9
"""Time difference in seconds below which two calls are made together."""


class AtRest(Exception):
    """Raised when no call is scheduled, so that nothing can happen any more."""


class StreetLoop(asyncio.BaseEventLoop):
    """The event loop of one street (a simulated site)."""

    def __init__(self, epoch: float) -> None:
        """`epoch` is the Unix time at which the street begins."""
        super().__init__()
        self._passed = 0.0
        self._epoch = epoch
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        """A heap of the scheduled calls, each with its time and a serial number: of two calls at the same
        time the older comes first.
        """
        self._calls = count()
        self._selector = _NoSelector()
        self._readers: dict[int, Callable[[], object]] = {}
        self._next_descriptor = 1_000_000

    def time(self) -> float:
        """Return the seconds since the street began."""
        return self._passed

    def unix_time(self) -> float:
        """Return the true time of day on the street, in Unix seconds."""
        return self._epoch + self._passed

    # --- calls --------------------------------------------------------------------------------------------

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """Call back at a time, given in seconds since the street began."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._calls), handle))
        return handle

    def _run_once(self) -> None:
        """Make the calls that are due now; if none is due, jump to the time of the next one.

        asyncio's own method compares timers in Python and polls a selector, which takes a quarter of a
        simulation's time.
        """
        ready, timers = self._ready, self._timers
        if not ready:
            while timers and timers[0][2].cancelled():
                heappop(timers)
            if not timers:
                raise AtRest
            self._passed = max(self._passed, timers[0][0])
        now = self._passed + CLOCK_RESOLUTION
        while timers and timers[0][0] <= now:
            ready.append(heappop(timers)[2])
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()

    # --- instead of sockets -------------------------------------------------------------------------------

    def new_descriptor(self) -> int:
        """Return a number that is not a file descriptor of this process."""
        self._next_descriptor += 1
        return self._next_descriptor

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Call back each time `readable` is called with this number."""
        self._readers[fd] = lambda: callback(*args)

    def remove_reader(self, fd: Any) -> bool:
        """Do not call back for this descriptor any longer."""
        return self._readers.pop(fd, None) is not None

    def readable(self, descriptor: int) -> None:
        """Call the reader of this descriptor in the next turn of the loop."""
        if descriptor in self._readers:
            self.call_soon(self._read, descriptor)

    def _read(self, descriptor: int) -> None:
        reader = self._readers.get(descriptor)
        if reader is not None:
            reader()

    # --- hooks of BaseEventLoop ---------------------------------------------------------------------------

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., Any], *args: Any
    ) -> "asyncio.Future[Any]":
        """Do the work at once, in this thread, because another thread would not use the simulated clock."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _process_events(self, _event_list: list[object]) -> None:
        """Do nothing, because this loop has no sockets to select."""

    def _write_to_self(self) -> None:
        """Do nothing, because there is no other thread to wake up."""


class _NoSelector:
    """Takes the place of the selector, which asyncio expects and this loop does not need."""

    def close(self) -> None:
        """Do nothing, because nothing is open."""
