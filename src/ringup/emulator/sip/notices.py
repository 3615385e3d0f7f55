"""NOTIFY requests of the PBX outside calls: waiting messages, and check-sync.

Source: RFC 3842, P-SYNC-1.
"""

import re
from dataclasses import dataclass

from ringup.emulator.behaviour import UrgentCounts
from ringup.emulator.sip.text import PhoneContext
from ringup.wire import sip

SYNC_AFTER = 20.0
"""Seconds a phone must have been idle before check-sync takes effect (P-SYNC-2)."""


def event_of(request: sip.SipRequest) -> str:
    """Return the event name of a NOTIFY, in lower case."""
    return sip.first(request, "Event").partition(";")[0].strip().lower()


def messages_waiting(body: bytes) -> bool | None:
    """Return whether a message-summary body reports waiting messages; None if it does not contain the
    field.
    """
    for line in body.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "messages-waiting":
            return value.strip().lower() == "yes"
    return None


_COUNTS = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*(\(.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class MessageCounts:
    """The counts in the line Voice-Message of a message-summary body."""

    new: int
    old: int
    has_urgent: bool
    """True if the counts of urgent messages follow: ``2/1 (0/0)``."""


def counts_in(body: bytes) -> MessageCounts | None:
    """Return the counts in a message-summary body; None if it has none (RFC 3842 §3.5)."""
    for line in body.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        found = _COUNTS.fullmatch(value.rstrip()) if name.strip().lower() == "voice-message" else None
        if found:
            return MessageCounts(int(found[1]), int(found[2]), bool(found[3]))
    return None


class Notices:
    """The message lamp, and a check-sync that waits until the phone is idle."""

    def __init__(self, context: PhoneContext) -> None:
        self._context = context
        self.lines_with_messages: set[int] = set()
        self.counts: dict[int, MessageCounts] = {}
        """The counts that the PBX last sent for each line."""
        self.wake_at: float | None = None
        self._busy_until = 0.0

    def light(self, line: int, body: bytes, now: float) -> bool:
        """Switch the lamp on if any line has waiting messages, else off; return False if the phone rejects
        the body.
        """
        counts = counts_in(body)
        if counts and counts.has_urgent and self._context.config.urgent_counts is UrgentCounts.REFUSES:
            return False
        if counts and counts != self.counts.get(line):
            self.counts[line] = counts
            self._context.report(now, "messages", line=line, new=counts.new, old=counts.old)
        self._light(line, messages_waiting(body), now)
        return True

    def _light(self, line: int, waiting: bool | None, now: float) -> None:
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
        """Report the check-sync after the phone has been idle for SYNC_AFTER seconds."""
        if self.wake_at is None or now < self.wake_at:
            return
        since = self._busy_until if idle else now
        if since + SYNC_AFTER > now:
            self.wake_at = since + SYNC_AFTER
            return
        self.wake_at = None
        self._context.report(now, "check-sync")
