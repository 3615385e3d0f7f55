"""Two servers on one PostgreSQL: one is killed while twenty phones boot, and all of them come up."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.events import AddressLeased, NodeActive, NodeStandby
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.revisions import commit
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network
from tests.store.postgresql_server import PostgresqlServer, postgresql

if TYPE_CHECKING:
    import subprocess

__all__ = ["postgresql"]

E = TypeVar("E", AddressLeased, NodeActive, NodeStandby)

pytestmark = pytest.mark.end_to_end

NODES = {"one": "10.77.0.1", "two": "10.77.0.2"}
MACS = [f"0016460000{number:02X}" for number in range(20)]
SERVICE = "DHCP on 10.77.0.0/24"
LONGEST = 75.0
"""Seconds: a phone that lost its TFTP server asks the next one after 39."""

SITE = Site(
    pbx=Pbx(address="10.77.0.9"),
    subnets=(
        Subnet(
            network=IPv4Network("10.77.0.0/24"),
            first=IPv4Address("10.77.0.100"),
            last=IPv4Address("10.77.0.149"),
        ),
    ),
    phones=tuple(
        Phone(mac=mac, lines=(Line(extension=str(200 + number), secret="tell-nobody"),))
        for number, mac in enumerate(MACS)
    ),
)


@dataclass
class Rig:
    """Two servers that run, and twenty phones without power."""

    net: PrivateNetwork
    folder: Path
    server: PostgresqlServer
    url: str
    running: "dict[str, subprocess.Popen[bytes]]"

    def start_node(self, name: str) -> None:
        """Start a server; return when it has said whether it is active."""
        command = [
            *(sys.executable, "-m", "ringup", "serve", "--interface", INTERFACE, "--node", name, "--no-pbx"),
            *("--database", self.url, "--firmware", str(self.folder / "firmware")),
        ]
        self.running[name] = self._start(name, self.folder / name, command)
        self.wait_for(lambda: " ready" in (self.folder / name).read_text(), f"{name} to be ready")

    def switch_on(self, mac: str) -> None:
        """Give a phone power."""
        command = [
            *(sys.executable, "-m", "ringup", "emulate", "--interface", INTERFACE, "--mac", mac, "--json"),
            *("--application", "P0S3-8-12-00", "--loader", "P003-8-12-00", "--speed", "10"),
        ]
        self._start(mac, self.folder / mac, command)

    def _start(self, member: str, output: Path, command: list[str]) -> "subprocess.Popen[bytes]":
        output.touch()
        return self.net.popen(member, ["sh", "-c", f'exec "$@" >{output} 2>&1', "-", *command])

    def reports(self, mac: str) -> list[dict[str, Any]]:
        """What a phone has reported so far."""
        lines = (self.folder / mac).read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def has_own_file(self, mac: str) -> bool:
        """Return whether a phone's application has its own file and the last one that it fetches."""
        names = [each["name"] for each in self.reports(mac) if each["kind"] == "file-received"]
        return f"SIP{mac}.cnf" in names and "dialplan.xml" in names

    def query(self, statement: str) -> str:
        """Ask psql."""
        return self.server.query(self.url, statement)

    def events(self, kind: type[E]) -> list[E]:
        """Return what is on record, of this kind."""
        engine = open_database(self.url)
        found: list[E] = [event for _, event in read_events(engine) if isinstance(event, kind)]
        engine.dispose()
        return found

    def board(self, node: str) -> dict[str, tuple[str, str]]:
        """Return the stage and the address of each phone, as `ringup status` shows them at a node."""
        command = [sys.executable, "-m", "ringup", "status", "--json", "--database", self.url]
        shown = json.loads(self.net.run(node, command).stdout)
        # Node two looked for other DHCP servers when it started: that made its own MAC an unknown device.
        phones = [phone for phone in shown["phones"] if phone["mac"] in MACS]
        return {phone["mac"]: (phone["stage"], phone["address"]) for phone in phones}

    @staticmethod
    def wait_for(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Look until it holds; fail after so many seconds."""
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"waited {seconds} s for {what}"
            time.sleep(0.1)


@contextmanager
def rig(folder: Path, server: PostgresqlServer) -> Iterator[Rig]:
    """Two nodes: `one` is active, `two` on standby."""
    write_package(folder / "firmware", make_sip_package())
    url = server.database()
    engine = open_database(url)
    commit(engine, SITE, author="test", summary="a site", at=0.0)
    engine.dispose()
    members = {name: f"{address}/24" for name, address in NODES.items()} | dict.fromkeys(MACS, "")
    with private_network(members) as net:
        made = Rig(net, folder, server, url, {})
        made.start_node("one")
        made.start_node("two")
        yield made


def addresses_of(made: Rig) -> dict[str, str]:
    """The address that each phone says it has."""
    return {
        mac: next(each["address"] for each in reversed(made.reports(mac)) if each["kind"] == "address")
        for mac in MACS
    }


@pytest.mark.parametrize(
    ("killed", "active"),
    [("one", ["one", "two"]), ("two", ["one"])],
    ids=["the node that answers DHCP", "the node on standby"],
)
def test_all_phones_come_up_although_a_node_is_killed(
    killed: str,
    active: list[str],
    tmp_path: Path,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    with rig(tmp_path, postgresql) as made:
        for mac in MACS:
            made.switch_on(mac)
        made.wait_for(lambda: int(made.query("SELECT count(*) FROM leases")) >= 8, "eight leases")
        assert not all(map(made.has_own_file, MACS))
        made.running[killed].kill()
        made.wait_for(lambda: all(map(made.has_own_file, MACS)), "all phones to have their files", LONGEST)

        rows = made.query("SELECT mac, address FROM leases WHERE state = 'leased'").splitlines()
        assert sorted(rows) == sorted(f"{mac}|{address}" for mac, address in addresses_of(made).items())
        assert len({row.partition("|")[2] for row in rows}) == len(MACS)
        given = {(event.address, event.mac) for event in made.events(AddressLeased)}
        assert max(Counter(address for address, _ in given).values()) == 1, "two phones had one address"

        wanted = {mac: ("own_file", address) for mac, address in addresses_of(made).items()}
        made.wait_for(lambda: made.board("one") == made.board("two") == wanted, "both boards", 15)
        assert [event.node for event in made.events(NodeActive)] == active
        assert [event.node for event in made.events(NodeStandby)] == ["two"]
