"""A street is as the world is: the same datagrams, in the same order, from the same ports, at the same times.

The world is `ringup serve`, two emulated phones and a real Asterisk in namespaces, captured.
"""

from pathlib import Path

import pytest

from ringup.demo.plan import OWNERS, DemoPlan, site_of
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.emulator.flash import Flash
from ringup.site.model import Driver
from ringup.store.database import open_database
from ringup.store.revisions import commit
from ringup.street.cable import Datagram
from ringup.street.registrar import PbxBehaviour
from ringup.street.street import EPOCH, StreetPlan, open_street
from tests.end_to_end.demo_runs import run_demo
from tests.end_to_end.traces import Sent, answers, conversation, of_capture, requests

pytestmark = [pytest.mark.peers, pytest.mark.end_to_end, pytest.mark.timed]

SEED = 7
SPEED = 10.0
SPREAD = 2.0
"""Seconds by which a busy machine may be late at any moment of a boot of about one minute."""
MACS = tuple(owner.mac for owner in OWNERS)


def on_a_street(folder: Path, behaviour: PbxBehaviour, seconds: float) -> list[tuple[float, Datagram]]:
    plan = DemoPlan(Path(), folder, driver=behaviour.driver)
    site = site_of(plan, ["secret-1-of-the-street", "secret-2-of-the-street"], "manager", {})
    write_package(plan.firmware, make_sip_package(site.load))
    database = open_database(str(plan.database))
    commit(database, site, author="test", summary="the site", at=EPOCH - 60)
    database.dispose()
    heard: list[tuple[float, Datagram]] = []
    flashes = [Flash(mac, "7960") for mac in MACS]
    street = open_street(
        StreetPlan(
            site, str(plan.database), plan.firmware, flashes, seed=SEED, behaviour=behaviour, speed=SPEED,
            on_datagram=lambda datagram: heard.append((street.loop.time(), datagram)),
        )
    )  # fmt: skip
    try:
        street.start_server()
        street.run(1.0)
        for mac in MACS:
            street.power_on(mac)
        street.run(seconds)
    finally:
        street.close()
    return heard


def late_by(world: list[Sent], street: list[Sent]) -> float:
    """The most by which the times of the phone's own datagrams differ."""
    pairs = zip(
        (each for each in world if each.by_phone), (each for each in street if each.by_phone), strict=True
    )
    return max(abs(one.at - other.at) for one, other in pairs)


@pytest.mark.parametrize(("asterisk", "driver"), [("22", "pjsip"), ("16", "chan_sip")])
def test_a_conversion_and_the_boot_after_it_are_the_same(
    asterisk: str, driver: Driver, tmp_path: Path
) -> None:
    capture = tmp_path / "world.pcap"
    flags = ("--asterisk", asterisk, "--driver", driver, "--seed", str(SEED), "--speed", str(SPEED))
    result = run_demo(*flags, "--capture", str(capture))
    assert result["ok"], result["reason"]
    world, street = of_capture(capture), on_a_street(tmp_path / "street", PbxBehaviour(driver), 120.0)
    for mac in MACS:
        in_the_world, on_the_street = conversation(world, mac), conversation(street, mac)
        assert requests(on_the_street) == requests(in_the_world)
        assert answers(on_the_street) == answers(in_the_world)
        assert late_by(in_the_world, on_the_street) < SPREAD


def test_a_phone_that_never_registers_is_the_same(tmp_path: Path) -> None:
    """The answers go to the port that the phone sends from."""
    capture = tmp_path / "world.pcap"
    run_demo("--fault", "force-rport", "--seed", str(SEED), "--speed", str(SPEED), "--capture", str(capture))
    world, street = (
        of_capture(capture),
        on_a_street(tmp_path / "street", PbxBehaviour(force_rport=True), 120.0),
    )
    for mac in MACS:
        in_the_world, on_the_street = (requests(conversation(each, mac)) for each in (world, street))
        shorter = min(len(in_the_world), len(on_the_street))
        registers = [words for _, words in in_the_world[:shorter] if words.startswith("SIP REGISTER")]
        assert len(registers) >= 2
        assert on_the_street[:shorter] == in_the_world[:shorter]
