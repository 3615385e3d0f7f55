"""Limit the bytes sent to addresses that acknowledge nothing: a request's source address may be forged.

A transfer's first bytes are charged when it begins and given back when a block is acknowledged. So phones
cost nothing, however many boot at once. Transfers that are never acknowledged are limited: for each address
by their number, and for all addresses together by bytes per second.
"""

from collections.abc import Callable

from ringup.engine.rates import Bucket, TokenBucket
from ringup.engine.tftp.blocks import Packet
from ringup.engine.tftp.transfer import Transfer

MOST_SILENT_PER_ADDRESS = 64
"""Maximum number of transfers of one address at once whose first packet was retransmitted and never
acknowledged.
"""

BURST = 4 * 1024 * 1024
"""Maximum number of such bytes at once: the first blocks of 8,000 phones. A host that uses up all of them
still leaves room in the table of transfers.
"""

BYTES_PER_SECOND = 1024 * 1024
"""Maximum number of such bytes per second in the long run: 2,000 first blocks that are not acknowledged."""

MOST_TRANSMISSIONS = 3
"""Maximum number of transmissions of the first packet, by the timer (at 0, 0.5 and 1.5 s) and for repeated
requests together. A phone that receives none of them requests the file again after the transfer has failed.
"""


class Unanswered:
    """Counts the bytes and transfers that have not been acknowledged."""

    def __init__(self, share: Callable[[TokenBucket], Bucket]) -> None:
        """`share` lets the transfers that begin without the engine take from the same bucket."""
        self._bytes = share(TokenBucket(BURST, BYTES_PER_SECOND))
        self._silent_at: dict[str, int] = {}

    def may_begin(self, address: str, cost: int, now: float) -> bool:
        """Charge a new transfer's first bytes; return whether it may begin."""
        return self._silent_at.get(address, 0) < MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def settle(self, transfer: Transfer) -> None:
        """Give back the bytes that were charged for a transfer, once its first block is acknowledged."""
        if transfer.is_answered:
            self._bytes.give_back(transfer.charged)
            transfer.charged = 0
            self._end_silence(transfer)

    def end(self, transfer: Transfer) -> None:
        """Stop counting a transfer that has finished or failed."""
        self.settle(transfer)
        self._end_silence(transfer)

    def begin_again(self, transfer: Transfer, now: float) -> list[Packet]:
        """Return the first packet for a repeated request, or none if it was sent MOST_TRANSMISSIONS times."""
        if transfer.transmissions == MOST_TRANSMISSIONS:
            return []
        if not transfer.is_answered:
            return self.allowed(transfer, transfer.begin_again(), now)
        transfer.transmissions += 1
        return transfer.begin_again()

    def allowed(self, transfer: Transfer, packets: list[Packet], now: float) -> list[Packet]:
        """Return the packets to retransmit, or none to a silent address that is at its limit."""
        if transfer.is_answered:
            return packets
        self._note_silence(transfer)
        cost = sum(map(len, packets))
        if transfer.transmissions == MOST_TRANSMISSIONS or not self._may_resend(transfer, cost, now):
            return []
        transfer.transmissions += 1
        transfer.charged += cost
        return packets

    def _may_resend(self, transfer: Transfer, cost: int, now: float) -> bool:
        silent = self._silent_at[transfer.transfer_id[0][0]]
        return silent <= MOST_SILENT_PER_ADDRESS and self._bytes.take(now, cost)

    def _note_silence(self, transfer: Transfer) -> None:
        """Count a transfer whose first packet has to be retransmitted."""
        if not transfer.silent:
            transfer.silent = True
            address = transfer.transfer_id[0][0]
            self._silent_at[address] = self._silent_at.get(address, 0) + 1

    def _end_silence(self, transfer: Transfer) -> None:
        if transfer.silent:
            transfer.silent = False
            address = transfer.transfer_id[0][0]
            self._silent_at[address] -= 1
            if not self._silent_at[address]:
                del self._silent_at[address]
