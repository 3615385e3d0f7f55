"""Several servers on one PostgreSQL database, and phones, in a private network."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ringup.asterisk import sandbox
from ringup.emulator.firmware import make_sip_package, write_package
from ringup.events import AddressLeased, Event, LineRegistered, NodeActive, NodeStandby
from ringup.fleet.glance import read_fleet
from ringup.site.model import Site
from ringup.store.database import open_database, open_to_read
from ringup.store.history import read_events
from ringup.store.revisions import commit
from tests.end_to_end.demo_runs import CACHE
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network

if TYPE_CHECKING:
    import subprocess

    from tests.store.postgresql_server import PostgresqlServer

E = TypeVar("E", AddressLeased, LineRegistered, NodeActive, NodeStandby)

MOST_EVENTS = 200
"""Maximum number of events that are read of one phone."""
NODES = {"one": "10.77.0.1", "two": "10.77.0.2"}


@dataclass
class Rig:
    """Two running servers, and twenty phones that are switched off."""

    net: PrivateNetwork
    folder: Path
    server: "PostgresqlServer"
    url: str
    running: "dict[str, subprocess.Popen[bytes]]"
    macs: Sequence[str]

    def start_node(self, name: str, *flags: str) -> None:
        """Start a server; return when it has logged whether it is active."""
        command = [
            *(sys.executable, "-m", "ringup", "serve", "--interface", INTERFACE, "--node", name, *flags),
            *("--database", self.url, "--firmware", str(self.folder / "firmware")),
        ]
        self.running[name] = self.start(name, self.folder / name, command)
        self.wait_for(lambda: " ready" in (self.folder / name).read_text(), f"{name} to be ready")

    def start_asterisk(self, instance: Path) -> None:
        """Start the prepared Asterisk on the host `pbx`; return when it is ready."""
        self.start("pbx", self.folder / "asterisk", sandbox.start_command(CACHE / "asterisk-22", instance))
        self.wait_for(lambda: "Asterisk Ready" in (self.folder / "asterisk").read_text(), "Asterisk")

    def ringup(self, node: str, *words: str) -> str:
        """Run a command on a node; return its output."""
        command = [sys.executable, "-m", "ringup", *words, "--database", self.url]
        return self.net.run(node, command).stdout

    def switch_on(self, mac: str) -> None:
        """Switch a phone on."""
        command = [
            *(sys.executable, "-m", "ringup", "emulate", "--interface", INTERFACE, "--mac", mac, "--json"),
            *("--application", "P0S3-8-12-00", "--loader", "P003-8-12-00", "--speed", "10"),
        ]
        self.start(mac, self.folder / mac, command)

    def start(self, member: str, output: Path, command: list[str]) -> "subprocess.Popen[bytes]":
        """Start a program whose output goes to a file."""
        output.write_text("")
        return self.net.popen(member, ["sh", "-c", f'exec "$@" >{output} 2>&1', "-", *command])

    def reports(self, mac: str) -> list[dict[str, Any]]:
        """Return the reports of a phone so far."""
        lines = (self.folder / mac).read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def has_own_file(self, mac: str) -> bool:
        """Return whether a phone's application has its own file, and the last file that it fetches."""
        names = [each["name"] for each in self.reports(mac) if each["kind"] == "file-received"]
        return f"SIP{mac}.cnf" in names and "dialplan.xml" in names

    def has_registered(self, mac: str) -> bool:
        """Return whether a phone reports that one of its lines is registered."""
        return any(each.get("state") == "registered" for each in self.reports(mac))

    def query(self, statement: str) -> str:
        """Return the result of a statement in psql."""
        return self.server.query(self.url, statement)

    def events(self, kind: type[E]) -> list[E]:
        """Return the stored events of this kind."""
        engine = open_database(self.url)
        found: list[E] = [event for _, event in read_events(engine) if isinstance(event, kind)]
        engine.dispose()
        return found

    def events_of(self, mac: str) -> list[Event]:
        """Return the events that `ringup status` shows about a phone."""
        engine = open_to_read(self.url)
        found = read_fleet(engine, time.time()).events_of(engine, mac, MOST_EVENTS)
        engine.dispose()
        return found

    def board(self, node: str) -> dict[str, tuple[str, str, tuple[str, ...]]]:
        """Return each phone's stage, address and registered lines from `ringup status` on a node."""
        shown = json.loads(self.ringup(node, "status", "--json"))
        # When node two started, it searched for other DHCP servers, so its own MAC is an unknown device.
        phones = [phone for phone in shown["phones"] if phone["mac"] in self.macs]
        return {
            phone["mac"]: (phone["stage"], phone["address"], tuple(phone["registered"])) for phone in phones
        }

    @staticmethod
    def wait_for(holds: Callable[[], bool], what: str, seconds: float = 30) -> None:
        """Wait until `holds` returns True; fail after so many seconds."""
        until = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < until, f"waited {seconds} s for {what}"
            time.sleep(0.1)


@contextmanager
def rig(
    folder: Path, server: "PostgresqlServer", site: Site, members: Mapping[str, str] = {}
) -> Iterator[Rig]:
    """Make the network with two nodes, the site's phones and further hosts; nothing is started."""
    write_package(folder / "firmware", make_sip_package())
    url = server.database()
    engine = open_database(url)
    commit(engine, site, author="test", summary="a site", at=0.0)
    engine.dispose()
    macs = [phone.mac for phone in site.phones]
    nodes = {name: f"{address}/24" for name, address in NODES.items()}
    with private_network({**nodes, **members, **dict.fromkeys(macs, "")}) as net:
        yield Rig(net, folder, server, url, {}, macs)
