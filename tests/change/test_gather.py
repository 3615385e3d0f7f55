"""What the database contains about running phones when a change is planned."""

from collections.abc import Collection, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from sqlalchemy import Engine

from ringup.change.gather import gather
from ringup.change.world import World
from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.events import CallAnswered, CallStarted, LineRegistered
from ringup.site.model import Line, Phone, Site, Subnet
from ringup.site.records import changed
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.leases import save_leases

LARRY, ANN = "001646000000", "0016460E0012"
SITE = Site(
    phones=(
        Phone(mac=LARRY, lines=(Line(extension="201", secret="x"),)),
        Phone(mac=ANN, lines=(Line(extension="202", secret="x"),)),
    )
)
NETWORK = Subnet.model_validate({"network": "10.0.0.0/24", "first": "10.0.0.2", "last": "10.0.0.9"})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(str(tmp_path / "ringup.db"))
    yield opened
    opened.dispose()


def relabelled(mac: str) -> Site:
    phones = (each.model_copy(update={"label": "x"}) if each.mac == mac else each for each in SITE.phones)
    return SITE.model_copy(update={"phones": tuple(phones)})


def gathered(engine: Engine, before: Site, after: Site, restarting: Collection[str] = ()) -> World:
    """Return the World for a plan of this change, 4 seconds after the start."""
    return gather(engine, before, after, changed(before, after), 4.0, restarting)


def test_registrations_and_calls_are_those_of_the_kept_journeys_and_the_events_after(engine: Engine) -> None:
    add_events(engine, [LineRegistered(1.0, LARRY, "201", "sip:201@10.0.0.2:5060")])
    JourneyKeeper(engine, lambda: [LARRY, ANN]).advance()
    add_events(engine, [CallStarted(2.0, LARRY, "201", "202"), CallAnswered(3.0, LARRY, "201", "202")])
    world = gathered(engine, SITE, relabelled(LARRY), restarting=[LARRY])
    assert world.registered == {LARRY: frozenset({"201"})}
    assert [(call.extension, call.to) for call in world.in_call[LARRY]] == [("201", "202")]
    assert world.restarting == {LARRY}


def test_phones_that_the_change_does_not_touch_are_not_in_it(engine: Engine) -> None:
    add_events(engine, [LineRegistered(1.0, LARRY, "201", "sip:201@10.0.0.2:5060")])
    assert gathered(engine, SITE, relabelled(ANN)).registered == {}


def test_living_leases_are_read_when_networks_change(engine: Engine) -> None:
    leases = [
        Lease(LARRY, "10.0.0.3", 100.0),
        Lease(ANN, "10.0.0.4", 3.0),
        Lease(ANN, "10.0.0.5", 100.0, LeaseState.DECLINED),
    ]
    save_leases(engine, leases)
    with_network = SITE.model_copy(update={"subnets": (NETWORK,)})
    assert gathered(engine, with_network, SITE).leased == {IPv4Address("10.0.0.3"): LARRY}
    assert gathered(engine, SITE, relabelled(LARRY)).leased == {}
