"""Notices of the PBX outside calls: waiting messages, and check-sync.

Source: RFC 3842, P-SYNC-1.
"""

from ringup.emulator.sip.text import PhoneContext
from ringup.wire import sip

SYNC_AFTER = 20.0
"""Seconds a phone must have been idle before check-sync takes effect (P-SYNC-2)."""


def event_of(request: sip.SipRequest) -> str:
    """Return the event of a NOTIFY, in lower case."""
    return sip.first(request, "Event").partition(";")[0].strip().lower()


def messages_waiting(body: bytes) -> bool | None:
    """Return whether a message-summary reports waiting messages; None if it reports nothing about them."""
    for line in body.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "messages-waiting":
            return value.strip().lower() == "yes"
    return None


class Notices:
    """The lamp, and a check-sync that waits for the phone to be idle."""

    def __init__(self, context: PhoneContext) -> None:
        self._context = context
        self.lines_with_messages: set[int] = set()
        self.wake_at: float | None = None
        self._busy_until = 0.0

    def light(self, line: int, body: bytes, now: float) -> None:
        """Turn the lamp on while any line has messages."""
        waiting = messages_waiting(body)
        if waiting is None:
            return
        before = bool(self.lines_with_messages)
        (self.lines_with_messages.add if waiting else self.lines_with_messages.discard)(line)
        if bool(self.lines_with_messages) != before:
            self._context.report(now, "lamp", on=not before)

    def want_sync(self, now: float) -> None:
        """Note that a check-sync arrived."""
        self.wake_at = max(now, self._busy_until) + SYNC_AFTER

    def note_busy(self, now: float) -> None:
        """Note that a person uses the phone."""
        self._busy_until = now

    def wake(self, now: float, idle: bool) -> None:
        """Report check-sync once the phone has been idle for long enough."""
        if self.wake_at is None or now < self.wake_at:
            return
        since = self._busy_until if idle else now
        if since + SYNC_AFTER > now:
            self.wake_at = since + SYNC_AFTER
            return
        self.wake_at = None
        self._context.report(now, "check-sync")
