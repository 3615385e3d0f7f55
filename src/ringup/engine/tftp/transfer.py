"""One transfer of a file to a phone: the packets to send, and the end of the transfer."""

from dataclasses import dataclass
from typing import NamedTuple

from ringup.engine.tftp.blocks import BLOCK_SIZE, Blocks, CutBlocks, Packet
from ringup.engine.tftp.options import NO_OPTIONS, NegotiatedOptions
from ringup.engine.tftp.progress import PlainProgress, Progress, Progresses, TransferId, send_window
from ringup.wire.tftp import ReadRequest

MOST_RESENDS = 5
"""Maximum number of retransmissions of one window: at 0.5, 1.5, 3.5, 7.5 and 15.5 s; the transfer fails at
23.5 s. A silent phone has closed its port by 13 s (8.12) or 20 s (older loaders): P-TFTP-6 and P-TFTP-7.
"""

LONGEST_WAIT = 8.0
"""Maximum number of seconds between two retransmissions, unless the client requested a longer timeout."""


ERROR_SECONDS = 0.25
"""Seconds to wait after an ERROR: a phone that continues with its ACKs has not sent the ERROR."""


class ClientError(NamedTuple):
    """An ERROR that arrived from a transfer's address."""

    reason: str
    acked: int
    """Number of blocks that were acknowledged before the ERROR."""
    at: float


_NO_REQUEST = ReadRequest("")
_NO_BLOCKS = CutBlocks(b"", BLOCK_SIZE)
_NO_PROGRESS = PlainProgress(0, NO_OPTIONS)


@dataclass(slots=True, eq=False)
class Transfer:
    """The state of one transfer.

    It takes 800 bytes while the transfer runs, or 920 if C code answers the ACKs. The file is shared. Once
    the transfer has ended, 430 bytes remain for at most a second.
    """

    transfer_id: TransferId
    request: ReadRequest
    mac: str
    blocks: Blocks
    negotiated: NegotiatedOptions
    option_ack: bytes
    """The OACK; empty when no option was agreed."""
    progress: Progress
    started: float
    is_reported: bool = False
    """True if an event of its request was emitted."""
    reported_at: float = 0.0
    """The time when an event of its progress was last considered; 0: not yet."""
    reported_blocks: int = 0
    """Number of blocks that were acknowledged then."""
    charged: int = 0
    """Number of bytes that `Unanswered` counts for this transfer; 0: it has been acknowledged."""
    transmissions: int = 1
    """Number of transmissions of the first packet."""
    silent: bool = False
    """True if the first packet was retransmitted and is not acknowledged yet."""
    error: ClientError | None = None
    """An ERROR that may be forged, because it has just arrived."""
    over: bool = False
    """True if the transfer has finished or failed; it is kept for a while, so that a late packet is
    recognised.
    """

    @property
    def is_answered(self) -> bool:
        """Return whether a block was acknowledged."""
        return self.progress.acked > 0

    @property
    def complete(self) -> bool:
        """Return whether every block is acknowledged."""
        return self.progress.acked == self.progress.count

    @property
    def all_sent(self) -> bool:
        """Return whether every block has been sent, although some may wait for their ACK."""
        return self.progress.sent == self.progress.count

    @property
    def is_new_request(self) -> bool:
        """Return whether a repeated request begins a new transfer.

        It does so after a retransmission, or when every block was sent. A client's new request for the same
        file may arrive before its last ACK, because the two go to different ports.
        """
        return bool(self.progress.acked) and (bool(self.progress.unanswered) or self.all_sent)

    @property
    def is_in_full_swing(self) -> bool:
        """Return whether ACKs come and blocks remain to be sent. A client in this state requests no other
        file from the same port, but another host may do so in its name.
        """
        return self.is_answered and not self.is_new_request

    @property
    def arrived(self) -> int:
        """Return the number of acknowledged bytes."""
        return min(self.progress.acked * self.negotiated.block_size, self.blocks.size)

    def end(self) -> None:
        """Keep only the identity of the phone: in a boot storm, thousands of ended transfers remain for a
        while.
        """
        self.over = True
        self.request, self.blocks, self.progress = _NO_REQUEST, _NO_BLOCKS, _NO_PROGRESS

    def begin(self, progresses: Progresses, now: float) -> list[Packet]:
        """Return the first packets: the OACK, or DATA at once; none if `progresses` sent them."""
        progress = self.progress
        send_window(progress, now)
        if not self.option_ack:
            return (
                [] if progresses.send(progress, self.blocks) else self._packets(progress.acked, progress.sent)
            )
        progress.offering, progress.sent = True, 0
        return [self.option_ack]

    def begin_again(self) -> list[Packet]:
        """Return the first packet once more, for a repeated request; the progress so far stays."""
        if self.progress.offering:
            return [self.option_ack]
        self.progress.resent += 1
        return [self.blocks.packet(0)]

    def acknowledge(self, number: int, now: float) -> list[Packet]:
        """Return the packets to send for an ACK; none for an old ACK and for the last one."""
        count = self.progress.acknowledge(number, now)
        acked = self.progress.acked
        return self._packets(acked, acked + count)

    def resend(self, now: float) -> list[Packet]:
        """Return the unacknowledged packets to retransmit, and wait longer for their ACK."""
        progress = self.progress
        progress.unanswered += 1
        progress.wait = min(progress.wait * 2, max(LONGEST_WAIT, self.negotiated.wait))
        progress.deadline = now + progress.wait
        if progress.offering:
            return [self.option_ack]
        # One block of a first window is enough to learn whether a client is there.
        end = min(progress.acked + progress.window, progress.count) if progress.acked else 1
        progress.resent += min(end, progress.sent) - progress.acked
        progress.sent = max(end, progress.sent)
        return self._packets(progress.acked, end)

    def _packets(self, first: int, end: int) -> list[Packet]:
        return [self.blocks.packet(number) for number in range(first, end)]


def first_bytes(blocks: Blocks, negotiated: NegotiatedOptions) -> int:
    """Return the number of bytes sent before a block is acknowledged, without the OACK and
    retransmissions.
    """
    count = min(negotiated.window, blocks.count)
    return min(count * negotiated.block_size, blocks.size) + 4 * count
