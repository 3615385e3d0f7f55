"""An event loop on a clock of its own: when nothing is due now, it jumps to the moment of what is due next.

No socket is read and nobody sleeps, so that hours pass in seconds and a run is the same each time.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

CLOCK_RESOLUTION = 1e-9
"""Seconds; calls that are due within one resolution are due together."""


class AtRest(Exception):
    """Nothing is due any more, and nobody can ever set anything in motion again."""


class StreetLoop(asyncio.BaseEventLoop):
    """The event loop of one street."""

    def __init__(self, epoch: float) -> None:
        """`epoch` is the Unix time at which the street begins."""
        super().__init__()
        self._passed = 0.0
        self._epoch = epoch
        self._clock_resolution = CLOCK_RESOLUTION
        self._selector = _Jump(self._jump)
        self._readers: dict[int, Callable[[], object]] = {}
        self._next_descriptor = 1_000_000

    def time(self) -> float:
        """Seconds since the street began."""
        return self._passed

    def unix_time(self) -> float:
        """The street's true time of day, in Unix seconds."""
        return self._epoch + self._passed

    def _jump(self, seconds: float | None) -> None:
        if seconds is None:
            raise AtRest
        self._passed += seconds

    # --- what stands for sockets --------------------------------------------------------------------------

    def new_descriptor(self) -> int:
        """Return a number that no file descriptor of this process has."""
        self._next_descriptor += 1
        return self._next_descriptor

    def add_reader(self, fd: Any, callback: Callable[..., Any], *args: Any) -> None:  # type: ignore[override]
        """Call back whenever `readable` is told this descriptor."""
        self._readers[fd] = lambda: callback(*args)

    def remove_reader(self, fd: Any) -> bool:
        """Do not call back any more."""
        return self._readers.pop(fd, None) is not None

    def readable(self, descriptor: int) -> None:
        """Call who reads this descriptor, in the next turn."""
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
        """Do the work at once: another thread would not know this clock."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def _process_events(self, _event_list: list[object]) -> None:
        """Nothing is ever selected."""

    def _write_to_self(self) -> None:
        """There is no thread that could have to be woken."""


class _Jump:
    """What the loop takes for its selector."""

    def __init__(self, jump: Callable[[float | None], None]) -> None:
        self._jump = jump

    def select(self, timeout: float | None) -> list[object]:
        self._jump(timeout)
        return []

    def close(self) -> None:
        """There is nothing to close."""
