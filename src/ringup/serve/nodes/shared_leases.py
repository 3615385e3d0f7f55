"""Find the phone that leases an address, even on a node that is on standby for DHCP.

Strategy: the active node has every lease in memory. A standby node reads the lease of the one address from
the database and uses it for a quarter of a second, because a phone requests several files within that time.
If the database does not answer, the node uses the leases that it read last.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.errors import StoreError

FRESH_SECONDS = 0.25
"""Seconds for which a lease that was read from the database is used."""

PAUSE_SECONDS = 2.0
"""Seconds for which the database is not queried again after it failed, because each phone would wait for it.
"""

MOST_KEPT = 4096
"""Maximum number of leases in the cache; the cache is cleared when full."""


class Leases(Protocol):
    """The methods of `DhcpServer` that return the phone of an address."""

    def who_has(self, address: str) -> str:
        """Return the MAC of the phone that leases an address or has it reserved; empty: no phone."""

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that has a current lease of an address at `now`; empty: none."""


class SharedLeases:
    """Finds holders in the leases of all nodes; the threads of TFTP, HTTP and the recorder use it."""

    def __init__(
        self,
        own: Leases,
        read: Callable[[str], Lease | None],
        is_active: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`read` returns the lease of an address from the database; raises StoreError."""
        self._own = own
        self._read = read
        self._is_active = is_active
        self._clock = clock
        self._kept: dict[str, tuple[float, Lease | None]] = {}
        self._asks_again_at = 0.0

    def who_has(self, address: str) -> str:
        """Return the MAC of the phone that leases an address or has it reserved; empty: no phone."""
        with suppress(StoreError):
            lease = None if self._is_active() else self._lease(address)
            if lease and lease.state is LeaseState.LEASED:
                return lease.mac
        return self._own.who_has(address)

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that has a current lease of an address at `now`, in Unix seconds; empty: none."""
        if self._is_active():
            return self._own.holder_of(address, now)
        try:
            lease = self._lease(address)
        except StoreError:
            return self._own.holder_of(address, now)
        is_living = lease is not None and lease.state is LeaseState.LEASED and now < lease.expires
        return lease.mac if lease is not None and is_living else ""

    def _lease(self, address: str) -> Lease | None:
        now = self._clock()
        at, lease = self._kept.get(address, (-FRESH_SECONDS, None))
        if now - at < FRESH_SECONDS:
            return lease
        if now < self._asks_again_at:
            raise StoreError("the leases", "the database gave no answer a moment ago.", "")
        try:
            lease = self._read(address)
        except StoreError:
            self._asks_again_at = self._clock() + PAUSE_SECONDS
            raise
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[address] = now, lease
        return lease
