"""The pools of a network, and the state that is kept with each pool and network.

`leases.py` decides; this module only knows which pool an address belongs to.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from ringup.wire.ipv4 import number_of


@dataclass(frozen=True, slots=True)
class Pool:
    """One range of addresses that this server gives out."""

    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    excluded: frozenset[str] = frozenset()
    """Addresses of other hosts: the router, the servers."""


class NetworkState:
    """The state of one network: its pools, and which phone has or had which address there."""

    def __init__(self, network: IPv4Network) -> None:
        self.network = network
        self.pool_states: list[PoolState] = []
        self.address_of: dict[str, str] = {}
        self.size = 0
        """Number of dynamic addresses."""
        self.held = 0
        """Number of dynamic addresses that are not free, including leases that ended since the last count."""
        self.counted_at = float("-inf")


class PoolState:
    """The state of one pool: the addresses that are free, or will be."""

    def __init__(self, pool: Pool, network_state: NetworkState) -> None:
        self.pool = pool
        self.network_state = network_state
        self.first, self.last = int(pool.first), int(pool.last)
        self.lowest, self.highest = int(pool.network[0]), int(pool.network[-1])
        # RFC 3021: a network of two addresses has no network and no broadcast address.
        edges = (self.lowest, self.highest) if pool.network.prefixlen < 31 else ()
        self._excluded = frozenset((*map(number_of, pool.excluded), *edges))
        self.never_used = self.first
        self.by_end: list[tuple[float, str]] = []
        self.records = 0
        self.dynamic, self.reserved = AddressClass(self, True), AddressClass(self, False)

    def has(self, number: int) -> bool:
        """Return whether an address lies in the pool's range and is not excluded."""
        return self.first <= number <= self.last and number not in self._excluded

    def size(self, reserved: frozenset[int]) -> int:
        """Return the number of dynamic addresses."""
        taken = [number for number in self._excluded | reserved if self.first <= number <= self.last]
        return self.last - self.first + 1 - len(taken)


class AddressClass(NamedTuple):
    """The pool an address belongs to, and whether it is dynamic or reserved.

    Looked up for every message, so each pool keeps one shared instance of either kind.
    """

    pool_state: PoolState
    is_dynamic: bool
    """The address is in a pool and not reserved."""
