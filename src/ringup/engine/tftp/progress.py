"""Track the progress of one transfer: which blocks were sent and acknowledged, and what an ACK changes.

Strategy: blocks are counted from the file's start and never wrap; only the 16-bit numbers on the wire wrap.
`acked` blocks have arrived, and `sent` blocks have been sent. An ACK counts if its number lies between the
two, so a repeated or late ACK causes no packet (no Sorcerer's Apprentice, RFC 1123 §4.2.3.1). With a window
(RFC 7440), an ACK inside the window means that the next block was lost: sending continues from that block, as
long as no more blocks were sent again than have arrived. Otherwise a guessed ACK for each block of a window
would send as many windows.

In a boot storm, this is all the work for nearly every datagram. So C code answers ACKs without Python
(`serve/tftp/fast/tftp_fast.c`); the engine's tests run against both.
"""

from typing import NamedTuple, Protocol

from ringup.engine.rates import Bucket, TokenBucket
from ringup.engine.tftp.blocks import Blocks
from ringup.engine.tftp.options import NegotiatedOptions
from ringup.wire.tftp import BLOCK_NUMBERS, ReadRequest

Peer = tuple[str, int]
"""A phone's address and port: together with this server's port, they identify the transfer (RFC 1350 §4)."""

TransferId = tuple[Peer, int, bytes]
"""The two ends of a transfer: the phone, this server's port, and this server's address (four bytes; empty:
the socket's own).
"""


class Progress(Protocol):
    """The progress of one transfer."""

    count: int
    """Number of packets of the complete file."""
    window: int
    acked: int
    sent: int
    offering: bool
    """True if the OACK still waits for its ACK."""
    unanswered: int
    """Number of retransmissions since the last ACK of a new block."""
    resent: int
    """Total number of DATA packets sent more than once."""
    first_wait: float
    """Seconds before the first retransmission."""
    wait: float
    """Seconds from the last transmission to `deadline`."""
    deadline: float
    """The time of the next retransmission."""

    def acknowledge(self, number: int, now: float) -> int:
        """Return the number of packets to send after an ACK, starting at `acked`.

        It is 0 for an outdated ACK, for the last one, and if the timer will retransmit the packets.
        """


class CachedRequest(NamedTuple):
    """A request without options for a file that is the same for all, and the file's packets."""

    request: ReadRequest
    blocks: Blocks


class Finished(NamedTuple):
    """A transfer whose last ACK the engine did not see."""

    peer: Peer
    known: CachedRequest | None = None
    """The cached request that began the transfer; None if the engine saw its beginning."""
    started: float = 0.0
    """The time when the transfer began, if the engine did not see its beginning."""
    resent: int = 0


class HandedOver(NamedTuple):
    """A transfer whose beginning the engine did not see, and which the engine now continues."""

    transfer_id: TransferId
    known: CachedRequest
    started: float
    progress: Progress


class Progresses(Protocol):
    """Keeps the progress of all transfers, and may answer requests and ACKs without the engine."""

    def share(self, bucket: TokenBucket) -> Bucket:
        """Return a bucket that the engine shares with transfers that begin without it."""

    def learn(self, known: CachedRequest, seconds: float) -> None:
        """Let repeats of this request be answered without the engine, for this many seconds."""

    def start(self, transfer_id: TransferId, blocks: Blocks, negotiated: NegotiatedOptions) -> Progress:
        """Return the progress of a new transfer, whose ACKs may then be answered without the engine."""

    def send(self, progress: Progress, blocks: Blocks) -> bool:
        """Send the packets from `acked` to `sent`; False: the caller must make and send them."""

    def end(self, progress: Progress) -> None:
        """End a transfer: later ACKs have no effect on it."""


class PlainProgress:
    """The progress of one transfer, in Python attributes."""

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

    def __init__(self, count: int, negotiated: NegotiatedOptions) -> None:
        self.count = count
        self.window = negotiated.window
        self.first_wait = self.wait = negotiated.wait
        self.acked = self.sent = self.unanswered = self.resent = 0
        self.offering = False
        self.deadline = 0.0

    def acknowledge(self, number: int, now: float) -> int:
        """Return the number of packets to send after an ACK, starting at `acked`.

        It is 0 for an outdated ACK, for the last one, and if the timer will retransmit the packets.
        """
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
        again = self.sent - self.acked
        if again and self.resent + again > self.acked + self.window:
            self.unanswered, self.wait = 0, self.first_wait
            return 0
        self.resent += again
        return send_window(self, now)


class PlainProgresses:
    """The keeper for a server without C code: the engine itself handles every datagram."""

    def share(self, bucket: TokenBucket) -> Bucket:
        """Return the bucket: the engine begins every transfer."""
        return bucket

    def learn(self, _known: CachedRequest, _seconds: float) -> None:
        """Do nothing: the engine answers every request."""

    def start(self, _way: TransferId, blocks: Blocks, negotiated: NegotiatedOptions) -> Progress:
        """Return the progress of a new transfer."""
        return PlainProgress(blocks.count, negotiated)

    def send(self, _progress: Progress, _blocks: Blocks) -> bool:
        """Return False: the engine sends every packet."""
        return False

    def end(self, _progress: Progress) -> None:
        """Do nothing: nothing is kept."""


def send_window(progress: Progress, now: float) -> int:
    """Note that the next window is sent now; return its number of packets."""
    progress.unanswered = 0
    progress.wait = progress.first_wait
    progress.deadline = now + progress.wait
    progress.sent = min(progress.acked + progress.window, progress.count)
    return progress.sent - progress.acked
