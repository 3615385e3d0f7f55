"""The client of Asterisk's manager interface: log in, act, match responses by ActionID, pass on events.

Strategy: bytes and the time go in, bytes and results come out. The login is by challenge, so the secret is
never sent. Actions may overlap. A list (``EventList: start`` … ``complete``) is one answer. An action without
an answer is given up after `ANSWER_SECONDS`. A quiet connection is pinged, and a connection that leaves a
ping unanswered counts as lost. Source: Asterisk's main/manager.c.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from ringup.errors import WireError
from ringup.wire.ami import AmiMessage, Framer, action, parse, parse_banner

ANSWER_SECONDS = 10.0
"""Seconds after which an action without an answer has failed. Asterisk answers within a second; a reload of a
large site takes three.
"""

PING_SECONDS = 30.0
"""Seconds between pings; Asterisk sends nothing by itself while there are no calls."""

MOST_LISTED = 200_000
"""Maximum number of events in one list: ten times the lists of the largest site."""


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Asterisk accepted the login."""

    protocol: str
    """Version of the interface, like ``5.0.4``."""


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """Asterisk refused the login."""

    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to an action; if it is a list, with its events."""

    action_id: str
    response: AmiMessage
    listed: tuple[AmiMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class UnansweredAction:
    """No answer to an action came in time."""

    action_id: str


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that belongs to no action."""

    event: AmiMessage


@dataclass(frozen=True, slots=True)
class Broken:
    """The other side is not a manager interface, or no longer sends anything."""

    reason: str


AmiResult = LoggedIn | LoginRefused | Answered | UnansweredAction | Happened | Broken


@dataclass(slots=True)
class _PendingAction:
    deadline: float
    response: AmiMessage | None = None
    listed: list[AmiMessage] = field(default_factory=list)


class AmiSession:
    """The client's side of one connection, which begins with Asterisk's banner."""

    def __init__(self, user: str, secret: str, prefix: str = "ringup") -> None:
        self._user = user
        self._secret = secret
        self._prefix = prefix
        self._framer = Framer()
        self._protocol = ""
        self._number = 0
        self._own: dict[str, str] = {}
        """The session's own actions without an answer yet: the step (challenge, login, ping) by ActionID."""
        self._pending: dict[str, _PendingAction] = {}
        self._results: list[AmiResult] = []
        self._ping_at: float | None = None

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called; None: there is nothing to wait for."""
        times = [pending.deadline for pending in self._pending.values()]
        if self._ping_at is not None:
            times.append(self._ping_at)
        return min(times, default=None)

    def take_results(self) -> list[AmiResult]:
        """Return the results since the last call."""
        results, self._results = self._results, []
        return results

    def act(self, name: str, fields: Iterable[tuple[str, str]], now: float) -> tuple[str, bytes]:
        """Return an action's id and bytes; raises ValueError for values that contain line ends."""
        self._number += 1
        action_id = f"{self._prefix}-{self._number}"
        data = action(name, action_id, fields)
        self._pending[action_id] = _PendingAction(now + ANSWER_SECONDS)
        return action_id, data

    def receive(self, data: bytes, now: float) -> list[bytes]:
        """Handle bytes from Asterisk; return the bytes to send."""
        replies: list[bytes] = []
        try:
            for piece in self._framer.feed(data):
                if not self._protocol:
                    self._protocol = parse_banner(piece)
                    replies.append(self._step("challenge", "Challenge", [("AuthType", "MD5")], now))
                else:
                    replies += self._take(parse(piece), now)
        except WireError as error:
            self._results.append(Broken(str(error)))
        return replies

    def wake(self, now: float) -> list[bytes]:
        """Give up overdue actions, and ping a quiet connection."""
        overdue = [action_id for action_id, pending in self._pending.items() if pending.deadline <= now]
        for action_id in overdue:
            del self._pending[action_id]
            step = self._own.pop(action_id, "")
            self._results.append(Broken(f"no answer to {step}") if step else UnansweredAction(action_id))
        if self._ping_at is None or self._ping_at > now:
            return []
        self._ping_at = now + PING_SECONDS
        return [self._step("ping", "Ping", (), now)]

    def _step(self, step: str, name: str, fields: Iterable[tuple[str, str]], now: float) -> bytes:
        action_id, data = self.act(name, fields, now)
        self._own[action_id] = step
        return data

    def _take(self, message: AmiMessage, now: float) -> list[bytes]:
        action_id = message.get("ActionID")
        pending = self._pending.get(action_id)
        if pending is None:
            self._happened(message)
            return []
        # Some events have a field of this name too: OriginateResponse, ChallengeResponseFailed.
        if message.get("Response") and not message.get("Event"):
            pending.response = message
            if message.get("EventList").lower() == "start":
                return []
        elif not self._listed(pending, message):
            return []
        return self._finish(action_id, pending, now)

    def _happened(self, message: AmiMessage) -> None:
        # A response that came after its action was given up is dropped.
        if message.get("Event"):
            self._results.append(Happened(message))

    def _listed(self, pending: _PendingAction, message: AmiMessage) -> bool:
        """Add an event to a list; return true when the list is complete."""
        if pending.response is None or pending.response.get("EventList").lower() != "start":
            # FullyBooted and SuccessfulAuth carry the login's id in some versions without being its answer.
            self._happened(message)
            return False
        if message.get("EventList").lower() in ("complete", "cancelled"):
            return True
        if len(pending.listed) < MOST_LISTED:
            pending.listed.append(message)
        return False

    def _finish(self, action_id: str, pending: _PendingAction, now: float) -> list[bytes]:
        del self._pending[action_id]
        response = pending.response or AmiMessage(())
        step = self._own.pop(action_id, "")
        if not step:
            self._results.append(Answered(action_id, response, tuple(pending.listed)))
            return []
        return self._login(step, response, now)

    def _login(self, step: str, response: AmiMessage, now: float) -> list[bytes]:
        if step == "ping":
            return []
        if response.get("Response") != "Success":
            self._results.append(LoginRefused(response.get("Message", "no reason given")))
            return []
        if step == "challenge":
            # The interface offers only MD5, which keeps the secret from being sent.
            text = response.get("Challenge") + self._secret
            key = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            fields = [("AuthType", "MD5"), ("Username", self._user), ("Key", key), ("Events", "on")]
            return [self._step("login", "Login", fields, now)]
        self._ping_at = now + PING_SECONDS
        self._results.append(LoggedIn(self._protocol))
        return []
