"""The addresses of a network that may be given out, and what is noted beside them.

`leases.py` decides; here is only where an address lies.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from ringup.wire.ipv4 import number_of


@dataclass(frozen=True, slots=True)
class Pool:
    """The addresses we give out on one network."""

    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    excluded: frozenset[str] = frozenset()
    """Addresses that others own: the router, the servers."""


class Ground:
    """What is kept for one network: its pools, and which phone has or had which address there."""

    def __init__(self, network: IPv4Network) -> None:
        self.network = network
        self.shelves: list[Shelf] = []
        self.address_of: dict[str, str] = {}
        self.size = 0
        """Addresses that anybody may have."""
        self.held = 0
        """How many of them are not free; too high by what ended since the last count."""
        self.counted_at = float("-inf")


class Shelf:
    """One pool's addresses that are free, or will be."""

    def __init__(self, pool: Pool, ground: Ground) -> None:
        self.pool = pool
        self.ground = ground
        self.first, self.last = int(pool.first), int(pool.last)
        self.lowest, self.highest = int(pool.network[0]), int(pool.network[-1])
        # RFC 3021: a network of two addresses has no network and no broadcast address.
        edges = (self.lowest, self.highest) if pool.network.prefixlen < 31 else ()
        self._nobodys = frozenset((*map(number_of, pool.excluded), *edges))
        self.never_used = self.first
        self.by_end: list[tuple[float, str]] = []
        self.records = 0
        self.for_anybody, self.for_somebody = Spot(self, True), Spot(self, False)

    def has(self, number: int) -> bool:
        """Whether an address lies in the pool's range and belongs to nobody else."""
        return self.first <= number <= self.last and number not in self._nobodys

    def size(self, reserved: frozenset[int]) -> int:
        """How many addresses anybody may have."""
        taken = [number for number in self._nobodys | reserved if self.first <= number <= self.last]
        return self.last - self.first + 1 - len(taken)


class Spot(NamedTuple):
    """The pool an address belongs to, and whether it is dynamic or reserved.

    Looked up for every message, so each pool keeps one shared instance of either kind.
    """

    shelf: Shelf
    for_anybody: bool
    """In a pool, and reserved for nobody."""
