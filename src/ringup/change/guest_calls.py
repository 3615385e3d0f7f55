"""Collect the codes that guests dial: each is handled when its call has ended, because a phone in a call
does not restart.
"""

from collections import deque
from typing import NamedTuple

from ringup.events import CallEnded, CallStarted, Event
from ringup.site.guests import CODE_DIGITS, is_account

MOST_WAITING = 100
"""Maximum number of dialled codes that wait; a guest cannot make more calls than that in two seconds."""


class DialledCode(NamedTuple):
    """A code, and the guest that dialled it."""

    mac: str
    code: str


class GuestCalls:
    """The calls of guests, from Asterisk's events; the codes are taken by another thread."""

    def __init__(self) -> None:
        self._running: dict[str, str] = {}
        self._ended: deque[DialledCode] = deque(maxlen=MOST_WAITING)

    def take(self, event: Event) -> None:
        """Note the begin or the end of a guest's call; other events have no effect."""
        if isinstance(event, CallStarted) and is_account(event.extension):
            self._running[event.mac] = event.to
        elif isinstance(event, CallEnded) and is_account(event.extension):
            code = self._running.pop(event.mac, "")
            if len(code) == CODE_DIGITS and code.isascii() and code.isdigit():
                self._ended.append(DialledCode(event.mac, code))

    def dialled(self) -> list[DialledCode]:
        """Return the codes whose calls have ended since the last call of this method."""
        return [self._ended.popleft() for _ in range(len(self._ended))]
