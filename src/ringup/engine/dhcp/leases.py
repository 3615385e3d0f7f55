"""Which address is whose, until when.

Strategy: a record is never forgotten, only its state and end change, until its address goes to another phone;
so a phone finds its previous address again as long as there are others to give. An address that nobody had
comes first, then the one whose lease ended longest ago. Neither choice walks the pool: never-used addresses
lie above a mark that only rises, ended leases in a heap by their end. A record whose end moves later, as most
do, keeps its entry in the heap until that comes to the top: so none of them is found too late.

An offered address is unproved if nobody ever had it from us, for somebody may have taken it by hand, or if it
was given back before its time. The engine may have it asked for first.
"""

import heapq
from collections.abc import Iterable, Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import NamedTuple

from ringup.engine.dhcp.pools import Ground, Pool, Shelf, Spot
from ringup.wire.ipv4 import number_of, text_of

__all__ = ["Lease", "LeaseState", "LeaseTable", "Pool"]

OFFER_SECONDS = 60.0
"""How long an offered address waits for its REQUEST; a phone decides within seconds."""

QUARANTINE_SECONDS = 3600.0
"""How long a declined address is given to nobody: somebody with a static address sits on it."""

SCARCE_SHARE = 0.1
"""A network with less than this share of its pool addresses free is running out."""

RECOUNT_SECONDS = 60.0
"""How often ended leases are taken off the count of addresses in use; new ones are added at once."""

_STALE_ENTRIES = 64
"""Entries a heap may hold beyond twice its records before it is rebuilt."""


class LeaseState(StrEnum):
    """What a record says about its address."""

    OFFERED = "offered"
    LEASED = "leased"
    DECLINED = "declined"
    RELEASED = "released"


# A name of the module is found in half the time of an enumeration's.
_OFFERED, _LEASED, _DECLINED, _RELEASED = LeaseState
_HOLDING = (_OFFERED, _LEASED)
_HAD_IT = (_LEASED, _RELEASED)


class Lease(NamedTuple):
    """One address and the phone that has, had or refused it."""

    mac: str
    address: str
    expires: float
    """Unix seconds: end of the lease, of the offer's hold or of the quarantine; a release's own time."""
    state: LeaseState = LeaseState.LEASED
    client_id: str = ""
    """Option 61 in hexadecimal digits."""
    host_name: str = ""


class LeaseTable:
    """Every record, and the choice of an address."""

    def __init__(
        self, pools: Iterable[Pool], reservations: Mapping[str, str], leases: Iterable[Lease] = ()
    ) -> None:
        self._by_address: dict[str, Lease] = {}
        self._changes: dict[str, Lease] = {}
        self._unproved: set[str] = set()
        for lease in leases:
            self._keep_the_later(lease)
        self.reconfigure(pools, reservations)

    def __len__(self) -> int:
        return len(self._by_address)

    def reconfigure(self, pools: Iterable[Pool], reservations: Mapping[str, str]) -> None:
        """Serve other pools or reservations (MAC to address); the records stay."""
        self._reserved = dict(reservations)
        self._reserved_for = {address: mac for mac, address in reservations.items()}
        self._reserved_numbers = frozenset(map(number_of, reservations.values()))
        self._grounds: dict[IPv4Network, Ground] = {}
        self._shelves: list[Shelf] = []
        for pool in pools:
            ground = self._grounds.setdefault(pool.network, Ground(pool.network))
            shelf = Shelf(pool, ground)
            ground.size += shelf.size(self._reserved_numbers)
            ground.shelves.append(shelf)
            self._shelves.append(shelf)
        self._spots: dict[str, Spot] = {}
        # In the order of their ends, so that of two records of one phone the later one is remembered.
        for lease in sorted(self._by_address.values(), key=lambda lease: lease.expires):
            spot = self._spot(lease.address)
            if spot:  # else the site no longer serves this network
                self._index(lease, None, spot)

    def leases(self) -> list[Lease]:
        """Every record."""
        return list(self._by_address.values())

    def at(self, address: str) -> Lease | None:
        """The record of an address."""
        return self._by_address.get(address)

    def of(self, mac: str, network: IPv4Network) -> Lease | None:
        """The phone's record on a network, whatever its state."""
        ground = self._grounds.get(network)
        address = ground.address_of.get(mac) if ground else None
        return self._by_address[address] if address else None

    def who_has(self, address: str) -> str:
        """The MAC of the phone that leased an address, else that it is reserved for, else empty.

        A lease that ran out counts until the address is given to another: nobody else can have it.
        """
        lease = self._by_address.get(address)
        if lease and lease.state is _LEASED:
            return lease.mac
        return self._reserved_for.get(address, "")

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a living lease of an address at `now` (Unix seconds); empty: nobody.

        A reservation never leased and a lease that ran out prove nothing: anybody can set an address.
        """
        lease = self._by_address.get(address)
        is_living = lease is not None and lease.state is _LEASED and now < lease.expires
        return lease.mac if lease is not None and is_living else ""

    def reserved(self, mac: str, network: IPv4Network) -> str:
        """The address reserved for a phone on a network, or empty."""
        address = self._reserved.get(mac, "")
        return address if address and IPv4Address(address) in network else ""

    def is_unproved(self, address: str) -> bool:
        """Whether an offered address was never leased to anybody, and nobody looked whether it is in use."""
        return address in self._unproved

    def prove(self, address: str) -> None:
        """Nobody answered at this address: it may be offered."""
        self._unproved.discard(address)

    def is_scarce(self, network: IPv4Network, now: float) -> bool:
        """Whether less than SCARCE_SHARE of a network's pool addresses are free."""
        ground = self._grounds.get(network)
        if ground is None:
            return False
        if not 0 <= now - ground.counted_at < RECOUNT_SECONDS:
            self._count(ground, now)
        return ground.size - ground.held < SCARCE_SHARE * ground.size

    def objection(self, mac: str, address: str, network: IPv4Network, now: float) -> str:
        """Why this phone cannot have this address now; empty when it can."""
        return self._objection(mac, address, self._grounds.get(network), now)

    def preferred(self, mac: str, network: IPv4Network, now: float) -> str:
        """The address a phone should have: its reservation, else what it has or had; empty: none is known."""
        ground = self._grounds.get(network)
        return self._preferred(mac, ground, now) if ground else ""

    def offer(self, mac: str, network: IPv4Network, requested: str, now: float) -> str:
        """Choose an address and hold it for OFFER_SECONDS; empty when the network has none left."""
        ground = self._grounds.get(network)
        if ground is None:
            return ""
        address = self._preferred(mac, ground, now)
        if not address and requested and not self._objection(mac, requested, ground, now):
            address = requested
        address = address or self._free(ground, now)
        if not address:
            return ""
        lease = self._by_address.get(address)
        # A phone that restarts asks anew while its lease runs: an offer must not shorten it.
        # Nor is an offer made again that has most of its time before it.
        stands = lease is not None and (
            lease.expires > now
            if lease.state is _LEASED
            else lease.state is _OFFERED and lease.expires > now + OFFER_SECONDS / 2
        )
        if not stands:
            self._doubt(lease, mac, address, now)
            self._record(Lease(mac, address, now + OFFER_SECONDS, _OFFERED), now)
        return address

    def lease(self, lease: Lease, now: float) -> None:
        """Record an acknowledged address; the caller found no objection."""
        self._unproved.discard(lease.address)
        self._record(lease, now)

    def withdraw_offer(self, mac: str, network: IPv4Network, now: float) -> None:
        """The phone took somebody else's offer: let our held address go."""
        lease = self.of(mac, network)
        if lease and lease.state is _OFFERED:
            self._record(lease._replace(expires=now), now)

    def release(self, mac: str, address: str, now: float) -> bool:
        """The phone gives its address back; False when it does not have it."""
        lease = self._by_address.get(address)
        if lease is None or lease.mac != mac or lease.state is not _LEASED:
            return False
        self._record(lease._replace(state=_RELEASED, expires=now), now)
        return True

    def decline(self, mac: str, address: str, now: float) -> bool:
        """The phone found its address in use: quarantine it; False when it was not given to this phone."""
        lease = self._by_address.get(address)
        if lease is None or lease.mac != mac or lease.state not in _HOLDING:
            return False
        self._record(lease._replace(state=_DECLINED, expires=now + QUARANTINE_SECONDS), now)
        return True

    def take_changes(self) -> list[Lease]:
        """What must be on disk before the replies leave, one record an address; offers need not be."""
        changes, self._changes = list(self._changes.values()), {}
        return changes

    def _objection(self, mac: str, address: str, ground: Ground | None, now: float) -> str:
        owner = self._reserved_for.get(address)
        if owner is None:
            if not self._is_pooled(address, ground):
                return "it is in no pool of this network"
        elif owner != mac:
            return "it is reserved for another phone"
        lease = self._by_address.get(address)
        if lease is None or lease.expires <= now or lease.state is _RELEASED:
            return ""
        if lease.state is _DECLINED:
            return "a phone found it in use by somebody else"
        return "" if lease.mac == mac else "another phone has it"

    def _preferred(self, mac: str, ground: Ground, now: float) -> str:
        for address in (self.reserved(mac, ground.network), ground.address_of.get(mac)):
            if address and not self._objection(mac, address, ground, now):
                return address
        return ""

    def _keep_the_later(self, lease: Lease) -> None:
        other = self._by_address.get(lease.address)
        if other is None or other.expires < lease.expires:
            self._by_address[lease.address] = lease

    def _doubt(self, before: Lease | None, mac: str, address: str, now: float) -> None:
        """Note whether an address about to be offered is unproved, by the record it has had so far."""
        if self._reserved_for.get(address) == mac or (before and _is_surely_free(before, mac, now)):
            return
        self._unproved.add(address)

    def _record(self, lease: Lease, now: float) -> None:
        address = lease.address
        old, spot = self._by_address.get(address), self._spot(address)
        if old and old.mac != lease.mac:
            self._forget_owner(old, spot)
        self._by_address[address] = lease
        if spot:
            ground = spot.shelf.ground
            if lease.state in _HOLDING and ground.address_of.get(lease.mac, address) != address:
                self._let_go_of_others(lease, ground, now)
            if spot.for_anybody and (old is None or not _is_taken(old, now)):
                ground.held += 1
            self._index(lease, old, spot)
        if lease.state is not _OFFERED:
            self._changes[address] = lease

    def _let_go_of_others(self, lease: Lease, ground: Ground, now: float) -> None:
        """A phone has one address on a network: the one it had before this is free now."""
        address = ground.address_of[lease.mac]
        previous = self._by_address[address]
        if previous.expires <= now:
            return
        if previous.state is _LEASED:
            ended = previous._replace(state=_RELEASED, expires=now)
            self._changes[address] = ended
        else:
            ended = previous._replace(expires=now)
        self._by_address[address] = ended
        self._index(ended, previous, self._spots[address])

    def _forget_owner(self, lease: Lease, spot: Spot | None) -> None:
        if spot and spot.shelf.ground.address_of.get(lease.mac) == lease.address:
            del spot.shelf.ground.address_of[lease.mac]

    def _index(self, lease: Lease, old: Lease | None, spot: Spot) -> None:
        """Find it by its phone and by its end, after the record that its address had so far."""
        shelf = spot.shelf
        if lease.state is _DECLINED:
            self._forget_owner(lease, spot)
        else:
            shelf.ground.address_of[lease.mac] = lease.address
        if old is None:
            shelf.records += 1
        elif lease.expires >= old.expires:
            return
        heapq.heappush(shelf.by_end, (lease.expires, lease.address))
        if len(shelf.by_end) > 2 * shelf.records + _STALE_ENTRIES:
            self._drop_stale_entries(shelf)

    def _drop_stale_entries(self, shelf: Shelf) -> None:
        addresses = {address for _, address in shelf.by_end}
        shelf.by_end = sorted((self._by_address[address].expires, address) for address in addresses)

    def _spot(self, address: str) -> Spot | None:
        """Where an address on record is kept: its pool, else any pool of its network (reservations)."""
        spot = self._spots.get(address)
        if spot is None:
            number = number_of(address)
            shelf = self._shelf_of(number)
            if shelf:
                for_anybody = self._is_for_anybody(shelf, number)
                spot = self._spots[address] = shelf.for_anybody if for_anybody else shelf.for_somebody
        return spot

    def _shelf_of(self, number: int) -> Shelf | None:
        nearby = None
        for shelf in self._shelves:
            if shelf.first <= number <= shelf.last:
                return shelf
            if nearby is None and shelf.lowest <= number <= shelf.highest:
                nearby = shelf
        return nearby

    def _is_pooled(self, address: str, ground: Ground | None) -> bool:
        if ground is None:
            return False
        spot = self._spots.get(address)
        if spot and spot.for_anybody and spot.shelf.ground is ground:
            return True
        number = number_of(address)
        return any(shelf.has(number) for shelf in ground.shelves)

    def _count(self, ground: Ground, now: float) -> None:
        spots = ((self._spots.get(lease.address), lease) for lease in self._by_address.values())
        ground.held = sum(
            _is_taken(lease, now)
            for spot, lease in spots
            if spot and spot.for_anybody and spot.shelf.ground is ground
        )
        ground.counted_at = now

    def _free(self, ground: Ground, now: float) -> str:
        for shelf in ground.shelves:
            address = self._never_used(shelf)
            if address:
                return address
        for shelf in ground.shelves:
            address = self._longest_ended(shelf, now)
            if address:
                return address
        return ""

    def _never_used(self, shelf: Shelf) -> str:
        """Raise the mark to the next address that nobody had; its record is made by the caller."""
        while shelf.never_used <= shelf.last:
            number = shelf.never_used
            shelf.never_used += 1
            address = text_of(number)
            if address not in self._by_address and self._is_for_anybody(shelf, number):
                return address
        return ""

    def _longest_ended(self, shelf: Shelf, now: float) -> str:
        """The earliest ended record's address, by the top of the heap, where its new record will find it."""
        while shelf.by_end and shelf.by_end[0][0] <= now:
            expires, address = shelf.by_end[0]
            ends = self._by_address[address].expires
            if ends != expires:
                heapq.heapreplace(shelf.by_end, (ends, address))
            elif self._is_for_anybody(shelf, number_of(address)):
                return address
            else:
                heapq.heappop(shelf.by_end)
        return ""

    def _is_for_anybody(self, shelf: Shelf, number: int) -> bool:
        return number not in self._reserved_numbers and shelf.has(number)


def _is_taken(lease: Lease, now: float) -> bool:
    return lease.expires > now and lease.state is not _RELEASED


def _is_surely_free(record: Lease, mac: str, now: float) -> bool:
    """Whether an address needs no probe before it is offered to a phone, by the record it has.

    Its own address is its own. A lease that ran to its end is over for its phone too, which counts from an
    earlier moment; one that was released early may be in use after all: the RELEASE may be an old copy.
    """
    if record.mac == mac:
        return record.state in _HAD_IT or (record.state is _OFFERED and record.expires > now)
    return record.state is _LEASED
