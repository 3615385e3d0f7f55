"""The pools and reservations of a site, and the state of each pool and network.

`leases.py` decides who gets an address. This module knows which pool an address belongs to, and which of a
pool's addresses is given next.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from ringup.engine.dhcp.expiry import ExpiryQueue
from ringup.engine.dhcp.lease import Lease
from ringup.wire.ipv4 import number_of, text_of


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
        self.held_by_others = 0
        """Number of these addresses that belong to devices which are not in the site."""
        self.counted_at = float("-inf")

    def has(self, number: int) -> bool:
        """Return whether one of the network's pools contains an address, given as a number."""
        return any(pool_state.has(number) for pool_state in self.pool_states)

    def free_address(self, leases: Mapping[str, Lease], now: float) -> str:
        """Return an address that was never leased, else the one whose lease ended first; empty: none is free.

        `leases` are all records by address; the caller must record the returned address.
        """
        for pool_state in self.pool_states:
            if address := pool_state.never_leased(leases):
                return address
        for pool_state in self.pool_states:
            if address := pool_state.longest_ended(leases, now):
                return address
        return ""


class PoolState:
    """The state of one pool: its free addresses, and those that will become free."""

    def __init__(self, pool: Pool, network_state: NetworkState, reserved: frozenset[int]) -> None:
        self.network_state = network_state
        self.first, self.last = int(pool.first), int(pool.last)
        self.lowest, self.highest = int(pool.network[0]), int(pool.network[-1])
        # RFC 3021: a network of two addresses has no network and no broadcast address.
        edges = (self.lowest, self.highest) if pool.network.prefixlen < 31 else ()
        self._excluded = frozenset((*map(number_of, pool.excluded), *edges))
        self._reserved = reserved
        self.never_used = self.first
        """The mark below which every address was leased or passed over."""
        self.expiry = ExpiryQueue()
        self.dynamic, self.reserved = AddressClass(self, True), AddressClass(self, False)

    def has(self, number: int) -> bool:
        """Return whether an address, given as a number, is in the pool's range and not excluded."""
        return self.first <= number <= self.last and number not in self._excluded

    def class_of(self, number: int) -> "AddressClass":
        """Return this pool's shared object for an address of its network."""
        return self.dynamic if self._is_dynamic(number) else self.reserved

    def size(self) -> int:
        """Return the number of dynamic addresses."""
        taken = [number for number in self._excluded | self._reserved if self.first <= number <= self.last]
        return self.last - self.first + 1 - len(taken)

    def never_leased(self, leases: Mapping[str, Lease]) -> str:
        """Return the next address that was never leased, and raise the mark above it; empty: none is left."""
        while self.never_used <= self.last:
            number = self.never_used
            self.never_used += 1
            address = text_of(number)
            if address not in leases and self._is_dynamic(number):
                return address
        return ""

    def longest_ended(self, leases: Mapping[str, Lease], now: float) -> str:
        """Return the dynamic address whose record ended first; empty: no record has ended."""
        return self.expiry.longest_ended(leases, lambda address: self._is_dynamic(number_of(address)), now)

    def _is_dynamic(self, number: int) -> bool:
        return number not in self._reserved and self.has(number)


class AddressClass(NamedTuple):
    """The pool an address belongs to, and whether it is dynamic or reserved.

    It is looked up for every message, so each pool keeps one shared object for either kind.
    """

    pool_state: PoolState
    is_dynamic: bool
    """True if the address is in a pool and not reserved."""


class AddressPlan:
    """The pools and reservations of one revision of the site, and the class of each address in them."""

    def __init__(self, pools: Iterable[Pool], reservations: Mapping[str, str]) -> None:
        """`reservations` are addresses by MAC."""
        self._reserved = dict(reservations)
        self.reserved_for = {address: mac for mac, address in reservations.items()}
        self.network_states: dict[IPv4Network, NetworkState] = {}
        self.pool_states: list[PoolState] = []
        self._classes: dict[str, AddressClass] = {}
        numbers = frozenset(map(number_of, reservations.values()))
        for pool in pools:
            network_state = self.network_states.setdefault(pool.network, NetworkState(pool.network))
            pool_state = PoolState(pool, network_state, numbers)
            network_state.size += pool_state.size()
            network_state.pool_states.append(pool_state)
            self.pool_states.append(pool_state)

    def reserved(self, mac: str, network: IPv4Network) -> str:
        """Return the address reserved for a phone on a network, or empty."""
        address = self._reserved.get(mac, "")
        return address if address and IPv4Address(address) in network else ""

    def class_of(self, address: str) -> AddressClass | None:
        """Return the class of an address in the pool that contains it, else in any pool of its network.

        The second case is for reservations outside the pools. None: the site has no pool in the address's
        network.
        """
        address_class = self._classes.get(address)
        if address_class is None:
            number = number_of(address)
            pool_state = self._pool_state_of(number)
            if pool_state:
                address_class = self._classes[address] = pool_state.class_of(number)
        return address_class

    def class_on_record(self, address: str) -> AddressClass:
        """Return the class that `class_of` found for this address; raises KeyError if it found nothing."""
        return self._classes[address]

    def is_pooled(self, address: str, network_state: NetworkState | None) -> bool:
        """Return whether a pool of this network contains the address."""
        if network_state is None:
            return False
        return self.is_dynamic_in(address, network_state) or network_state.has(number_of(address))

    def is_dynamic_in(self, address: str, network_state: NetworkState) -> bool:
        """Return whether an address that `class_of` has looked up is a dynamic one of this network."""
        address_class = self._classes.get(address)
        return (
            address_class is not None
            and address_class.is_dynamic
            and address_class.pool_state.network_state is network_state
        )

    def _pool_state_of(self, number: int) -> PoolState | None:
        nearby = None
        for pool_state in self.pool_states:
            if pool_state.first <= number <= pool_state.last:
                return pool_state
            if nearby is None and pool_state.lowest <= number <= pool_state.highest:
                nearby = pool_state
        return nearby
