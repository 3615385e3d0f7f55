"""Whose address it is, on a node that gives no addresses itself: another one writes the leases meanwhile.

Strategy: a node that is active for DHCP has every lease in memory. Any other asks the database for the one
address, and goes by the answer for a quarter of a second, in which a phone requests several files. When the
database does not answer, it goes by the leases that it knew last.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.errors import StoreError

FRESH_SECONDS = 0.25
"""Seconds for which an answer of the database counts."""

PAUSE_SECONDS = 2.0
"""Seconds for which a database that gave no answer is not asked, because each phone would wait for it."""

MOST_KEPT = 4096
"""Answers remembered; beyond it all are asked for again."""


class Leases(Protocol):
    """What `DhcpServer` tells of an address."""

    def who_has(self, address: str) -> str:
        """The MAC of the phone that leased an address or has it reserved; empty: nobody."""

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a living lease of an address at `now`; empty: nobody."""


class SharedLeases:
    """The leases of all nodes; asked from the threads of TFTP, HTTP and the recorder."""

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
        """Return the MAC of the phone that leased an address or has it reserved; empty: nobody."""
        with suppress(StoreError):
            lease = None if self._is_active() else self._lease(address)
            if lease and lease.state is LeaseState.LEASED:
                return lease.mac
        return self._own.who_has(address)

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a living lease of an address at `now`, in Unix seconds; empty: nobody."""
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
