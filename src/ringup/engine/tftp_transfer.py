"""One file on its way to one phone.

Strategy: blocks are counted from the file's start and never wrap; only the 16-bit numbers on the wire do.
`acked` blocks have arrived, `sent` have left; an ACK counts if its number lies in between, so a repeated or
late ACK sends nothing (no Sorcerer's Apprentice, RFC 1123 §4.2.3.1). With a window (RFC 7440) an ACK inside
it says that the next block was lost: sending goes on from there.
"""

from dataclasses import dataclass

from ringup.engine.tftp_blocks import Blocks, Packet
from ringup.engine.tftp_options import Terms
from ringup.wire.tftp import BLOCK_NUMBERS, ReadRequest

Peer = tuple[str, int]
"""A phone's address and port: with our own port, that is the transfer's identity (RFC 1350 §4)."""

MOST_RESENDS = 5
"""Resendings of one window before giving up: at 0.9, 2.7, 6.3, 13.5 and 21.5 s. A silent phone has left its
port by 13 s (8.12) or 20 s (older loaders): fact sheet §1.4."""

LONGEST_WAIT = 8.0
"""Seconds between two resendings at most, unless the client asked for a longer timeout."""


@dataclass(slots=True, eq=False)
class Transfer:
    """What is known of one transfer; `deadline` is when its window is sent again."""

    peer: Peer
    port_index: int
    """Which of our ports it uses."""
    asked: bytes
    """Our own address that the request was sent to, as the socket gave it; replies leave from there."""
    request: ReadRequest
    mac: str
    blocks: Blocks
    terms: Terms
    option_ack: bytes
    """Empty when no option was agreed."""
    started: float
    offering: bool = False
    """The OACK waits for its ACK."""
    deadline: float = 0.0
    queued_at: float = 0.0
    """Where it stands in the queue of deadlines; never after `deadline`."""
    wait: float = 0.0
    """Seconds from the last sending to `deadline`."""
    acked: int = 0
    sent: int = 0
    unanswered: int = 0
    """Resendings since the last progress."""
    resent: int = 0
    """DATA packets sent more than once, in all."""
    over: bool = False
    """Finished or given up; kept for a while so that its peer is known."""

    @property
    def complete(self) -> bool:
        """Whether every block is acknowledged."""
        return self.acked == self.blocks.count

    @property
    def all_sent(self) -> bool:
        """Whether nothing is left to send but what waits for its ACK."""
        return self.sent == self.blocks.count

    @property
    def arrived(self) -> int:
        """Bytes acknowledged."""
        return min(self.acked * self.terms.block_size, self.blocks.size)

    def begin(self, now: float) -> list[Packet]:
        """The first packets: the OACK, or DATA at once."""
        packets = self._next_window(now)
        if not self.option_ack:
            return packets
        self.offering, self.sent = True, 0
        return [self.option_ack]

    def begin_again(self) -> list[Packet]:
        """The first packet once more, for a repeated request; whatever came after it stands."""
        if self.offering:
            return [self.option_ack]
        self.resent += 1
        return [self.blocks.packet(0)]

    def acknowledge(self, number: int, now: float) -> list[Packet]:
        """What an ACK sets off; nothing if it is old, or the last one."""
        if self.offering:
            if number:
                return []
            self.offering = False
            return self._next_window(now)
        step = (number - self.acked) % BLOCK_NUMBERS
        if not 0 < step <= self.sent - self.acked:
            return []
        self.acked += step
        if self.acked == self.blocks.count:
            return []
        self.resent += self.sent - self.acked
        return self._next_window(now)

    def resend(self, now: float) -> list[Packet]:
        """What is unacknowledged again, and a longer wait for its answer."""
        self.unanswered += 1
        self.wait = min(self.wait * 2, max(LONGEST_WAIT, self.terms.wait))
        self.deadline = now + self.wait
        if self.offering:
            return [self.option_ack]
        self.resent += self.sent - self.acked
        return [self.blocks.packet(number) for number in range(self.acked, self.sent)]

    def _next_window(self, now: float) -> list[Packet]:
        self.unanswered = 0
        self.wait = self.terms.wait
        self.deadline = now + self.wait
        self.sent = min(self.acked + self.terms.window, self.blocks.count)
        return [self.blocks.packet(number) for number in range(self.acked, self.sent)]
