"""An event loop on a simulated clock: when no call is due, the clock jumps to the time of the next call.

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
"""Seconds; calls whose times differ by less than this are made together."""


class AtRest(Exception):
    """No call is left, so nothing can ever happen again."""


class StreetLoop(asyncio.BaseEventLoop):
    """The event loop of one street."""

    def __init__(self, epoch: float) -> None:
        """`epoch` is the Unix time at which the street begins."""
        super().__init__()
        self._passed = 0.0
        self._epoch = epoch
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        """A heap of the calls that are due later, each with its time and its number: of two calls at one
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
        """Return the street's true time of day, in Unix seconds."""
        return self._epoch + self._passed

    # --- calls --------------------------------------------------------------------------------------------

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.TimerHandle:
        """Call back at a time, in seconds since the street began."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heappush(self._timers, (when, next(self._calls), handle))
        return handle

    def _run_once(self) -> None:
        """Make the calls that are due now; if there are none, jump to the next.

        asyncio's own turn compares timers in Python and asks a selector, which costs a street a quarter of
        its time.
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

    # --- what stands for sockets --------------------------------------------------------------------------

    def new_descriptor(self) -> int:
        """Return a number that is not a file descriptor of this process."""
        self._next_descriptor += 1
        return self._next_descriptor

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Call back each time `readable` is called with this descriptor."""
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

    # --- what BaseEventLoop wants -------------------------------------------------------------------------

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
        """Do nothing: this loop has no sockets to select."""

    def _write_to_self(self) -> None:
        """Do nothing: there is no other thread to wake up."""


class _NoSelector:
    """Stands in for the loop's selector."""

    def close(self) -> None:
        """Do nothing: nothing is open."""
