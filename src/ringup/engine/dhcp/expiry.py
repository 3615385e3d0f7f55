"""The addresses of one pool in the order in which their records end.

Strategy: a heap with one entry per record. Most records end later than first noted; such a record keeps its
entry until the entry comes to the top. So no ended record is found too late, and a renewal adds nothing. A
record whose end moves earlier gets a second entry. Stale entries are dropped when there are too many.
"""

import heapq
from collections.abc import Callable, Mapping

from ringup.engine.dhcp.lease import Lease

_STALE_ENTRIES = 64
"""Number of entries that a heap may have beyond twice its records before the heap is rebuilt."""


class ExpiryQueue:
    """The ends of one pool's records."""

    def __init__(self) -> None:
        self._by_end: list[tuple[float, str]] = []
        self._records = 0

    def __len__(self) -> int:
        """Return the number of entries, stale ones included."""
        return len(self._by_end)

    def add(self, lease: Lease) -> None:
        """Add the first record of an address."""
        self._records += 1
        heapq.heappush(self._by_end, (lease.expires, lease.address))

    def bring_forward(self, lease: Lease, leases: Mapping[str, Lease]) -> None:
        """Note that a record ends earlier than before; `leases` are all records by address, including this
        one.

        A record that ends later need not be noted.
        """
        heapq.heappush(self._by_end, (lease.expires, lease.address))
        if len(self._by_end) > 2 * self._records + _STALE_ENTRIES:
            addresses = {address for _, address in self._by_end}
            self._by_end = sorted((leases[address].expires, address) for address in addresses)

    def longest_ended(
        self, leases: Mapping[str, Lease], is_dynamic: Callable[[str], bool], now: float
    ) -> str:
        """Return the address whose record ended first; its entry stays on top for the address's new record.

        An address that is no longer dynamic is dropped. Empty: no record has ended.
        """
        while self._by_end and self._by_end[0][0] <= now:
            expires, address = self._by_end[0]
            ends = leases[address].expires
            if ends != expires:
                heapq.heapreplace(self._by_end, (ends, address))
            elif is_dynamic(address):
                return address
            else:
                heapq.heappop(self._by_end)
        return ""
