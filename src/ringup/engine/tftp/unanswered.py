"""Limits the bytes sent to addresses that acknowledge nothing, because a request's source address can be
forged.

A transfer's first bytes are charged when it begins and given back when a block is acknowledged. So phones
cost nothing, however many boot at once. Transfers that are never acknowledged are limited: for each address
by their number, and for all addresses together by bytes per second.
"""

from ringup.engine.rates import TokenBucket

MOST_SILENT_PER_ADDRESS = 64
"""Maximum number of transfers of one address at once whose first packet was retransmitted and never
acknowledged.
"""

BURST = 8 * 1024 * 1024
"""Number of bytes at once: the first blocks of 16,000 phones."""

BYTES_PER_SECOND = 1024 * 1024
"""Number of bytes per second in the long run: 2,000 first blocks that are not acknowledged."""

MOST_SENDINGS = 3
"""Maximum number of sendings of the first packet: at 0, 0.5 and 1.5 s. A phone that receives none of them
requests the file again.
"""


class Unanswered:
    """The bytes and transfers that have not been acknowledged."""

    def __init__(self) -> None:
        self._bytes = TokenBucket(BURST, BYTES_PER_SECOND)
        self._silent_at: dict[str, int] = {}

    def may_begin(self, address: str, cost: int, now: float) -> bool:
        """Charge a new transfer's first bytes; return whether it may begin."""
        return self._silent_at.get(address, 0) < MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def may_resend(self, cost: int, now: float) -> bool:
        """Charge a retransmission; return whether it may be sent."""
        return self._bytes.take(now, cost)

    def note_silence(self, address: str) -> None:
        """Count a transfer whose first packet has to be retransmitted."""
        self._silent_at[address] = self._silent_at.get(address, 0) + 1

    def end_silence(self, address: str) -> None:
        """Stop counting such a transfer, which has been acknowledged at last, or given up."""
        self._silent_at[address] -= 1
        if not self._silent_at[address]:
            del self._silent_at[address]

    def give_back(self, cost: int) -> None:
        """Give back the bytes of a transfer that has been acknowledged."""
        self._bytes.give_back(cost)
