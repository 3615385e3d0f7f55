"""Read from the database the facts about the running system that a plan needs, as a `World`."""

from collections.abc import Collection
from ipaddress import IPv4Address

from sqlalchemy import Engine

from ringup.change.rendered import touched_phones
from ringup.change.world import World
from ringup.engine.dhcp.lease import LeaseState
from ringup.journey.journeys import Journeys
from ringup.journey.record import Journey
from ringup.site.held import with_held
from ringup.site.model import Site
from ringup.site.records import ChangedRecords
from ringup.store.held_secrets import read_held
from ringup.store.history import read_events
from ringup.store.journeys import read_journeys, read_leased
from ringup.store.leases import read_leases

BATCH = 5_000
"""Number of events that are read at a time."""


def gather(
    engine: Engine,
    before: Site,
    after: Site,
    records: ChangedRecords,
    now: float,
    restarting: Collection[str] = (),
) -> World:
    """Return the World for a plan of this change; only the parts that the change concerns are read.

    `records` is the result of `changed(before, after)`, and `now` is in Unix seconds. `restarting` are the
    MACs of the phones that are restarted with the change.
    """
    touched = touched_phones(before, after, records)
    journeys = journeys_of(engine, touched) if touched else {}
    return World(
        registered={mac: frozenset(found.registered) for mac, found in journeys.items() if found.registered},
        in_call={mac: found.in_call for mac, found in journeys.items() if found.in_call},
        leased=_leased(engine, now) if before.subnets != after.subnets else {},
        by_hand=_by_hand(engine, before),
        restarting=frozenset(restarting),
    )


def _by_hand(engine: Engine, before: Site) -> dict[str, str]:
    """Return the files and rows that were changed by hand.

    On a site without installed files, nothing is imported or read.
    """
    if not (before.pbx.etc or before.pbx.realtime):
        return {}
    from ringup.change.by_hand import changed_by_hand

    return {each.name: each.counts for each in changed_by_hand(with_held(before, read_held(engine)))}


def journeys_of(engine: Engine, macs: Collection[str]) -> dict[str, Journey]:
    """Return the journeys (boot progress) of these phones, up to the last event."""
    kept = read_journeys(engine, macs)
    journeys = Journeys(kept.by_mac.values(), lambda: macs, leased=read_leased(engine, macs))
    last = kept.event
    while rows := read_events(engine, after=last, limit=BATCH):
        journeys.take(event for _, event in rows)
        last = rows[-1][0]
    wanted = set(macs)
    return {mac: journey for mac, journey in journeys.by_mac().items() if mac in wanted}


def living_addresses(engine: Engine, now: float) -> dict[str, str]:
    """Return the address of each phone's valid lease, by MAC; `now` is in Unix seconds."""
    return {mac: str(address) for address, mac in _leased(engine, now).items()}


def _leased(engine: Engine, now: float) -> dict[IPv4Address, str]:
    return {
        IPv4Address(lease.address): lease.mac
        for lease in read_leases(engine)
        if lease.state is LeaseState.LEASED and lease.expires > now
    }
