"""Keep the records of addresses: which client has which address, and until when.

Strategy: a record is never deleted. Only its state and end change, until its address goes to another phone.
So a phone gets its previous address again as long as other addresses are free. An address that was never
leased comes first, then the address whose lease ended longest ago. Neither choice searches the pool:
never-leased addresses lie above a mark that only rises (`pools.py`), ended leases in a heap by their end
(`expiry.py`).

An offered address needs a probe in three cases: it was never leased, because a host may use it without a
lease; it was released before its lease ended; or its lease is from an earlier run, because the clock may have
been wrong then or may be wrong now. The engine may probe the address first. In the third case, a REQUEST for
the address is also refused until then.

Unknown devices get only the addresses of a pool beyond those kept for the phones of the site. So a host that
invents hardware addresses cannot take a pool's last address.
"""

from collections.abc import Collection, Iterable, Mapping
from ipaddress import IPv4Network

from ringup.engine.dhcp.lease import Lease, LeaseState, is_surely_free, is_taken
from ringup.engine.dhcp.pools import AddressClass, AddressPlan, NetworkState, Pool

OFFER_SECONDS = 60.0
"""Seconds for which an offered address is held for its REQUEST; a phone decides within seconds."""

QUARANTINE_SECONDS = 300.0
"""Seconds for which an address that another host uses is given to no client. The address is then probed
again.
"""

MOST_KEPT = 0.75
"""The share of a network's pool addresses that is kept for the phones of the site, if the site has enough
phones.
"""

SCARCE_SHARE = 0.1
"""The share of free pool addresses below which a network is running out."""

RECOUNT_SECONDS = 60.0
"""Seconds between two recounts that remove ended leases from the number in use; new leases are
added at once.
"""

# Names of this module: they are found in half the time of an enumeration's members.
_OFFERED, _LEASED, _DECLINED, _RELEASED = LeaseState
_HOLDING = (_OFFERED, _LEASED)


class LeaseTable:
    """Holds all records, and chooses the address for a client."""

    def __init__(
        self,
        pools: Iterable[Pool],
        reservations: Mapping[str, str],
        leases: Iterable[Lease] = (),
        *,
        phones: Collection[str] = (),
    ) -> None:
        """`phones` are the MACs of the site's phones."""
        self._by_address: dict[str, Lease] = {}
        self._changes: dict[str, Lease] = {}
        self._unprobed: set[str] = set()
        self._of_another: dict[str, str] = {}
        """By offered address: the other client that leased it in an earlier run, until the address proves
        free.
        """
        for lease in leases:
            self._keep_the_later(lease)
        self._of_earlier_run = set(self._by_address)
        self.reconfigure(pools, reservations, phones)

    def __len__(self) -> int:
        return len(self._by_address)

    def reconfigure(
        self, pools: Iterable[Pool], reservations: Mapping[str, str], phones: Collection[str] = ()
    ) -> None:
        """Use other pools, reservations (MAC to address) or phones; the records stay."""
        self._plan = plan = AddressPlan(pools, reservations)
        self._phones = frozenset(phones)
        self._most_kept = sum(mac not in reservations for mac in self._phones)
        self._network_states, self._reserved_for = plan.network_states, plan.reserved_for
        # Sorted by their ends, so that of two records of one phone the later is remembered.
        for lease in sorted(self._by_address.values(), key=lambda lease: lease.expires):
            address_class = plan.class_of(lease.address)
            if address_class:  # Without a class, the site no longer serves this network.
                self._index(lease, None, address_class)

    def clock_was_set(self, step: float) -> None:
        """Shift the ends of records made since the start by this many seconds, because the clock was set.

        Records of earlier runs stay as they are: they were made by another clock, which may have been right.
        """
        for address in self._by_address.keys() - self._of_earlier_run:
            old = self._by_address[address]
            lease = self._by_address[address] = old._replace(expires=old.expires + step)
            if address_class := self._plan.class_of(address):
                address_class.pool_state.expiry.bring_forward(lease, self._by_address)
            if lease.state is not _OFFERED:
                self._changes[address] = lease

    def leases(self) -> list[Lease]:
        """Return every record."""
        return list(self._by_address.values())

    def at(self, address: str) -> Lease | None:
        """Return the record of an address."""
        return self._by_address.get(address)

    def of(self, mac: str, network: IPv4Network) -> Lease | None:
        """Return the phone's record on a network, in any state."""
        network_state = self._network_states.get(network)
        address = network_state.address_of.get(mac) if network_state else None
        return self._by_address[address] if address else None

    def who_has(self, address: str) -> str:
        """Return the MAC that leased an address, else the MAC that it is reserved for; empty: none.

        An ended lease counts until the address is given to another client: until then no other client can
        have it.
        """
        lease = self._by_address.get(address)
        if lease and lease.state is _LEASED:
            return lease.mac
        return self._reserved_for.get(address, "")

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a running lease of an address at `now` (Unix seconds); empty: none.

        A reservation that was never leased and an ended lease prove nothing: any host can configure an
        address itself.
        """
        lease = self._by_address.get(address)
        is_living = lease is not None and lease.state is _LEASED and now < lease.expires
        return lease.mac if lease is not None and is_living else ""

    def reserved(self, mac: str, network: IPv4Network) -> str:
        """Return the address reserved for a phone on a network, or empty."""
        return self._plan.reserved(mac, network)

    def needs_probe(self, address: str) -> bool:
        """Return whether an offered address must be probed first: it was never leased, or released early."""
        return address in self._unprobed

    def needs_probe_before_lease(self, mac: str, address: str) -> bool:
        """Return whether another client leased this address in an earlier run, and it was not probed since.

        That lease may still run, because the clock may have been wrong then or may be wrong now.
        """
        if address in self._of_earlier_run:
            return self._by_address[address].mac != mac
        return self._of_another.get(address, mac) != mac

    def mark_free(self, address: str) -> None:
        """Note that a probe of this address got no reply: it may be offered."""
        self._unprobed.discard(address)
        self._of_another.pop(address, None)

    def is_scarce(self, network: IPv4Network, now: float) -> bool:
        """Return whether less than SCARCE_SHARE of a network's pool addresses are free."""
        network_state = self._network_states.get(network)
        if network_state is None:
            return False
        if not 0 <= now - network_state.counted_at < RECOUNT_SECONDS:
            self._count(network_state, now)
        return network_state.size - network_state.held < SCARCE_SHARE * network_state.size

    def is_given(self, mac: str, address: str) -> bool:
        """Return whether this phone was offered or leased this address and has not returned it."""
        lease = self._by_address.get(address)
        return lease is not None and lease.mac == mac and lease.state in _HOLDING

    def refusal_reason(self, mac: str, address: str, network: IPv4Network, now: float) -> str:
        """Return why this phone cannot have this address now; empty when it can."""
        return self._refusal_reason(mac, address, self._network_states.get(network), now)

    def preferred(self, mac: str, network: IPv4Network, now: float) -> str:
        """Return the address that a phone should have: its reservation, else its present or last one; or
        empty.
        """
        network_state = self._network_states.get(network)
        return self._preferred(mac, network_state, now) if network_state else ""

    def offer(self, mac: str, network: IPv4Network, requested: str, now: float) -> str:
        """Choose an address and hold it for OFFER_SECONDS; empty when the network has none left."""
        network_state = self._network_states.get(network)
        if network_state is None:
            return ""
        address = self._preferred(mac, network_state, now)
        if not address and requested and not self._refusal_reason(mac, requested, network_state, now):
            address = requested
        if not address and not self._is_kept_from(mac, network_state, now):
            address = network_state.free_address(self._by_address, now)
        if not address:
            return ""
        lease = self._by_address.get(address)
        # A restarted phone sends DISCOVER while its lease runs: an offer must not shorten the lease.
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
        """Record an acknowledged address, for which the caller found no refusal reason."""
        self.mark_free(lease.address)
        self._record(lease, now)

    def withdraw_offer(self, mac: str, network: IPv4Network, now: float) -> None:
        """Free the offered address, because the phone accepted another server's offer."""
        lease = self.of(mac, network)
        if lease and lease.state is _OFFERED:
            self._record(lease._replace(expires=now), now)

    def release(self, mac: str, address: str, now: float) -> bool:
        """Free the address that a phone returns; False if the phone does not have it."""
        lease = self._by_address.get(address)
        if lease is None or lease.mac != mac or lease.state is not _LEASED:
            return False
        self._record(lease._replace(state=_RELEASED, expires=now), now)
        return True

    def decline(self, mac: str, address: str, now: float, seconds: float = QUARANTINE_SECONDS) -> bool:
        """Set aside an address that its phone found in use, for this many seconds.

        A reserved address stays reserved for the phone. Returns False when the address was not given to this
        phone.
        """
        lease = self._by_address.get(address)
        if lease is None or not self.is_given(mac, address):
            return False
        if self._reserved_for.get(address) == mac:
            self._record(lease._replace(state=_RELEASED, expires=now), now)
        else:
            self._record(lease._replace(state=_DECLINED, expires=now + seconds), now)
        return True

    def found_in_use(self, mac: str, address: str, holder: str, now: float) -> bool:
        """Set aside an address, offered to a phone, that another host answered for.

        If `holder` leased it in an earlier run, it is held for that client, which still has it. Returns False
        if the address is reserved for the phone, which then gets it nevertheless.
        """
        if self._reserved_for.get(address) == mac:
            self.mark_free(address)
            return False
        address_class = self._plan.class_of(address)
        has_another = address_class and holder in address_class.pool_state.network_state.address_of
        if self._of_another.get(address) == holder and not has_another:
            self._record(Lease(holder, address, now + QUARANTINE_SECONDS, _OFFERED), now)
        else:
            self.decline(mac, address, now)
        return True

    def take_changes(self) -> list[Lease]:
        """Return the records to write before the replies are sent, one per address, without offers."""
        changes, self._changes = list(self._changes.values()), {}
        return changes

    def _refusal_reason(self, mac: str, address: str, network_state: NetworkState | None, now: float) -> str:
        owner = self._reserved_for.get(address)
        if owner is None:
            if not self._plan.is_pooled(address, network_state):
                return "it is in no pool of this network"
        elif owner != mac:
            return "it is reserved for another phone"
        lease = self._by_address.get(address)
        if lease is None or lease.expires <= now or lease.state is _RELEASED:
            is_kept = network_state and owner is None and self._is_kept_from(mac, network_state, now)
            return "it is kept for phones of the site" if is_kept else ""
        if lease.state is _DECLINED:
            return "a phone found another host using it"
        return "" if lease.mac == mac else "another phone has it"

    def _preferred(self, mac: str, network_state: NetworkState, now: float) -> str:
        for address in (self.reserved(mac, network_state.network), network_state.address_of.get(mac)):
            if address and not self._refusal_reason(mac, address, network_state, now):
                return address
        return ""

    def _is_kept_from(self, mac: str, network_state: NetworkState, now: float) -> bool:
        """Return whether unknown devices already have all the addresses of a pool that they may have."""
        kept = min(self._most_kept, int(network_state.size * MOST_KEPT))
        if not kept or mac in self._phones:
            return False
        if not 0 <= now - network_state.counted_at < RECOUNT_SECONDS:
            self._count(network_state, now)
        return network_state.held_by_others >= network_state.size - kept

    def _keep_the_later(self, lease: Lease) -> None:
        other = self._by_address.get(lease.address)
        if other is None or other.expires < lease.expires:
            self._by_address[lease.address] = lease

    def _doubt(self, before: Lease | None, mac: str, address: str, now: float) -> None:
        """Note whether an address that will be offered needs a probe, according to its previous record."""
        is_own = before is not None and before.mac == mac
        if address in self._of_earlier_run and not is_own:
            self._of_another[address] = before.mac if before else ""
            self._unprobed.add(address)
            return
        is_sure = before is not None and is_surely_free(before, mac, now)
        if not is_sure and self._reserved_for.get(address) != mac:
            self._unprobed.add(address)

    def _record(self, lease: Lease, now: float) -> None:
        address = lease.address
        old, address_class = self._by_address.get(address), self._plan.class_of(address)
        if old and old.mac != lease.mac:
            self._forget_owner(old, address_class)
        self._by_address[address] = lease
        self._of_earlier_run.discard(address)
        if address_class:
            network_state = address_class.pool_state.network_state
            if lease.state in _HOLDING and network_state.address_of.get(lease.mac, address) != address:
                self._let_go_of_others(lease, network_state, now)
            if address_class.is_dynamic and (old is None or not is_taken(old, now)):
                network_state.held += 1
                network_state.held_by_others += lease.mac not in self._phones
            self._index(lease, old, address_class)
        if lease.state is not _OFFERED:
            self._changes[address] = lease

    def _let_go_of_others(self, lease: Lease, network_state: NetworkState, now: float) -> None:
        """Free the phone's previous address on a network: a phone has one address per network."""
        address = network_state.address_of[lease.mac]
        previous = self._by_address[address]
        if previous.expires <= now:
            return
        if previous.state is _LEASED:
            ended = previous._replace(state=_RELEASED, expires=now)
            self._changes[address] = ended
        else:
            ended = previous._replace(expires=now)
        self._by_address[address] = ended
        self._index(ended, previous, self._plan.class_on_record(address))

    def _forget_owner(self, lease: Lease, address_class: AddressClass | None) -> None:
        if address_class:
            address_of = address_class.pool_state.network_state.address_of
            if address_of.get(lease.mac) == lease.address:
                del address_of[lease.mac]

    def _index(self, lease: Lease, old: Lease | None, address_class: AddressClass) -> None:
        """Enter a record in the indexes by phone and by end; `old` is the address's previous record."""
        pool_state = address_class.pool_state
        if lease.state is _DECLINED:
            self._forget_owner(lease, address_class)
        else:
            pool_state.network_state.address_of[lease.mac] = lease.address
        if old is None:
            pool_state.expiry.add(lease)
        elif lease.expires < old.expires:
            pool_state.expiry.bring_forward(lease, self._by_address)

    def _count(self, network_state: NetworkState, now: float) -> None:
        is_dynamic_in, leases = self._plan.is_dynamic_in, self._by_address.values()
        held = [
            lease.mac
            for lease in leases
            if is_taken(lease, now) and is_dynamic_in(lease.address, network_state)
        ]
        network_state.held = len(held)
        network_state.held_by_others = sum(mac not in self._phones for mac in held)
        network_state.counted_at = now
