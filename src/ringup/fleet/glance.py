"""The state of every phone of a large fleet, computed without reading every record and every journey.

Phones are counted by the columns that the server stores beside each journey (boot progress). The complete
record and journey are read only for phones that have later events, and for phones that are displayed.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import inf

from sqlalchemy import Engine

from ringup.events import Event, MachineFault, PbxConnected, ServerStarted
from ringup.fleet.rows import FleetRow, Present, fleet_rows, state_of
from ringup.journey.journeys import Journeys
from ringup.journey.overdue import stage_overdue
from ringup.journey.record import Journey
from ringup.site.model import Site
from ringup.store.database import reading
from ringup.store.history import events_of_phone, events_of_phones, read_events
from ringup.store.journeys import JourneySummary, read_journeys, read_leased, read_summaries
from ringup.store.revisions import PhoneSummary, follows_pbx, read_phone_summaries, read_phones
from ringup.wire.file_names import owner_of


@dataclass(frozen=True, slots=True)
class Glance:
    """The fields of one phone that are needed to count phones or to choose some."""

    mac: str
    group: str | None
    """The group's name; None: the phone is not in the site."""
    model: str
    stage: str
    state: str
    """A key of STATES."""


@dataclass(frozen=True, slots=True)
class FleetAtAGlance:
    """The state of every phone, and whether the PBX answers."""

    phones: tuple[Glance, ...]
    pbx_lost: str
    """The reason why the PBX does not answer; empty: it answers."""
    newer: Mapping[str, Journey]
    """The journeys that later events have changed since they were stored."""
    present: Present
    """The facts of this moment that no journey holds."""
    events: Mapping[int, Event]
    """The events that changed the journeys in `newer`, by their ids; each has the MAC of its phone."""
    faults: tuple[MachineFault, ...]
    """The faults that the machine and Asterisk have now, oldest first."""

    def events_of(
        self, engine: Engine, mac: str, most: int | None, *, since: float = 0.0, until: float = inf
    ) -> list[Event]:
        """Return the last `most` events of one phone in a span of time, oldest first; if `most` is None, all
        events.

        `since` and `until` are POSIX seconds, and both belong to the span.
        """
        found = dict(events_of_phone(engine, mac, most=most, since=since, until=until))
        found.update(
            (number, event)
            for number, event in self.events.items()
            if event.mac == mac and since <= event.at <= until
        )
        return [found[number] for number in sorted(found)[-most if most else 0 :]] if most != 0 else []

    def events_of_many(self, engine: Engine, macs: Collection[str], most: int) -> dict[str, list[Event]]:
        """Return the last events of each of these phones, oldest first, by MAC."""
        found = {mac: dict(events) for mac, events in events_of_phones(engine, macs, most).items()}
        wanted = set(macs)
        for number, event in self.events.items():
            if event.mac in wanted:
                found.setdefault(event.mac, {})[number] = event
        return {mac: [events[number] for number in sorted(events)[-most:]] for mac, events in found.items()}


def read_fleet(engine: Engine, now: float) -> FleetAtAGlance:
    """Read the state at `now` of every phone of the site, and of every unknown device that behaves like a
    phone.
    """
    with reading(engine) as connection:
        state, kept = read_summaries(connection)
        own = read_phone_summaries(connection)
        present = Present(now, follows_pbx(connection))
    new = dict(read_events(engine, after=state.event))
    newer = Journeys(
        _of_phones(engine, kept, list(new.values())),
        own_macs=lambda: {phone.mac for phone in own},
        pbx_lost=state.pbx_lost,
        faults=state.faults,
        leased=read_leased(engine, _named(new.values())),
    )
    events = dict(zip(new, newer.take(new.values()), strict=True))
    summaries = {row.mac: row for row in kept}
    summaries.update((mac, JourneySummary.of(journey)) for mac, journey in newer.by_mac().items())
    phones = tuple(_glances(own, summaries, present))
    return FleetAtAGlance(phones, newer.pbx_lost, newer.by_mac(), present, events, newer.faults)


def read_rows(engine: Engine, fleet: FleetAtAGlance, macs: Collection[str]) -> list[FleetRow]:
    """Return the records and journeys of these phones, in the order of `ringup watch`."""
    journeys = {**read_journeys(engine, macs).by_mac}
    journeys.update((mac, fleet.newer[mac]) for mac in macs if mac in fleet.newer)
    return fleet_rows(journeys, Site(phones=read_phones(engine, macs)), fleet.present)


def read_row(engine: Engine, fleet: FleetAtAGlance, mac: str) -> FleetRow | None:
    """Return one phone; None if it is not in the site and has sent no packets."""
    phone = next(iter(read_phones(engine, [mac])), None)
    journey = fleet.newer.get(mac) or read_journeys(engine, [mac]).by_mac.get(mac)
    if phone is None and journey is None:
        return None
    return FleetRow(mac, phone, journey or Journey(mac)).at(fleet.present)


def _named(events: Iterable[Event]) -> set[str]:
    """Return the MACs that occur in the file names of events."""
    return {mac for event in events if (mac := owner_of(getattr(event, "name", "")))}


def _of_phones(engine: Engine, kept: list[JourneySummary], events: list[Event]) -> Iterable[Journey]:
    """Return the stored journeys of the phones that these events are about."""
    touched = {event.mac for event in events} | _named(events)
    addresses = {getattr(event, "address", None) for event in events if not event.mac}
    ends_calls = any(isinstance(event, ServerStarted | PbxConnected) for event in events)
    touched |= {row.mac for row in kept if row.address in addresses}
    if ends_calls:
        touched |= {row.mac for row in kept if row.stage == "in_call"}
    return read_journeys(engine, touched).by_mac.values() if touched else ()


def _glances(
    own: Iterable[PhoneSummary], summaries: Mapping[str, JourneySummary], present: Present
) -> Iterable[Glance]:
    known = set()
    for phone in own:
        known.add(phone.mac)
        row = summaries.get(phone.mac) or JourneySummary.of(Journey(phone.mac))
        late = stage_overdue(row.stage, row.since, present.now, sees_pbx=present.sees_pbx)
        state = state_of(row.stage, is_own=True, has_trouble=row.has_trouble or late is not None)
        yield Glance(phone.mac, phone.group, row.model or phone.model, row.stage, state)
    for mac, row in summaries.items():
        if mac not in known and row.is_phone:
            yield Glance(mac, None, row.model, row.stage, "unknown")
