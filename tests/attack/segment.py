"""The phones' network segment with a server, a hostile host and an honest phone, each in its own
namespace.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.attack.honest_phones import BOOTS, boot_from
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until

MAC, SECRET = "001646C0FFEE", "tell-nobody-at-all"
SERVER = "10.77.0.1"
POOL = 40
"""Number of addresses in the pool."""
SECONDS = 60
"""Timeout in seconds, longer than anything here takes."""

RINGUP = (sys.executable, "-m", "ringup")

SITE = Site(
    pbx=Pbx(address=SERVER),
    subnets=(
        Subnet(
            network=IPv4Network("10.77.0.0/16"),
            first=IPv4Address("10.77.1.1"),
            last=IPv4Address(f"10.77.1.{POOL}"),
        ),
    ),
    phones=(Phone(mac=MAC, lines=(Line(extension="201", secret=SECRET),)),),
)

BOOT = """
import json, subprocess, sys
mac, command = sys.argv[1], [
    sys.executable, "-m", "ringup", "emulate", "--interface", "eth0", "--mac", sys.argv[1], "--speed", "1000",
    "--application", "P0S3-8-12-00", "--loader", "P003-8-12-00", "--json", "--until-eof",
]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as phone:
    for line in phone.stdout:
        print(line, end="")
        report = json.loads(line)
        if report.get("name") == f"SIP{mac}.cnf" and report["kind"] != "file-request":
            break
    phone.kill()
"""
"""A script that runs an emulated phone until it has its own file, or fails to get it."""


@dataclass
class Segment:
    """A running server and the hosts beside it."""

    net: PrivateNetwork
    folder: Path
    options: Sequence[str] = ()
    program: Sequence[str] = RINGUP
    server: "subprocess.Popen[bytes] | None" = None

    @property
    def log(self) -> Path:
        """Return what the server has logged."""
        return self.folder / "log"

    @property
    def stored(self) -> int:
        """Return the size of the database in bytes."""
        return sum(path.stat().st_size for path in self.folder.glob("ringup.db*"))

    def start(self) -> None:
        """Start the server, and wait until it is ready."""
        serve = [
            *(*self.program, "serve", "--interface", INTERFACE, "--no-pbx", *self.options),
            *("--database", str(self.folder / "ringup.db"), "--firmware", str(self.folder / "firmware")),
        ]
        shell = f'exec "$@" > >(tee -a {self.log}) 2>&1'
        self.server = self.net.popen("server", ["bash", "-c", shell, "-", *serve])
        read_until(self.server, " ready", seconds=SECONDS)

    def stop(self) -> None:
        """Stop the server."""
        assert isinstance(self.server, subprocess.Popen)
        self.server.terminate()
        self.server.wait(SECONDS)

    def logged(self, text: str) -> str:
        """Wait until the server has logged a text, which may take a moment; return the log so far."""
        return read_until(self.net.popen("server", ["tail", "-n", "+1", "-f", str(self.log)]), text)

    def attack_beside(self, script: str, *arguments: str) -> Callable[[], str]:
        """Start a Python script on the hostile host; a call of the result returns what it printed."""
        return self.start_at("attacker", script, *arguments)

    def start_at(self, member: str, script: str, *arguments: str) -> Callable[[], str]:
        """Start a Python script on any host; a call of the result returns what it printed."""
        process = self.net.popen(member, [sys.executable, "-c", script, *arguments])

        def ended() -> str:
            said, _ = process.communicate(timeout=SECONDS)
            assert process.returncode == 0, said
            return said.decode()

        return ended

    def attack(self, script: str, *arguments: str) -> str:
        """Run a Python script on the hostile host and return what it printed."""
        return self.attack_beside(script, *arguments)()

    def boot(self, mac: str = MAC) -> str:
        """Boot an honest phone; return what prevented it from getting its own file, or "".

        Its times are printed at the end of the run.
        """
        told = self.net.run("phone", [sys.executable, "-c", BOOT, mac], timeout=SECONDS).stdout
        BOOTS.append(boot_from([json.loads(line) for line in told.splitlines() if line[:1] == "{"], mac))
        return BOOTS[-1].failure


@contextmanager
def segment(
    folder: Path, site: Site = SITE, *options: str, program: Sequence[str] = RINGUP
) -> Iterator[Segment]:
    """A running server with this site, the hostile host 10.77.0.66, and a phone without an address."""
    write_package(folder / "firmware", make_sip_package())
    database = open_database(str(folder / "ringup.db"))
    commit(database, site, author="test", summary="a site", at=0.0)
    database.dispose()
    members = {"server": f"{SERVER}/16", "attacker": "10.77.0.66/16", "phone": ""}
    with private_network(members) as net:
        running = Segment(net, folder, options, program)
        running.start()
        yield running
