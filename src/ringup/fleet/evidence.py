"""Gather the evidence about a phone that the database holds, in the form that the doctor reads."""

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
"""Events of one phone that are read: a phone that requests one file every 31 s makes 2,800 events per day."""


MOST_IN_ALL = 500_000
"""Events of all phones that are read for a complete fleet: about 20 s of one core."""
LEAST_EVENTS = 100
"""Events of each phone that are read at least: its last two boots with their repetitions."""
BATCH = 50
"""Phones whose events are in memory at once: at most 100,000 events, about 50 MB."""
NO_ANSWERS: Mapping[str, PbxAnswers | Unknown] = {}

MOST_LATEST = 300
"""Events of all devices that are searched for the news that some were left out."""

_OF_PROTOCOLS: tuple[tuple[str, Protocol], ...] = (
    ("Address", "DHCP"),
    ("Discover", "DHCP"),
    ("File", "TFTP"),
    ("Line", "PBX"),
    ("Sip", "SIP"),
)
"""Beginnings of the names of events, and the protocol of each."""


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

    `loads` are those of the firmware folder. `heard` are the protocols that the server listened to; None: as
    the site says. `pbx` is what `pbx_state.pbx_state` returned, `omitted` what `omitted_events` returned.
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
    """Yield the stored evidence about each of these phones, in the order of the MACs.

    Only BATCH phones are read at once, and of each as many events as the number of phones allows.
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
    """The facts that are the same for all phones of a diagnosis."""

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
        """Return the evidence about the phone of this row."""
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
    """Return the latest news that events were left out."""
    latest = (event for _, event in latest_events(engine, MOST_LATEST))
    return tuple(event for event in latest if isinstance(event, EventsOmitted))


def _omitted(omitted: Iterable[EventsOmitted], since: float) -> frozenset[Protocol]:
    """Return the protocols of which events were left out since then: their silence proves nothing."""
    kinds = " ".join(event.kinds for event in omitted if event.at >= since)
    return frozenset(protocol for word, protocol in _OF_PROTOCOLS if word in kinds)


def heard_by(site: Site, pbx_lost: str) -> frozenset[Protocol]:
    """Return the protocols that a server of this site listens to."""
    found: set[Protocol] = {"TFTP"}
    if site.subnets:
        found.add("DHCP")
    if site.pbx.manager_user and not pbx_lost:
        found.add("PBX")
    return frozenset(found)


def expected_of(site: Site, phone: Phone | None, loads: Collection[str] = ()) -> Expected:
    """Return the site's settings for this phone; None: it is not in the site."""
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
