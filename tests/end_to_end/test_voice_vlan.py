"""A phone behind a switch with VLANs: it requests its voice VLAN by CDP, then boots and registers in it.

The phone has a trunk; ringup and Asterisk share an untagged port in VLAN 110. It is not tested that ringup
serves on its own `eth0.110`, because this kernel has no such interfaces.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ringup.asterisk import sandbox
from ringup.doctor.diagnose import diagnose
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.fleet.evidence import evidence_of
from ringup.fleet.glance import read_fleet
from ringup.store.database import open_to_read
from ringup.store.revisions import read_site
from tests.end_to_end.demo_runs import CACHE, ROOT
from tests.end_to_end.node_rig import Rig
from tests.end_to_end.test_csv_to_registered import start
from tests.peers.namespaces import INTERFACE, SWITCH, PrivateNetwork, private_network, read_until
from tests.peers.test_voice_vlan import SERVE

pytestmark = [pytest.mark.peers, pytest.mark.end_to_end]

MAC, SERVER = "001646C0FFEE", "10.77.0.1"
SITE = f"""
site: {{name: office, server_address: {SERVER}}}
pbx:
  {{address: {SERVER}, bind: {SERVER}, etc: ETC, manager_host: {SERVER},
    manager_user: ringup, manager_secret: s3cret}}
network:
  - {{network: 10.77.0.0/16, first: 10.77.1.1, last: 10.77.1.9}}
phones:
  - {{mac: {MAC}, lines: [{{extension: 201}}]}}
"""
LATER = 200.0
"""Seconds after which a phone that only announced itself is late."""
TRUNK, ACCESS = "port1=1+110+120", "port0=110"
"""The port of the phone and that of ringup, in the order of the hosts."""


class Office:
    """A server in VLAN 110, the switch, and a phone that is switched off."""

    def __init__(self, net: PrivateNetwork, folder: Path) -> None:
        self.net = net
        self.folder = folder

    @property
    def log(self) -> str:
        """Return what the server has logged so far."""
        return (self.folder / "serve").read_text()

    def ringup(self, *words: str) -> str:
        """Run a command on the server."""
        return self.net.run("server", [sys.executable, "-m", "ringup", *words], timeout=60).stdout

    def serve(self, *options: str) -> None:
        """Start the server; it does not listen for a minute first."""
        words = ["serve", "--interface", INTERFACE, "--no-probe", "--firmware", str(self.folder / "firmware")]
        start(self.net, "server", self.folder / "serve", [sys.executable, "-c", SERVE, *words, *options])
        Rig.wait_for(lambda: " ready" in self.log, "the server")

    def boot(self, until: str, *options: str, seconds: float = 60) -> list[dict[str, Any]]:
        """Switch the phone on until its reports contain a text; return the reports."""
        words = ["--interface", INTERFACE, "--mac", MAC, "--speed", "1000", "--json", "--cdp", "--until-eof"]
        load = ["--application", "P0S3-8-12-00", "--loader", "P003-8-12-00"]
        command = [sys.executable, "-m", "ringup", "emulate", *words, *load, *options]
        with subprocess.Popen(
            self.net.command("phone", command), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as phone:
            said = read_until(phone, until, seconds=seconds)
            assert phone.stdin
            phone.stdin.close()
            assert phone.stdout
            said += phone.stdout.read().decode()
            phone.wait(10)
        return [json.loads(line) for line in said.splitlines() if line.startswith("{")]

    def causes(self) -> list[str]:
        """What `ringup why` would name some minutes later."""
        database = open_to_read(str(self.folder / "ringup.db"))
        now = time.time() + LATER
        fleet, site = read_fleet(database, now), read_site(database)
        found = diagnose(evidence_of(database, fleet, site, MAC, now)).verdicts
        database.dispose()
        return [verdict.code for verdict in found]

    def links(self) -> str:
        """Return the phone's interfaces."""
        return self.net.run("phone", ["ip", "-brief", "link"]).stdout


@contextmanager
def office(folder: Path, cdp: str, monkeypatch: pytest.MonkeyPatch, trunk: str = TRUNK) -> Iterator[Office]:
    """Make the network; its switch handles CDP as `cdp` says."""
    monkeypatch.setenv("RINGUP_DATABASE", str(folder / "ringup.db"))
    monkeypatch.setenv("PYTHONPATH", f"{ROOT / 'src'}:{ROOT}")
    monkeypatch.setenv("RINGUP_ACCEPT_TEST_SIGNER", "1")
    write_package(folder / "firmware", make_sip_package())
    with private_network({"server": f"{SERVER}/16", "phone": ""}) as net:
        for port in ("port0", "port1"):
            net.run(SWITCH, ["ip", "link", "set", port, "nomaster"])
        vlan_switch = [sys.executable, "-m", "tests.peers.vlan_switch"]
        net.run("server", [*vlan_switch, "plain", INTERFACE])
        read_until(net.popen(SWITCH, [*vlan_switch, cdp, ACCESS, trunk]), "switching")
        yield Office(net, folder)


def kinds(reports: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [report for report in reports if report["kind"] == kind]


def test_a_phone_asks_boots_in_its_voice_vlan_and_registers_at_asterisk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etc = sandbox.prepare(tmp_path / "pbx", address=SERVER, manager_secret="s3cret")
    (tmp_path / "site.yaml").write_text(SITE.replace("ETC", str(etc)))
    with office(tmp_path, "flood", monkeypatch) as here:
        here.ringup("apply", str(tmp_path / "site.yaml"), "--yes")
        here.ringup("pbx", "install", "--yes")
        asterisk = sandbox.start_command(CACHE / "asterisk-22", tmp_path / "pbx")
        start(here.net, "server", tmp_path / "asterisk", asterisk)
        Rig.wait_for(lambda: "Asterisk Ready" in (tmp_path / "asterisk").read_text(), "Asterisk")
        here.serve("--voice-vlan", "eth0:110")
        reports = here.boot('"registered"')
        Rig.wait_for(lambda: "201 is registered" in here.log, "the registration")
        links = here.links()
    assert [(each["vlan"], each["source"]) for each in kinds(reports, "voice-vlan")] == [(110, "cdp")]
    shown = [each["lines"][0] for each in kinds(reports, "screen") if each["lines"]]
    assert shown[shown.index("Configuring VLAN") :][:2] == ["Configuring VLAN", "Configuring IP"]
    began = next(each["at"] for each in kinds(reports, "screen") if each["lines"] == ["Configuring VLAN"])
    assert 10.0 < kinds(reports, "voice-vlan")[0]["at"] - began < 12.0
    assert kinds(reports, "address")[0]["address"].startswith("10.77.1.")
    assert "gets voice VLAN 110 by CDP from ringup on eth0" in here.log
    assert "eth0.110" not in links, "the phone's card is gone with its power"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The site, for a server without Asterisk."""
    (tmp_path / "site.yaml").write_text(SITE.replace("ETC", str(tmp_path / "etc")))
    return tmp_path


@pytest.mark.parametrize(
    ("cdp", "answers", "trunk", "menu", "expected"),
    [
        ("flood", "", TRUNK, "110", (110, "menu")),
        ("flood", "", "port1=110+120", "", (4095, "none")),
        ("flood", "4095", "port1=110+120", "120", (4095, "cdp")),
        ("answer:110", "", TRUNK, "120", (110, "cdp")),
        ("answer:110", "120", TRUNK, "", (110, "cdp")),
    ],
    ids=["its menu", "no answer", "4095 from ringup", "the switch", "the switch before ringup"],
)
def test_a_phone_boots_in_the_vlan_that(
    site: Path,
    monkeypatch: pytest.MonkeyPatch,
    cdp: str,
    answers: str,
    trunk: str,
    menu: str,
    expected: tuple[int, str],
) -> None:
    with office(site, cdp, monkeypatch, trunk) as here:
        here.ringup("apply", str(site / "site.yaml"), "--yes")
        here.serve("--no-pbx", *(["--voice-vlan", f"eth0:{answers}"] if answers else []))
        reports = here.boot('"address"', *(["--admin-vlan", menu] if menu else []))
    decided = [(each["vlan"], each["source"]) for each in kinds(reports, "voice-vlan")]
    assert decided == [expected]
    assert kinds(reports, "address")[0]["address"].startswith("10.77.1.")
    assert ("gets voice VLAN" in here.log) == (expected == (4095, "cdp"))


def test_a_phone_that_gets_a_wrong_voice_vlan_gets_no_address(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(site, "flood", monkeypatch) as here:
        here.ringup("apply", str(site / "site.yaml"), "--yes")
        here.serve("--no-pbx", "--voice-vlan", "eth0:120")
        reports = here.boot('"Configuring IP"')
        Rig.wait_for(lambda: "gets voice VLAN 120" in here.log, "the answer in the log")
        causes = here.causes()
    assert kinds(reports, "voice-vlan")[0]["vlan"] == 120
    assert "requests an address" not in here.log
    assert causes == ["voice-vlan-wrong"]


def test_a_phone_without_an_answer_and_without_ringup_in_its_vlan_has_a_cause(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(site, "flood", monkeypatch) as here:
        here.ringup("apply", str(site / "site.yaml"), "--yes")
        here.serve("--no-pbx")
        reports = here.boot('"Configuring IP"')
        Rig.wait_for(lambda: "announces itself by CDP" in here.log, "the announcement in the log")
        causes = here.causes()
    assert kinds(reports, "voice-vlan")[0]["source"] == "none"
    assert causes == ["voice-vlan-unanswered"]
