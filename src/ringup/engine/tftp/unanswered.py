"""Limits what is sent to addresses that acknowledge nothing: anybody can write them into a request.

A transfer's first bytes are charged when it begins and given back when a block is acknowledged, so phones
cost nothing, however many boot at once. What is never acknowledged is bounded: for each address by a number
of transfers, and for all of them together by bytes a second.
"""

from ringup.engine.rates import TokenBucket

MOST_SILENT_PER_ADDRESS = 64
"""Transfers of one address at once that had to be sent again and were never acknowledged."""

BURST = 8 * 1024 * 1024
"""Bytes at once: the first blocks of 16,000 phones."""

BYTES_PER_SECOND = 1024 * 1024
"""In the long run: 2,000 first blocks that nobody acknowledges."""

MOST_SENDINGS = 3
"""Of the first packet: at 0, 0.5 and 1.5 s. A phone that hears none of them requests the file again."""


class Unanswered:
    """What was sent in vain so far."""

    def __init__(self) -> None:
        self._bytes = TokenBucket(BURST, BYTES_PER_SECOND)
        self._silent_at: dict[str, int] = {}

    def may_begin(self, address: str, cost: int, now: float) -> bool:
        """Charge a new transfer's first bytes; return whether it may begin."""
        return self._silent_at.get(address, 0) < MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def may_resend(self, cost: int, now: float) -> bool:
        """Charge a resending; return whether it may leave."""
        return self._bytes.take(now, cost)

    def note_silence(self, address: str) -> None:
        """Count a transfer whose first packet has to be sent again."""
        self._silent_at[address] = self._silent_at.get(address, 0) + 1

    def end_silence(self, address: str) -> None:
        """A transfer that was counted so has been acknowledged at last, or given up."""
        self._silent_at[address] -= 1
        if not self._silent_at[address]:
            del self._silent_at[address]

    def give_back(self, cost: int) -> None:
        """A transfer has been acknowledged: what it was charged is no longer in vain."""
        self._bytes.give_back(cost)
