"""Takes every event: a line in the log at once, a row in the store a moment later, many rows at a time."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence

from ringup.events import Event, ServerFault
from ringup.serve.log import log, log_event

FLUSH_SECONDS = 0.2
"""How long an event may wait for its row; a board that polls does not see the difference."""
MOST_WAITING = 100_000
"""Events kept in memory while the store refuses to write; the oldest go first."""


class Recorder:
    """Collects events and writes them in batches."""

    def __init__(self, add_events: Callable[[Sequence[Event]], None]) -> None:
        self._add_events = add_events
        self._waiting: deque[Event] = deque(maxlen=MOST_WAITING)
        self._refusing = False

    def emit(self, event: Event) -> None:
        """Log the event and keep it for the next flush."""
        log_event(event, logging.ERROR if isinstance(event, ServerFault) else logging.INFO)
        self._waiting.append(event)

    def emit_all(self, events: Sequence[Event]) -> None:
        """Log and keep several."""
        for event in events:
            self.emit(event)

    def flush(self) -> None:
        """Write what waits; when the store refuses, keep it, say so once, and try again next time."""
        batch = list(self._waiting)
        if not batch:
            return
        try:
            self._add_events(batch)
        except Exception as error:
            if not self._refusing:
                log.error("the store takes no events: %s", error)
            self._refusing = True
            return
        self._refusing = False
        for _ in batch:
            self._waiting.popleft()

    async def run(self) -> None:
        """Flush until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                self.flush()
        finally:
            self.flush()
