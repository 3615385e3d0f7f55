"""Detect a flood of requests from one address, and admit only frames of that address's real host for a while.

A host can send requests with a phone's address. The server reads a limited number of requests per address and
second, so a flood of such requests would displace the phone's own. No phone sends MANY requests in a second.
If an address does, the kernel's neighbour table shows the MAC of the host that really has it, and a filter
drops the requests in other frames. An address behind a router is not in that table; its requests are not
filtered.
"""

from collections.abc import Callable, Mapping, Sequence

from ringup.serve.tftp.traffic import Received

MANY = 200
"""Number of datagrams per second from one address to the request port at which the address is guarded. The
busiest phone sends ten. A NAT router in front of many phones has one MAC, so none of their requests is
dropped.
"""

GUARD_SECONDS = 30.0
"""Seconds for which an address is guarded, and no longer: another phone may get the address."""

MOST_GUARDED = 64
"""Maximum number of guarded addresses; the kernel checks them one after another for each request."""


class RequestGuard:
    """Counts the requests of each address, and chooses the addresses to guard."""

    def __init__(self, mac_of: Callable[[str], str]) -> None:
        """`mac_of` returns the MAC that the neighbour table has for an address; empty: none."""
        self._mac_of = mac_of
        self._second = 0
        self._counts: dict[str, int] = {}
        self._until: dict[str, float] = {}
        """When each guard ends, in Unix seconds by address; also for addresses whose MAC is unknown."""
        self.macs: Mapping[str, str] = {}
        """The MAC of each guarded address."""
        self._begun: list[str] = []

    def take_begun(self) -> list[str]:
        """Return the addresses whose guard began since the last call."""
        begun, self._begun = self._begun, []
        return begun

    def has_news(self, received: Sequence[Received], now: float) -> bool:
        """Count datagrams, begin and end guards; return whether `macs` changed."""
        before = self.macs
        over = [address for address, until in self._until.items() if not now < until <= now + GUARD_SECONDS]
        if over:
            for address in over:
                del self._until[address]
            self.macs = {address: mac for address, mac in self.macs.items() if address in self._until}
        for _, (address, _), index, _ in received:
            if index == 0:
                self._count(address, now)
        return self.macs != before

    def _count(self, address: str, now: float) -> None:
        if int(now) != self._second:
            self._second = int(now)
            self._counts.clear()
        count = self._counts[address] = self._counts.get(address, 0) + 1
        if count == MANY and address not in self._until and len(self._until) < MOST_GUARDED:
            self._until[address] = now + GUARD_SECONDS
            if mac := self._mac_of(address):
                self.macs = {**self.macs, address: mac}
                self._begun.append(address)
