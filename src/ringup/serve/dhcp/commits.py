"""Hold ACKs back until a commit has written their leases to disk.

Strategy: one commit runs at a time, in the store's thread. It begins GATHER_SECONDS after the first change,
so that many phones of a boot storm share it. Changes that arrive while it runs wait for the next commit: the
slower the disk, the more phones share a commit.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.replies import DhcpReply
from ringup.events import Event, ServerFault, StoreSlow
from ringup.serve.store_thread import Done, Work
from ringup.store.nodes import NotActive

GATHER_SECONDS = 0.002
"""Seconds that a change waits to share a commit. The delay is too short to matter to a phone, and a storm of
5,000 phones per second takes half as much processor time as with immediate commits.
"""

SLOW_SECONDS = 1.0
"""Seconds after which a commit is reported as slow: a quarter of the time after which a phone retransmits."""

MOST_WAITING = 16_384
"""Maximum number of replies that wait for the disk: one per phone, about 1 KB each. Further phones get no
reply and retransmit.
"""


class LeaseCommits:
    """Saves lease changes, and then sends the replies that waited for them."""

    def __init__(
        self,
        save: Callable[[Sequence[Lease]], None],
        commit: Callable[[Work, Done], None],
        release: Callable[[Sequence[DhcpReply]], None],
        emit_all: Callable[[Sequence[Event]], None],
        clock: Callable[[], float],
        later: Callable[[Callable[[], None]], object],
        steady_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`commit` runs `save` in another thread; all other calls happen on the event loop. `later` calls
        back after GATHER_SECONDS.
        """
        self._save = save
        self._commit = commit
        self._release = release
        self._emit_all = emit_all
        self._clock = clock
        self._unsaved: dict[str, Lease] = {}
        self._waiting: dict[str, DhcpReply] = {}
        self._unsaved_events: list[Event] = []
        self._saving: dict[str, Lease] = {}
        self._saved_for: list[DhcpReply] = []
        self._saving_events: list[Event] = []
        self._later = later
        self._steady_clock = steady_clock
        self._is_gathering = False
        self._is_running = False
        self._began = 0.0
        self._said_slow = False
        self._failing = False

    def hold(self, replies: Iterable[DhcpReply]) -> None:
        """Hold replies back until the next commit is durable; of each phone, only the latest reply waits."""
        for reply in replies:
            if len(self._waiting) < MOST_WAITING or reply.mac in self._waiting:
                self._waiting[reply.mac] = reply

    def emit_when_durable(self, events: Iterable[Event]) -> None:
        """Emit these events as soon as the lease changes that they report are durable."""
        self._unsaved_events += events

    def save(self, changes: Iterable[Lease] = ()) -> None:
        """Make these changes durable with the next commit."""
        for lease in changes:
            self._unsaved[lease.address] = lease
        # A failed commit is retried once a second, not for each phone of a boot storm.
        if self._unsaved and not (self._is_running or self._is_gathering or self._failing):
            self._is_gathering = True
            self._later(self._begin)

    def save_by(self, save: Callable[[Sequence[Lease]], None]) -> None:
        """Use this function for the next commits."""
        self._save = save

    def forget(self) -> None:
        """Drop the changes and replies that no commit has begun to write, because another server now gives
        out the addresses.
        """
        self._unsaved, self._waiting, self._unsaved_events, self._failing = {}, {}, [], False

    def look(self) -> None:
        """Retry failed commits, and report a commit that takes too long; called once a second."""
        if not self._is_running:
            self._begin()
        elif not self._said_slow and self._steady_clock() - self._began > SLOW_SECONDS:
            self._said_slow = True
            self._emit_slow()

    def _begin(self) -> None:
        self._is_gathering = False
        if self._is_running or not self._unsaved:
            return
        self._is_running, self._said_slow, self._began = True, False, self._steady_clock()
        self._saving, self._unsaved = self._unsaved, {}
        self._saved_for, self._waiting = list(self._waiting.values()), {}
        self._saving_events, self._unsaved_events = self._unsaved_events, []
        leases = list(self._saving.values())
        save = self._save
        self._commit(lambda: save(leases), self._end)

    def _end(self, failure: Exception | None) -> None:
        """Handle the end of a commit, on the event loop: it is durable, or it failed."""
        self._is_running = False
        if self._steady_clock() - self._began > SLOW_SECONDS:
            self._emit_slow()
        if failure is None:
            self._failing = False
            self._release(self._saved_for)
            self._emit_all(self._saving_events)
            self.save()
            return
        if isinstance(failure, NotActive):
            self.forget()
            return
        # The replies are dropped, and their phones repeat the request. Changes by later messages stay.
        self._unsaved = self._saving | self._unsaved
        self._unsaved_events = (self._saving_events + self._unsaved_events)[:MOST_WAITING]
        if not self._failing:
            self._failing = True
            what = f"the leases could not be saved, so no phone gets an ACK until they can: {failure}"
            self._emit_all([ServerFault(self._clock(), "", what)])

    def _emit_slow(self) -> None:
        self._emit_all([StoreSlow(self._clock(), "", "leases", self._steady_clock() - self._began)])
