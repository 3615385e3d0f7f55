"""The table of transfers: which clients have one, how many there are, and when to check each again.

Strategy: one look-up per datagram, and one queue of deadlines with one entry per transfer. An entry comes up
once per FIRST_RESEND, and its time is corrected only then, not at every ACK. A finished transfer stays in the
table until its entry comes up, so that a repeated last ACK is not answered with an error.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from ringup.engine.tftp.options import FIRST_RESEND
from ringup.engine.tftp.progress import Peer, TransferId
from ringup.engine.tftp.transfer import Transfer

MOST_TRANSFERS = 20_000
"""Maximum number of transfers at once: 10,000 phones with the two transfers that each has at the end of its
boot (P-TFTP-9).
"""

MOST_TRANSFERS_PER_ADDRESS = 2_048
"""Maximum number of transfers of one address at once: a branch of a thousand phones behind one NAT address
with two each, or a rehearsal's fleet.
"""


class TransferTable:
    """The transfers by the phone's address and port, including those that have just ended."""

    def __init__(self, most: int, most_per_address: int) -> None:
        self.by_peer: dict[Peer, Transfer] = {}
        self.live = 0
        """Number of running transfers."""
        self._most = most
        self._most_per_address = most_per_address
        self._live_at: dict[str, int] = {}
        self._deadlines: list[tuple[float, int, Transfer]] = []
        self._entry = count()

    @property
    def wake_at(self) -> float | None:
        """Return the time of the first entry of the queue; None while the queue is empty."""
        return self._deadlines[0][0] if self._deadlines else None

    def is_full(self, address: str) -> bool:
        """Return whether this address may not begin another transfer."""
        return self.live >= self._most or self._live_at.get(address, 0) >= self._most_per_address

    def has(self, transfer_id: TransferId) -> bool:
        """Return whether a transfer runs between these ports, or just ended."""
        transfer = self.by_peer.get(transfer_id[0])
        return transfer is not None and transfer.transfer_id[1] == transfer_id[1]

    def add(self, transfer: Transfer, now: float) -> None:
        """Add a transfer that begins, in place of an ended transfer of the same peer."""
        peer = transfer.transfer_id[0]
        self.by_peer[peer] = transfer
        self.live += 1
        self._live_at[peer[0]] = self._live_at.get(peer[0], 0) + 1
        self._queue(transfer, now)

    def end(self, transfer: Transfer) -> None:
        """End a transfer; it stays in the table until its deadline in the queue is reached."""
        transfer.end()
        self.live -= 1
        address = transfer.transfer_id[0][0]
        self._live_at[address] -= 1
        if not self._live_at[address]:
            del self._live_at[address]

    def due(self, now: float) -> Iterator[Transfer]:
        """Yield each live transfer whose deadline entry is due, then queue it again."""
        while self._deadlines and self._deadlines[0][0] <= now:
            transfer = heappop(self._deadlines)[2]
            if not transfer.over:
                yield transfer
            if not transfer.over:
                self._queue(transfer, now)
            elif self.by_peer.get(transfer.transfer_id[0]) is transfer:
                del self.by_peer[transfer.transfer_id[0]]

    def clock_was_set(self, step: float) -> None:
        """Shift all deadlines, because the clock was set by this many seconds (negative: it was set back)."""
        for transfer in self.by_peer.values():
            transfer.started += step
            transfer.progress.deadline += step
        self._deadlines = [(at + step, entry, transfer) for at, entry, transfer in self._deadlines]

    def _queue(self, transfer: Transfer, now: float) -> None:
        """Queue the next check of a transfer, at its deadline but within FIRST_RESEND.

        An ACK may move the deadline before that.
        """
        look_at = min(transfer.progress.deadline, now + FIRST_RESEND)
        heappush(self._deadlines, (look_at, next(self._entry), transfer))
