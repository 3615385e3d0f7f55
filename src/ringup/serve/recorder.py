"""Record every event: log it, count it, and write it to the database.

A thread that emits an event only appends it to a queue. The store's thread does the rest when no lease waits:
it takes the events in slices, and each slice in portions. After each portion it releases Python's global
lock, because the serving threads would otherwise wait 5 ms for it.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from ringup.events import (
    OF_A_NODE,
    Event,
    MachineFault,
    MachineFaultOver,
    NodeActive,
    NodeStandby,
    ServerFault,
    ServerStarted,
    ServerStopped,
    StoreSlow,
    of_node,
)
from ringup.serve.clocks import REAL_CLOCKS, Clocks
from ringup.serve.counts import Counts
from ringup.serve.event_limits import EventLimits
from ringup.serve.log import log, log_events
from ringup.serve.routine import RoutineEvents
from ringup.serve.store_thread import Done, Work

FLUSH_SECONDS = 0.2
"""Maximum seconds until an event is written; too short to be noticed on a screen that polls the database."""
SLICE = 2_000
"""Maximum number of events per transaction: about 10 ms, for which a lease may have to wait."""
PORTION = 250
"""Number of events after which other threads may run; they take less than 1 ms."""
CROWDED = 20_000
"""Number of waiting events above which the sending threads must wait: 4 MB, or one second of a storm of 2,200
phones.
"""
MOST_WAITING = 150_000
"""Maximum number of events kept in memory while the database refuses writes, about 30 MB; 10,000 phones make
90,000 at once.
"""
TURN_SECONDS = 0.002
"""Seconds that a sending thread waits before it checks again: the store thread needs them for one turn's
events.
"""
SLOW_SECONDS = 1.0
"""Seconds after which a slice is reported as slow."""
REPORT_SECONDS = 60.0
"""Minimum seconds between two reports of a slow slice."""

AT_ONCE = frozenset(
    (MachineFault, MachineFaultOver, NodeActive, NodeStandby, ServerFault, ServerStarted, ServerStopped)
)
"""Kinds of events that are logged at once, because an operator may be waiting for them."""


LowPriority = Callable[[Work, Done], None]
"""The type of `StoreThread.low_priority`."""


class Recorder:
    """Collects events and writes them in slices."""

    def __init__(
        self,
        add_events: Callable[[Sequence[Event]], None],
        low_priority: LowPriority,
        *,
        keeps_all: bool = True,
        stages: Callable[[], Mapping[str, int]] = dict,
        limits: EventLimits | None = None,
        traces: Callable[[Sequence[Event]], list[Event]] = lambda _events: [],
        watch: Callable[[Sequence[Event]], None] = lambda _events: None,
        clocks: Clocks = REAL_CLOCKS,
        node: str = "",
    ) -> None:
        """Without `keeps_all`, only the events of AT_ONCE are logged and stored. `stages` returns the number
        of phones in each stage, for the counts. Without `limits`, every event is logged and stored. `traces`
        returns further events that it concludes from several events; `watch` receives every event and returns
        nothing. `node` is this server's name if several servers share the database.
        """
        self._traces = traces
        self._watch = watch
        self._clocks = clocks
        self._node = node
        self._keeps_all = keeps_all
        self._add_events = add_events
        self._low_priority = low_priority
        self._new: deque[Event] = deque()
        self._unwritten: deque[Event] = deque()
        """Events that are logged and counted, but not yet in the database."""
        self._in_hand = 0
        self._is_queued = False
        self._taking = threading.RLock()
        self._writing = threading.Lock()
        self._refusing = False
        self._lost_unreported = 0
        self._reported_slow = -REPORT_SECONDS
        self._routine = RoutineEvents()
        self._limits = limits
        self.written = 0
        """Number of events written to the database since the start."""
        self.counts = Counts(stages, self._waiting)

    # --- from any thread ------------------------------------------------------------------------------

    def emit(self, event: Event) -> None:
        """Queue the event for the next slice."""
        self.emit_all((event,))

    def emit_all(self, events: Sequence[Event]) -> None:
        """Queue several events; on return, events of AT_ONCE and all earlier events are in the log."""
        if self._node and not OF_A_NODE.isdisjoint(map(type, events)):
            events = [of_node(self._node, event) for event in events]
        if not self._keeps_all:
            events = [event for event in events if type(event) in AT_ONCE]
        self._new.extend(events)
        if not AT_ONCE.isdisjoint(map(type, events)):
            self._take_in(len(self._new))
        if len(self._new) >= SLICE:
            self._ask()

    def emit_all_in_time(self, events: Sequence[Event]) -> None:
        """Queue several events; in a boot storm, make the calling thread wait if events arrive faster than
        they can be written.

        The kernel queues TFTP's requests meanwhile, and the wait is too short for a phone to repeat its
        request.
        """
        self.emit_all(events)
        if self.is_crowded:
            self._clocks.pause(TURN_SECONDS)

    @property
    def is_crowded(self) -> bool:
        """Return whether a sending thread should wait for the store's thread; False while the database
        refuses writes.
        """
        return len(self._new) > CROWDED and not self._refusing

    @property
    def taken(self) -> int:
        """Return the number of events so far that are written or wait."""
        return self.written + self._waiting()

    def flush(self) -> None:
        """Write all waiting events.

        If the database refuses, report it once, keep them and retry next time.
        """
        while self._write_slice():
            pass

    async def run(self) -> None:
        """Let the store thread write events until cancelled, then write the rest."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                if self._waiting() or (self._limits and self._limits.is_due(self._clocks.steady())):
                    self._ask()
        finally:
            self.flush()
            if left := self._waiting():
                log.error("%d events could not be written", left)

    def _waiting(self) -> int:
        return len(self._new) + len(self._unwritten) + self._in_hand

    def _ask(self) -> None:
        if self._waiting() > MOST_WAITING:
            self._throw_away()
        if not self._is_queued:
            self._is_queued = True
            self._low_priority(self._work, self._worked)

    # --- in the store's thread ------------------------------------------------------------------------

    def _work(self) -> None:
        self._is_queued = False  # events from now on may need another run
        if self._write_slice():
            self._ask()

    def _worked(self, failure: Exception | None) -> None:
        if failure:
            log.error("the events could not be recorded: %r", failure)

    def _write_slice(self) -> bool:
        """Log, count and write up to SLICE events; return whether more can be written immediately."""
        with self._writing:
            self._take_in(SLICE)
            batch = self._next_batch()
            if not batch:
                return bool(self._new)  # no event of the slice needs to be stored
            begun = self._clocks.steady()
            try:
                self._add_events(batch)
            except Exception as error:
                self._refused(batch, error)
                return False
            self._in_hand = 0
            self.written += len(batch)
            self._written(self._clocks.steady() - begun)
            return bool(self._new or self._unwritten)

    def _take_in(self, most: int) -> bool:
        """Count the next events, and log those that the limits allow; return whether there were any."""
        with self._taking:
            events = _taken(self._new, most)
            events += self._traces(events)
            self._watch(events)
            allowed = self._limits.allowed(events, self._clocks.steady()) if self._limits else events
            if not events and not allowed:
                return False
            self._unwritten.extend(self._routine.without(allowed))
            log_events(allowed)
            for first in range(0, len(events), PORTION):
                self._clocks.pause(0)  # releases Python's global lock for a waiting thread
                self.counts.take(events[first : first + PORTION])
            return True

    def _next_batch(self) -> list[Event]:
        with self._taking:
            batch = _taken(self._unwritten, SLICE)
            self._in_hand = len(batch)
            return batch

    def _refused(self, batch: list[Event], error: Exception) -> None:
        with self._taking:
            self._unwritten.extendleft(reversed(batch))
            self._in_hand = 0
        if not self._refusing:
            log.error("the database refuses events: %s", error)
        self._refusing = True
        while self._take_in(SLICE):  # log the waiting events, although they cannot be stored
            pass
        if self._waiting() > MOST_WAITING:
            self._throw_away()

    def _throw_away(self) -> None:
        """Drop waiting events above the limit, the oldest first."""
        with self._taking:
            too_many = self._waiting() - MOST_WAITING
            thrown = len(_taken(self._unwritten, too_many))
            thrown += len(_taken(self._new, too_many - thrown))
            if not self._lost_unreported:
                log.error("events are lost: %d wait, and the database refuses them", MOST_WAITING)
            self._lost_unreported += thrown
            self.counts.lost += thrown

    def _written(self, seconds: float) -> None:
        """Report earlier failures, and whether the write was slow."""
        self._refusing = False
        if self._lost_unreported:
            lost, self._lost_unreported = self._lost_unreported, 0
            self.emit(
                ServerFault(
                    self._clocks.time_of_day(),
                    "",
                    f"{lost} events were lost, because the database refused them",
                )
            )
        if seconds > SLOW_SECONDS and self._clocks.steady() - self._reported_slow >= REPORT_SECONDS:
            self._reported_slow = self._clocks.steady()
            self.emit(StoreSlow(self._clocks.time_of_day(), "", "events", seconds))


def _taken(queue: deque[Event], most: int) -> list[Event]:
    """Take up to this many events from the front of the queue, which has no other reader."""
    return [queue.popleft() for _ in range(min(most, len(queue)))]
