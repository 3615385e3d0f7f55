"""Track the phones that should have registered at the PBX by now and have not.

ringup listens to SIP only while there is such a phone, or after a failed registration. A phone that got its
own file registers a few seconds later (P-BOOT-8, P-DHCP-6). If the PBX does not report this registration, or
reports a failure, an operator will ask why.
"""

import threading
from collections.abc import Sequence

from ringup.events import (
    Event,
    FileSent,
    LineAuthenticated,
    LineChallenged,
    LineReachable,
    LineRegistered,
    LineUnreachable,
    LineUnregistered,
    RegistrationRefused,
)

PATIENCE = 10.0
"""Seconds after it got its own file within which a phone normally registers, including one retry."""
LONGEST = 130.0
"""Seconds after which a phone is no longer awaited: by then it has tried again four times."""
AFTER_A_FAILURE = 70.0
"""Seconds for which a failed registration counts as recent. A phone tries again within 30 s, so at most twice
in this time.
"""
MOST = 10_000
"""Maximum number of awaited phones."""

_REGISTERED = frozenset((LineRegistered, LineAuthenticated, LineReachable))
_FAILED = frozenset((LineUnreachable, LineUnregistered, RegistrationRefused, LineChallenged))


class AwaitedRegistrations:
    """The phones that got their own file and have not registered; any thread may call the methods."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        """When each phone got its file, in Unix seconds by MAC; the oldest first."""
        self._failed_at = -AFTER_A_FAILURE
        self._lock = threading.Lock()

    def take(self, events: Sequence[Event]) -> None:
        """Note the files sent and the registrations in these events; events must come in their order."""
        with self._lock:
            for event in events:
                kind = type(event)
                if kind is FileSent:
                    self._sent(event)
                elif kind in _REGISTERED:
                    self._since.pop(event.mac, None)
                elif kind in _FAILED:
                    self._failed_at = max(self._failed_at, event.at)

    def _sent(self, event: Event) -> None:
        name = event.name if isinstance(event, FileSent) else ""
        if not event.mac or event.mac not in name or not name.endswith(".cnf"):
            return
        self._since.pop(event.mac, None)
        self._since[event.mac] = event.at
        if len(self._since) > MOST:
            del self._since[next(iter(self._since))]

    def are_overdue(self, now: float) -> bool:
        """Return whether a phone has not registered in time, or a registration failed recently.

        `now` is in Unix seconds.
        """
        with self._lock:
            self._forget_those_before(now - LONGEST, after=now)
            oldest = next(iter(self._since.values()), now)
            return now - oldest >= PATIENCE or 0 <= now - self._failed_at < AFTER_A_FAILURE

    def _forget_those_before(self, time: float, *, after: float) -> None:
        """Forget files sent before `time`; also those sent after `after`, which means that the clock was set
        back.
        """
        for mac, at in tuple(self._since.items()):
            if time < at <= after:
                return
            del self._since[mac]
