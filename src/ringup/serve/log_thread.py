"""Write the log in a separate thread, so that the server never waits for the reader of the log.

Standard error may be a pipe to a pager that waits for a key, or to a logging service whose disk is slow. A
write to such a pipe blocks, and would also delay the events and the leases that wait for the same thread.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from ringup.serve.log import EventStream, log

MOST_WAITING = 8 * 1024 * 1024
"""Maximum number of characters that wait to be written; further lines are dropped. A boot storm of 10,000
phones makes this many.
"""

LAST_SECONDS = 2.0
"""Seconds that the end of the program waits for the remaining lines to be written."""


class QueuedStream:
    """Accepts text immediately, and writes it in order as fast as the real stream accepts it."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._texts: deque[str] = deque()
        self._waiting = 0
        self._left_out = 0
        self._closing = False
        self._more = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def write(self, text: str) -> None:
        """Queue text for the thread; text above the limit is dropped and reported later."""
        with self._more:
            if self._waiting + len(text) > MOST_WAITING:
                self._left_out += text.count("\n")
                return
            self._texts.append(text)
            self._waiting += len(text)
            self._more.notify()

    def flush(self) -> None:
        """Do nothing: the thread flushes after each text."""

    def close(self, seconds: float = LAST_SECONDS) -> None:
        """Stop the thread when everything is written, or after this many seconds."""
        with self._more:
            self._closing = True
            self._more.notify()
        self._thread.join(seconds)

    def _run(self) -> None:
        while (text := self._next()) is not None:
            with suppress(OSError, ValueError):  # the reader of the log is gone; the server continues
                self._stream.write(text)
                self._stream.flush()
            self._written(text)

    def _next(self) -> str | None:
        """Return the next text, or None at the end; a text counts as waiting until it is written."""
        with self._more:
            while not (self._texts or self._closing):
                self._more.wait()
            return self._texts.popleft() if self._texts else None

    def _written(self, text: str) -> None:
        with self._more:
            self._waiting -= len(text)
            if self._texts or not self._left_out:
                return
            left_out, self._left_out = self._left_out, 0
        log.warning("%d log lines dropped: the log was not read fast enough", left_out)


@contextmanager
def written_beside(stream: TextIO) -> Iterator[None]:
    """Let a thread write the log to `stream` while the block runs."""
    handlers = [handler for handler in log.handlers if isinstance(handler, EventStream)]
    queued = QueuedStream(stream)
    for handler in handlers:
        handler.setStream(queued)
    try:
        yield
    finally:
        queued.close()
        for handler in handlers:
            handler.setStream(stream)
