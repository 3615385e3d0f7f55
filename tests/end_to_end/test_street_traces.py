"""A street (simulated site) behaves like the real world: the same datagrams, order, ports and times.

The real world is `ringup serve`, two emulated phones and a real Asterisk in namespaces, with a packet
capture.
"""

from pathlib import Path

import pytest

from ringup.demo.plan import OWNERS, DemoPlan, site_of
from ringup.site.model import Driver
from ringup.store.database import open_database
from ringup.store.revisions import commit
from ringup.street.cable import Datagram
from ringup.street.registrar import PbxBehaviour
from ringup.street.street import EPOCH, StreetPlan, open_street
from tests.end_to_end.demo_runs import run_demo, run_script
from tests.end_to_end.traced_boots import CASES, SEED, SPEED, Case
from tests.end_to_end.traces import Sent, answers, conversation, of_capture, own_requests, requests

pytestmark = [pytest.mark.peers, pytest.mark.end_to_end, pytest.mark.timed]

SPREAD = 2.0
"""Seconds by which a busy machine may be late at any point of a boot of about one minute."""
SCRIPT = Path(__file__).with_name("traced_boots.py")
MACS = tuple(owner.mac for owner in OWNERS)


FRESH = Case(("fresh", "fresh"))


def on_a_street(
    folder: Path, behaviour: PbxBehaviour, seconds: float, case: Case = FRESH
) -> list[tuple[float, Datagram]]:
    plan = DemoPlan(Path(), folder, driver=behaviour.driver)
    site = case.site(site_of(plan, ["secret-1-of-the-street", "secret-2-of-the-street"], "manager", {}))
    case.write_firmware(plan.firmware, site.load)
    database = open_database(str(plan.database))
    commit(database, site, author="test", summary="the site", at=EPOCH - 60)
    database.dispose()
    heard: list[tuple[float, Datagram]] = []
    street = open_street(
        StreetPlan(
            site, str(plan.database), plan.firmware, case.flashes, SEED, behaviour, SPEED,
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
    """Return the largest difference between the times of the phone's own datagrams."""
    pairs = zip(own_requests(world), own_requests(street), strict=True)
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
    """The responses go to the port from which the phone sends."""
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


@pytest.mark.parametrize("name", CASES)
def test_boots_of_each_generation_of_firmware_are_the_same(name: str, tmp_path: Path) -> None:
    case, capture = CASES[name], tmp_path / "world.pcap"
    run_script(SCRIPT, "22", str(capture), name)
    world = of_capture(capture)
    street = on_a_street(tmp_path / "street", PbxBehaviour("pjsip"), 180.0, case)
    for mac in MACS:
        in_the_world, on_the_street = conversation(world, mac), conversation(street, mac)
        if case.fault:
            least = case.files
            in_the_world, on_the_street = _as_long_as_the_other(in_the_world, on_the_street, least)
        else:
            assert answers(on_the_street) == answers(in_the_world)
        assert requests(on_the_street) == requests(in_the_world)
        assert late_by(in_the_world, on_the_street) < SPREAD


def _as_long_as_the_other(one: list[Sent], other: list[Sent], least: int) -> tuple[list[Sent], list[Sent]]:
    """Return both conversations up to the last request that both contain; there must be at least so many."""
    ones, others = own_requests(one), own_requests(other)
    length = min(len(ones), len(others))
    assert length >= least
    return ones[:length], others[:length]
