"""Report challenges without an answer: the PBX challenged a REGISTER, and the phone sent no credentials.

Asterisk reports each challenge, and each login begins with one. So ringup keeps a challenge for a moment. It
emits an event only if neither a login nor a refusal follows, and at most one event per line and minute.
"""

from collections.abc import Callable

from ringup.events import (
    Event,
    LineAuthenticated,
    LineChallenged,
    LineRegistered,
    LineUnregistered,
    RegistrationRefused,
)

HOLD_SECONDS = 4.0
"""Seconds within which a phone answers a challenge: usually 0.1 (P-SIP-7), more after a retransmission."""
LEAST_BETWEEN = 60.0
"""Minimum seconds between two events about the same line."""

_END_IT = (LineAuthenticated, LineRegistered, LineUnregistered, RegistrationRefused)


class OpenChallenges:
    """Passes on the events of one PBX, but delays its challenges."""

    def __init__(
        self, emit: Callable[[Event], None], call_later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        """Emit events through `emit`; `call_later` calls a function after a number of seconds."""
        self._emit = emit
        self._call_later = call_later
        self._open: dict[str, LineChallenged] = {}
        """The latest challenge of each line, by extension; there are at most as many as the site has
        lines.
        """
        self._emitted_at: dict[str, float] = {}

    def take(self, event: Event) -> None:
        """Emit an event now; a challenge is emitted later, if nothing answers it."""
        if isinstance(event, LineChallenged):
            if event.extension not in self._open:
                self._open[event.extension] = event
                self._call_later(HOLD_SECONDS, lambda: self._look(event))
            return
        if isinstance(event, _END_IT):
            self._open.pop(event.extension, None)
        self._emit(event)

    def _look(self, challenge: LineChallenged) -> None:
        extension, at = challenge.extension, challenge.at
        if self._open.get(extension) is not challenge:
            return
        del self._open[extension]
        last = self._emitted_at.get(extension)
        if last is None or not 0 <= at - last < LEAST_BETWEEN:
            self._emitted_at[extension] = at
            self._emit(challenge)
