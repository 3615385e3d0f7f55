"""Read from the database all evidence about a phone, in the form that the diagnosis needs."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from ringup.doctor.evidence import (
    LISTENING_PORT,
    NOT_ASKED,
    Evidence,
    EvidenceSource,
    Expected,
    ExpectedLine,
    PbxAnswers,
    Protocol,
)
from ringup.events import Event, EventsOmitted
from ringup.fleet.glance import FleetAtAGlance, read_row, read_rows
from ringup.fleet.rows import FleetRow
from ringup.journey.record import Journey
from ringup.rule import Unknown
from ringup.site.model import Phone, Site
from ringup.store.history import latest_events

MOST_EVENTS = 2_000
"""Maximum number of events that are read of one phone; one file request every 31 s makes 2,800 events per
day.
"""


MOST_IN_ALL = 500_000
"""Maximum number of events that are read for all phones together; they take about 20 s of one core."""
LEAST_EVENTS = 100
"""Minimum number of events that are read of each phone: its last two boots, retransmissions included."""
BATCH = 50
"""Number of phones whose events are in memory at once: at most 100,000 events, about 50 MB."""
NO_ANSWERS: Mapping[str, PbxAnswers | Unknown] = {}

MOST_LATEST = 300
"""Number of latest events, of all devices, that are searched for `EventsOmitted`."""

_OF_PROTOCOLS: tuple[tuple[str, Protocol], ...] = (
    ("Address", "DHCP"),
    ("Discover", "DHCP"),
    ("File", "TFTP"),
    ("Line", "PBX"),
    ("Sip", "SIP"),
)
"""The protocol that an event reports, by the beginning of the event's name."""


def evidence_of(
    engine: Engine,
    fleet: FleetAtAGlance,
    site: Site,
    mac: str,
    now: float,
    *,
    loads: Collection[str] = (),
    heard: Collection[Protocol] | None = None,
    pbx: PbxAnswers | Unknown = NOT_ASKED,
    omitted: Iterable[EventsOmitted] = (),
) -> Evidence:
    """Return the stored evidence about this phone at `now`, in Unix seconds.

    `loads` are those of the firmware folder. `heard` are the protocols that the server listened to; if it is
    None, they follow from the site. `pbx` is the result of `pbx_state.pbx_state`, and `omitted` that of
    `omitted_events`.
    """
    row = read_row(engine, fleet, mac) or FleetRow(mac, site.phone(mac), Journey(mac))
    told = FleetFacts(site, loads, heard, tuple(omitted))
    return told.evidence(row, fleet, fleet.events_of(engine, mac, MOST_EVENTS), now, pbx)


def evidence_of_many(
    engine: Engine,
    fleet: FleetAtAGlance,
    site: Site,
    macs: Sequence[str],
    now: float,
    *,
    loads: Collection[str] = (),
    pbx: Mapping[str, PbxAnswers | Unknown] = NO_ANSWERS,
    omitted: Iterable[EventsOmitted] = (),
) -> Iterator[Evidence]:
    """Yield the stored evidence about each of these phones, in the order of `macs`.

    At most BATCH phones are in memory at once. The more phones there are, the fewer events are read of each.
    """
    told = FleetFacts(site, loads, None, tuple(omitted))
    most = max(min(MOST_EVENTS, MOST_IN_ALL // max(len(macs), 1)), LEAST_EVENTS)
    for batch in (macs[first : first + BATCH] for first in range(0, len(macs), BATCH)):
        rows = {row.mac: row for row in read_rows(engine, fleet, batch)}
        events = fleet.events_of_many(engine, batch, most)
        for mac in batch:
            row = rows.get(mac) or FleetRow(mac, None, Journey(mac))
            yield told.evidence(row, fleet, events.get(mac, []), now, pbx.get(mac, NOT_ASKED))


@dataclass(frozen=True, slots=True)
class FleetFacts:
    """The facts that are the same for all phones in a diagnosis."""

    site: Site
    loads: Collection[str]
    heard: Collection[Protocol] | None
    omitted: tuple[EventsOmitted, ...]

    def evidence(
        self,
        row: FleetRow,
        fleet: FleetAtAGlance,
        events: Iterable[Event],
        now: float,
        pbx: PbxAnswers | Unknown,
    ) -> Evidence:
        """Return the evidence about the phone in this row."""
        lost, since = fleet.pbx_lost, row.journey.since
        listened = heard_by(self.site, lost) if self.heard is None else frozenset(self.heard)
        return Evidence(
            row.mac,
            now,
            EvidenceSource("ours", listened - _omitted(self.omitted, since)),
            tuple(sorted(events, key=lambda event: event.at)),
            row.journey,
            row.model,
            expected_of(self.site, row.phone, self.loads),
            pbx=pbx,
            pbx_lost=lost if self.site.pbx.manager_user else "",
        )


def omitted_events(engine: Engine) -> tuple[EventsOmitted, ...]:
    """Return the latest reports that events were left out of the database."""
    latest = (event for _, event in latest_events(engine, MOST_LATEST))
    return tuple(event for event in latest if isinstance(event, EventsOmitted))


def _omitted(omitted: Iterable[EventsOmitted], since: float) -> frozenset[Protocol]:
    """Return the protocols of which events were left out since this time.

    If such a protocol has no events, that proves nothing.
    """
    kinds = " ".join(event.kinds for event in omitted if event.at >= since)
    return frozenset(protocol for word, protocol in _OF_PROTOCOLS if word in kinds)


def heard_by(site: Site, pbx_lost: str) -> frozenset[Protocol]:
    """Return the protocols that a server with this site listens to."""
    found: set[Protocol] = {"TFTP"}
    if site.subnets:
        found.add("DHCP")
    if site.pbx.manager_user and not pbx_lost:
        found.add("PBX")
    return frozenset(found)


def expected_of(site: Site, phone: Phone | None, loads: Collection[str] = ()) -> Expected:
    """Return the settings that the site has for this phone; a phone of None is not in the site."""
    server = str(site.server_address or "")
    proxy = site.pbx.address or server
    if phone is None:
        return Expected(False, load=site.load, loads=frozenset(loads), tftp_server=server, proxy=proxy)
    port = site.settings_of(phone).get("voip_control_port", "")
    return Expected(
        True,
        tuple(ExpectedLine(line.extension, len(line.secret)) for line in phone.lines),
        site.load_of(phone),
        frozenset(loads),
        server,
        proxy,
        int(port) if port.isascii() and port.isdigit() else LISTENING_PORT,
        site.pbx.driver,
        site.protocol_of(phone),
    )
