"""Which address is whose, until when.

Strategy: a record is never forgotten, only its state and end change, until its address goes to another phone;
so a phone finds its previous address again as long as there are others to give. An address that nobody had
comes first, then the one whose lease ended longest ago. Neither choice walks the pool: never-used addresses
lie above a mark that only rises, ended leases in a heap by their end.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

OFFER_SECONDS = 60.0
"""How long an offered address waits for its REQUEST; a phone decides within seconds."""

QUARANTINE_SECONDS = 3600.0
"""How long a declined address is given to nobody: somebody with a static address sits on it."""

_STALE_ENTRIES = 64
"""Entries a heap may hold beyond twice its records before it is rebuilt."""


class LeaseState(StrEnum):
    """What a record says about its address."""

    OFFERED = "offered"
    LEASED = "leased"
    DECLINED = "declined"
    RELEASED = "released"


_HOLDING = (LeaseState.OFFERED, LeaseState.LEASED)


@dataclass(frozen=True, slots=True)
class Lease:
    """One address and the phone that has, had or refused it."""

    mac: str
    address: str
    expires: float
    """Unix seconds: end of the lease, of the offer's hold or of the quarantine; a release's own time."""
    state: LeaseState = LeaseState.LEASED
    client_id: str = ""
    """Option 61 in hexadecimal digits."""
    host_name: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """The addresses we give out on one network."""

    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    excluded: frozenset[str] = frozenset()
    """Addresses that others own: the router, the servers."""


class _Shelf:
    """One pool's addresses that are free, or will be."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.first, self.last = int(pool.first), int(pool.last)
        self.lowest, self.highest = int(pool.network[0]), int(pool.network[-1])
        self.never_used = self.first
        self.by_end: list[tuple[float, str]] = []
        self.records = 0

    def has(self, address: str) -> bool:
        """Whether an address lies in the pool's range and belongs to nobody else."""
        return self.first <= int(IPv4Address(address)) <= self.last and not self._is_taboo(address)

    def _is_taboo(self, address: str) -> bool:
        network = self.pool.network
        if address in self.pool.excluded:
            return True
        # RFC 3021: a network of two addresses has no network and no broadcast address.
        return network.prefixlen < 31 and int(IPv4Address(address)) in (self.lowest, self.highest)


class LeaseTable:
    """Every record, and the choice of an address."""

    def __init__(
        self, pools: Iterable[Pool], reservations: Mapping[str, str], leases: Iterable[Lease] = ()
    ) -> None:
        self._by_address: dict[str, Lease] = {}
        self._changes: dict[str, Lease] = {}
        for lease in leases:
            self._keep_the_later(lease)
        self.reconfigure(pools, reservations)

    def __len__(self) -> int:
        return len(self._by_address)

    def reconfigure(self, pools: Iterable[Pool], reservations: Mapping[str, str]) -> None:
        """Serve other pools or reservations (MAC to address); the records stay."""
        self._shelves = [_Shelf(pool) for pool in pools]
        self._shelves_on: dict[IPv4Network, list[_Shelf]] = {}
        for shelf in self._shelves:
            self._shelves_on.setdefault(shelf.pool.network, []).append(shelf)
        self._reserved = dict(reservations)
        self._reserved_for = {address: mac for mac, address in reservations.items()}
        self._address_of: dict[tuple[str, IPv4Network], str] = {}
        # In the order of their ends, so that of two records of one phone the later one is remembered.
        for lease in sorted(self._by_address.values(), key=lambda lease: lease.expires):
            self._index(lease, new=True)

    def leases(self) -> list[Lease]:
        """Every record."""
        return list(self._by_address.values())

    def at(self, address: str) -> Lease | None:
        """The record of an address."""
        return self._by_address.get(address)

    def of(self, mac: str, network: IPv4Network) -> Lease | None:
        """The phone's record on a network, whatever its state."""
        address = self._address_of.get((mac, network))
        return self._by_address[address] if address else None

    def who_has(self, address: str) -> str:
        """The MAC of the phone that leased an address, else that it is reserved for, else empty.

        A lease that ran out counts until the address is given to another: nobody else can have it.
        """
        lease = self._by_address.get(address)
        if lease and lease.state is LeaseState.LEASED:
            return lease.mac
        return self._reserved_for.get(address, "")

    def reserved(self, mac: str, network: IPv4Network) -> str:
        """The address reserved for a phone on a network, or empty."""
        address = self._reserved.get(mac, "")
        return address if address and IPv4Address(address) in network else ""

    def objection(self, mac: str, address: str, network: IPv4Network, now: float) -> str:
        """Why this phone cannot have this address now; empty when it can."""
        owner = self._reserved_for.get(address)
        if owner not in (None, mac):
            return "it is reserved for another phone"
        if owner is None and not any(shelf.has(address) for shelf in self._shelves_on.get(network, ())):
            return "it is in no pool of this network"
        lease = self._by_address.get(address)
        if lease is None or lease.expires <= now or lease.state is LeaseState.RELEASED:
            return ""
        if lease.state is LeaseState.DECLINED:
            return "a phone found it in use by somebody else"
        return "" if lease.mac == mac else "another phone has it"

    def preferred(self, mac: str, network: IPv4Network, now: float) -> str:
        """The address a phone should have: its reservation, else what it has or had; empty: none is known."""
        lease = self.of(mac, network)
        candidates = (self.reserved(mac, network), lease.address if lease else "")
        return self._first_possible(candidates, mac, network, now)

    def offer(self, mac: str, network: IPv4Network, requested: str, now: float) -> str:
        """Choose an address and hold it for OFFER_SECONDS; empty when the network has none left."""
        address = (
            self.preferred(mac, network, now)
            or self._first_possible((requested,), mac, network, now)
            or self._free(network, now)
        )
        if not address:
            return ""
        lease = self._by_address.get(address)
        # A phone that restarts asks anew while its lease runs: an offer must not shorten it.
        if lease is None or lease.state is not LeaseState.LEASED or lease.expires <= now:
            self._record(Lease(mac, address, now + OFFER_SECONDS, LeaseState.OFFERED), now)
        return address

    def lease(self, lease: Lease, now: float) -> None:
        """Record an acknowledged address; the caller found no objection."""
        self._record(lease, now)

    def withdraw_offer(self, mac: str, network: IPv4Network, now: float) -> None:
        """The phone took somebody else's offer: let our held address go."""
        lease = self.of(mac, network)
        if lease and lease.state is LeaseState.OFFERED:
            self._record(replace(lease, expires=now), now)

    def release(self, mac: str, address: str, now: float) -> bool:
        """The phone gives its address back; False when it does not have it."""
        lease = self._by_address.get(address)
        if lease is None or lease.mac != mac or lease.state is not LeaseState.LEASED:
            return False
        self._record(replace(lease, state=LeaseState.RELEASED, expires=now), now)
        return True

    def decline(self, mac: str, address: str, now: float) -> bool:
        """The phone found its address in use: quarantine it; False when it was not given to this phone."""
        lease = self._by_address.get(address)
        if lease is None or lease.mac != mac or lease.state not in _HOLDING:
            return False
        self._record(replace(lease, state=LeaseState.DECLINED, expires=now + QUARANTINE_SECONDS), now)
        return True

    def take_changes(self) -> list[Lease]:
        """What must be on disk before the replies leave, one record an address; offers need not be."""
        changes, self._changes = list(self._changes.values()), {}
        return changes

    def _keep_the_later(self, lease: Lease) -> None:
        other = self._by_address.get(lease.address)
        if other is None or other.expires < lease.expires:
            self._by_address[lease.address] = lease

    def _record(self, lease: Lease, now: float) -> None:
        old = self._by_address.get(lease.address)
        if old and old.mac != lease.mac:
            self._forget_owner(old)
        if lease.state in _HOLDING:
            self._let_go_of_others(lease, now)
        self._by_address[lease.address] = lease
        self._index(lease, new=old is None)
        if lease.state is not LeaseState.OFFERED:
            self._changes[lease.address] = lease

    def _let_go_of_others(self, lease: Lease, now: float) -> None:
        """A phone has one address on a network: the one it had before this is free now."""
        shelf = self._shelf_of(lease.address)
        previous = self.of(lease.mac, shelf.pool.network) if shelf else None
        if previous is None or previous.address == lease.address or previous.expires <= now:
            return
        if previous.state is LeaseState.LEASED:
            ended = replace(previous, state=LeaseState.RELEASED, expires=now)
            self._changes[ended.address] = ended
        else:
            ended = replace(previous, expires=now)
        self._by_address[ended.address] = ended
        self._index(ended, new=False)

    def _forget_owner(self, lease: Lease) -> None:
        shelf = self._shelf_of(lease.address)
        if shelf and self._address_of.get((lease.mac, shelf.pool.network)) == lease.address:
            del self._address_of[lease.mac, shelf.pool.network]

    def _index(self, lease: Lease, *, new: bool) -> None:
        shelf = self._shelf_of(lease.address)
        if shelf is None:  # the site no longer serves this network
            return
        if lease.state is LeaseState.DECLINED:
            self._forget_owner(lease)
        else:
            self._address_of[lease.mac, shelf.pool.network] = lease.address
        shelf.records += new
        heapq.heappush(shelf.by_end, (lease.expires, lease.address))
        if len(shelf.by_end) > 2 * shelf.records + _STALE_ENTRIES:
            self._drop_stale_entries(shelf)

    def _drop_stale_entries(self, shelf: _Shelf) -> None:
        current = {entry for entry in shelf.by_end if self._by_address[entry[1]].expires == entry[0]}
        shelf.by_end = sorted(current)

    def _shelf_of(self, address: str) -> _Shelf | None:
        """Where an address is kept: the pool it lies in, else any pool of its network (reservations)."""
        number = int(IPv4Address(address))
        nearby = [shelf for shelf in self._shelves if shelf.lowest <= number <= shelf.highest]
        inside = (shelf for shelf in nearby if shelf.first <= number <= shelf.last)
        return next(inside, nearby[0] if nearby else None)

    def _first_possible(self, candidates: Iterable[str], mac: str, network: IPv4Network, now: float) -> str:
        return next(
            (address for address in candidates if address and not self.objection(mac, address, network, now)),
            "",
        )

    def _free(self, network: IPv4Network, now: float) -> str:
        shelves = self._shelves_on.get(network, [])
        never_used = (self._never_used(shelf) for shelf in shelves)
        ended = (self._longest_ended(shelf, now) for shelf in shelves)
        return next(filter(None, chain(never_used, ended)), "")

    def _never_used(self, shelf: _Shelf) -> str:
        """Raise the mark to the next address that nobody had; its record is made by the caller."""
        while shelf.never_used <= shelf.last:
            address = str(IPv4Address(shelf.never_used))
            shelf.never_used += 1
            if address not in self._by_address and self._is_for_anybody(shelf, address):
                return address
        return ""

    def _longest_ended(self, shelf: _Shelf, now: float) -> str:
        """Take the earliest ended record off the heap; entries that a later record replaced are dropped."""
        while shelf.by_end and shelf.by_end[0][0] <= now:
            expires, address = heapq.heappop(shelf.by_end)
            still_so = self._by_address[address].expires == expires
            if still_so and self._is_for_anybody(shelf, address):
                return address
        return ""

    def _is_for_anybody(self, shelf: _Shelf, address: str) -> bool:
        return address not in self._reserved_for and shelf.has(address)
