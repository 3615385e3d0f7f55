"""Report the progress of long transfers, with few events.

There is no event per block, because a building that boots at once causes millions of blocks. A transfer is
checked twice a second, when its deadline in the queue is reached, and all transfers share one rate.
"""

from ringup.engine.rates import TokenBucket
from ringup.engine.tftp.transfer import Transfer
from ringup.events import TransferProgress

PROGRESS_SECONDS = 5.0
"""Minimum seconds between two events of one transfer; most files need less, so they have none."""
LEAST_BLOCKS = 100
"""Minimum number of blocks of a file whose progress is reported: a percent is then a block or more."""
PROGRESS_PER_SECOND = 20.0
"""Maximum number of events per second of all transfers, as many as `ringup watch` can show."""


class ProgressEvents:
    """Decides when the progress of a transfer is reported."""

    def __init__(self) -> None:
        self._rate = TokenBucket(PROGRESS_PER_SECOND, PROGRESS_PER_SECOND)

    def event(self, transfer: Transfer, now: float) -> TransferProgress | None:
        """Return an event if one is due and the common rate allows it.

        A transfer whose event the rate does not allow waits PROGRESS_SECONDS, like the others. A transfer
        without a new ACK gets no event.
        """
        before, acked = max(transfer.reported_at, transfer.started), transfer.progress.acked
        if transfer.progress.count < LEAST_BLOCKS or acked == transfer.reported_blocks:
            return None
        if 0 <= now - before < PROGRESS_SECONDS:
            return None
        transfer.reported_at, transfer.reported_blocks = now, acked
        if not self._rate.take(now):
            return None
        address, size = transfer.transfer_id[0][0], transfer.blocks.size
        return TransferProgress(now, transfer.mac, transfer.request.name, address, transfer.arrived, size)
