"""The progress of one file: the numbers of a transfer, and the effect of an ACK on them.

Strategy: blocks are counted from the file's start and never wrap; only the 16-bit numbers on the wire do.
`acked` blocks have arrived, `sent` have left; an ACK counts if its number lies in between, so a repeated or
late ACK sends nothing (no Sorcerer's Apprentice, RFC 1123 §4.2.3.1). With a window (RFC 7440) an ACK inside
it says that the next block was lost: sending goes on from there.

This is all that happens for nearly every datagram of a storm, so it has a twin in C that answers ACKs without
Python (`serve/tftp/fast/tftp_fast.c`); the engine's tests run against both.
"""

from typing import NamedTuple, Protocol

from ringup.engine.tftp.blocks import Blocks
from ringup.engine.tftp.options import NegotiatedOptions
from ringup.wire.tftp import BLOCK_NUMBERS, ReadRequest

Peer = tuple[str, int]
"""A phone's address and port: with our own port, that is the transfer's identity (RFC 1350 §4)."""

Way = tuple[Peer, int, bytes]
"""Between whom: the phone, which of our ports, which of our addresses (four bytes; none: the socket's
own)."""


class Progress(Protocol):
    """The numbers of one transfer."""

    count: int
    """Packets of the whole file."""
    window: int
    acked: int
    sent: int
    offering: bool
    """The OACK waits for its ACK."""
    unanswered: int
    """Resendings since the last progress."""
    resent: int
    """DATA packets sent more than once, in all."""
    first_wait: float
    """Seconds before the first resending."""
    wait: float
    """Seconds from the last sending to `deadline`."""
    deadline: float
    """The time of the next retransmission."""

    def acknowledge(self, number: int, now: float) -> int:
        """Return how many packets to send for an ACK, from `acked` on; none if it is old, or the last one."""


class CachedRequest(NamedTuple):
    """A request without options for a file that is the same for all, and the file's packets."""

    request: ReadRequest
    blocks: Blocks


class Finished(NamedTuple):
    """A transfer whose last ACK the engine did not see."""

    peer: Peer
    known: CachedRequest | None = None
    """The first reply, if the engine did not see the beginning of the transfer."""
    started: float = 0.0
    """In that case: when."""
    resent: int = 0


class HandedOver(NamedTuple):
    """A transfer whose beginning the engine did not see, and that it is to go on with."""

    way: Way
    known: CachedRequest
    started: float
    progress: Progress


class Progresses(Protocol):
    """Whoever keeps the numbers."""

    def learn(self, known: CachedRequest, seconds: float) -> None:
        """From now on, and for so many seconds, such requests may be answered without the engine."""

    def start(self, way: Way, blocks: Blocks, terms: NegotiatedOptions) -> Progress:
        """The numbers of a new transfer; ACKs for it may be answered from now on."""

    def send(self, progress: Progress, blocks: Blocks) -> bool:
        """Let the packets from `acked` to `sent` leave; False: they must be made and sent elsewhere."""

    def end(self, progress: Progress) -> None:
        """The transfer is over: no ACK moves it any more."""


class PlainProgress:
    """The numbers as Python's own."""

    __slots__ = (
        "acked",
        "count",
        "deadline",
        "first_wait",
        "offering",
        "resent",
        "sent",
        "unanswered",
        "wait",
        "window",
    )

    def __init__(self, count: int, terms: NegotiatedOptions) -> None:
        self.count = count
        self.window = terms.window
        self.first_wait = self.wait = terms.wait
        self.acked = self.sent = self.unanswered = self.resent = 0
        self.offering = False
        self.deadline = 0.0

    def acknowledge(self, number: int, now: float) -> int:
        """Return how many packets to send for an ACK, from `acked` on; none if it is old, or the last one."""
        if self.offering:
            if number:
                return 0
            self.offering = False
            return send_window(self, now)
        step = (number - self.acked) % BLOCK_NUMBERS
        if not 0 < step <= self.sent - self.acked:
            return 0
        self.acked += step
        if self.acked == self.count:
            return 0
        self.resent += self.sent - self.acked
        return send_window(self, now)


class PlainProgresses:
    """Keeps nothing: every datagram comes through the engine."""

    def learn(self, _known: CachedRequest, _seconds: float) -> None:
        """Every request comes through the engine."""

    def start(self, _way: Way, blocks: Blocks, terms: NegotiatedOptions) -> Progress:
        """The numbers of a new transfer."""
        return PlainProgress(blocks.count, terms)

    def send(self, _progress: Progress, _blocks: Blocks) -> bool:
        """Every packet leaves through the engine."""
        return False

    def end(self, _progress: Progress) -> None:
        """Nothing is kept."""


def send_window(progress: Progress, now: float) -> int:
    """Note that the next window leaves now; returns how many packets it has."""
    progress.unanswered = 0
    progress.wait = progress.first_wait
    progress.deadline = now + progress.wait
    progress.sent = min(progress.acked + progress.window, progress.count)
    return progress.sent - progress.acked
