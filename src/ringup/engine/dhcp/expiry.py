"""Find the address of a pool whose lease record ended first.

Strategy: a heap with one entry per record, ordered by the record's end. A renewal does not change the heap,
so most records end later than their entries say. Such an entry gets the present end when it comes to the top.
So no ended record is found too late, and a renewal costs nothing. A record whose end moves earlier gets a
second entry. If there are too many outdated entries, the heap is rebuilt without them.
"""

import heapq
from collections.abc import Callable, Mapping

from ringup.engine.dhcp.lease import Lease

_STALE_ENTRIES = 64
"""Number of entries that a heap may have beyond twice its records before the heap is rebuilt."""


class ExpiryQueue:
    """The records of one pool, ordered by the time at which they end."""

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
        """Note that a record now ends earlier; a record that ends later need not be noted.

        `leases` are all records by address, including this one.
        """
        heapq.heappush(self._by_end, (lease.expires, lease.address))
        if len(self._by_end) > 2 * self._records + _STALE_ENTRIES:
            addresses = {address for _, address in self._by_end}
            self._by_end = sorted((leases[address].expires, address) for address in addresses)

    def longest_ended(
        self, leases: Mapping[str, Lease], is_dynamic: Callable[[str], bool], now: float
    ) -> str:
        """Return the address whose record ended first; empty: no record has ended.

        Its entry stays on top for the address's new record. The entry of an address that is no longer dynamic
        is dropped.
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
