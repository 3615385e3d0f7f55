"""The only thread that writes to the database: leases at once, events when no lease waits.

A commit waits for the disk. Because it waits in this thread, it delays neither DHCP nor TFTP. Work that
arrives during a commit shares the next one, so a boot storm needs few commits. There is only one such thread,
because SQLite allows one writer at a time and makes a second writer wait.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

Work = Callable[[], None]
"""The work of the thread; an exception that it raises is passed to `Done`."""

Done = Callable[[Exception | None], None]
"""Called on the event loop after the work, with the work's exception, if any."""


class AnyStoreThread(Protocol):
    """The interface of objects that run work for the store; StoreThread runs it in a thread."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to work; `Done` is called on `loop`."""

    def high_priority(self, work: Work, done: Done) -> None:
        """Queue work before all low-priority work."""

    def low_priority(self, work: Work, done: Done) -> None:
        """Queue work that is done when no high-priority work waits."""

    def stop(self) -> None:
        """Finish all queued work and end."""


class StoreThread:
    """Runs work in the given order, high-priority work first."""

    def __init__(self) -> None:
        self._high_priority: deque[tuple[Work, Done]] = deque()
        self._low_priority: deque[tuple[Work, Done]] = deque()
        self._waits = threading.Condition()
        self._stopping = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the thread; it calls `Done` on `loop`."""
        self._loop = loop
        self._thread.start()

    def high_priority(self, work: Work, done: Done) -> None:
        """Queue work before all low-priority work, because a phone waits for it."""
        self._take(self._high_priority, work, done)

    def low_priority(self, work: Work, done: Done) -> None:
        """Queue work that is done when no high-priority work waits."""
        self._take(self._low_priority, work, done)

    def stop(self) -> None:
        """Finish all queued work and end.

        The event loop makes the remaining `Done` calls in its next turn.
        """
        with self._waits:
            self._stopping = True
            self._waits.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _take(self, queue: deque[tuple[Work, Done]], work: Work, done: Done) -> None:
        with self._waits:
            queue.append((work, done))
            self._waits.notify()

    def _run(self) -> None:
        while True:
            with self._waits:
                while not (self._high_priority or self._low_priority or self._stopping):
                    self._waits.wait()
                if not (self._high_priority or self._low_priority):
                    return
                work, done = (self._high_priority or self._low_priority).popleft()
            failure: Exception | None = None
            try:
                work()
            except Exception as error:
                failure = error
            if self._loop is not None:
                self._loop.call_soon_threadsafe(done, failure)
