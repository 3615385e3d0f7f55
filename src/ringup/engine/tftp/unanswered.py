"""Limits the bytes sent to addresses that acknowledge nothing, because a request's source address can be
forged.

A transfer's first bytes are charged when it begins and given back when a block is acknowledged. So phones
cost nothing, however many boot at once. Transfers that are never acknowledged are limited: for each address
by their number, and for all addresses together by bytes per second.
"""

from collections.abc import Callable
from typing import Protocol

from ringup.engine.rates import TokenBucket

MOST_SILENT_PER_ADDRESS = 64
"""Maximum number of transfers of one address at once whose first packet was retransmitted and never
acknowledged.
"""

BURST = 4 * 1024 * 1024
"""Number of bytes at once: the first blocks of 8,000 phones. A host that spends all of it leaves room in the
table of transfers.
"""

BYTES_PER_SECOND = 1024 * 1024
"""Number of bytes per second in the long run: 2,000 first blocks that are not acknowledged."""

MOST_TRANSMISSIONS = 3
"""Maximum number of transmissions of the first packet, by the timer (at 0, 0.5 and 1.5 s) and for repeated
requests together. A phone that receives none of them requests the file again after the transfer has failed.
"""


class Bucket(Protocol):
    """Bytes that may be sent; a `TokenBucket`, or one that C code takes from, too."""

    def take(self, now: float, amount: float) -> bool:
        """Count an amount; return whether it fits."""

    def give_back(self, amount: float) -> None:
        """Give back an amount that was counted."""


class Unanswered:
    """The bytes and transfers that have not been acknowledged."""

    def __init__(self, share: Callable[[TokenBucket], Bucket]) -> None:
        """`share` lets the transfers that begin without the engine take from the same bucket."""
        self._bytes = share(TokenBucket(BURST, BYTES_PER_SECOND))
        self._silent_at: dict[str, int] = {}

    def may_begin(self, address: str, cost: int, now: float) -> bool:
        """Charge a new transfer's first bytes; return whether it may begin."""
        return self._silent_at.get(address, 0) < MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def may_resend(self, address: str, cost: int, now: float) -> bool:
        """Charge a retransmission; return whether it may be sent."""
        return self._silent_at.get(address, 0) <= MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def note_silence(self, address: str) -> None:
        """Count a transfer whose first packet has to be retransmitted."""
        self._silent_at[address] = self._silent_at.get(address, 0) + 1

    def end_silence(self, address: str) -> None:
        """Stop counting such a transfer, which was acknowledged after all, or has failed."""
        self._silent_at[address] -= 1
        if not self._silent_at[address]:
            del self._silent_at[address]

    def give_back(self, cost: int) -> None:
        """Give back the bytes of a transfer that has been acknowledged."""
        self._bytes.give_back(cost)
