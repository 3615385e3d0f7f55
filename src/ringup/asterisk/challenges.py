"""Report the unanswered challenges: the PBX challenged a REGISTER, and the phone sent no answer.

Asterisk reports each challenge, and each login begins with one. So a challenge is held for a moment, and is
an event only if neither a login nor a refusal follows: at most one per line and minute.
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
"""Seconds within which a phone answers: usually 0.1 (P-SIP-7), more if the challenge must be sent again."""
LEAST_BETWEEN = 60.0
"""Minimum seconds between two events of one line."""

_END_IT = (LineAuthenticated, LineRegistered, LineUnregistered, RegistrationRefused)


class OpenChallenges:
    """Passes on the events of one PBX, and holds its challenges."""

    def __init__(
        self, emit: Callable[[Event], None], call_later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        """`call_later` calls a function after some seconds."""
        self._emit = emit
        self._call_later = call_later
        self._open: dict[str, LineChallenged] = {}
        """By extension, so that there are as many as the site has lines."""
        self._emitted_at: dict[str, float] = {}

    def take(self, event: Event) -> None:
        """Emit an event now, or, if it is a challenge, perhaps later."""
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
