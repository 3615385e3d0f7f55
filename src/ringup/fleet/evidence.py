"""Gather the evidence about a phone that the database holds, in the form that the doctor reads."""

from collections.abc import Collection, Iterable

from sqlalchemy import Engine

from ringup.doctor.evidence import (
    LISTENING_PORT,
    NOT_ASKED,
    Evidence,
    Expected,
    ExpectedLine,
    PbxState,
    Protocol,
    Source,
)
from ringup.events import EventsOmitted
from ringup.fleet.glance import FleetAtAGlance, read_row
from ringup.fleet.rows import FleetRow
from ringup.journey.record import Journey
from ringup.rule import Unknown
from ringup.site.model import Site
from ringup.store.history import latest_events

MOST_EVENTS = 2_000
"""Events of one phone that are read: a phone that requests one file every 31 s makes 2,800 events per day."""


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
    pbx: PbxState | Unknown = NOT_ASKED,
    omitted: Iterable[EventsOmitted] = (),
) -> Evidence:
    """Return the stored evidence about this phone at `now`, in Unix seconds.

    `loads` are those of the firmware folder. `heard` are the protocols that the server listened to; None: as
    the site says. `pbx` is what `pbx_state.pbx_state` returned, `omitted` what `omitted_events` returned.
    """
    row = read_row(engine, fleet, mac) or FleetRow(mac, site.phone(mac), Journey(mac))
    listened = heard_by(site, fleet.pbx_lost) if heard is None else frozenset(heard)
    return Evidence(
        mac,
        now,
        Source("ours", listened - _omitted(omitted, row.journey.since)),
        tuple(sorted(fleet.events_of(engine, mac, MOST_EVENTS), key=lambda event: event.at)),
        row.journey,
        row.model,
        expected_of(site, mac, loads),
        pbx=pbx,
        pbx_lost=fleet.pbx_lost if site.pbx.manager_user else "",
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


def expected_of(site: Site, mac: str, loads: Collection[str] = ()) -> Expected:
    """Return the site's settings for this phone."""
    server = str(site.server_address or "")
    proxy, phone = site.pbx.address or server, site.phone(mac)
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
    )
