"""`ringup serve` among misbehaving clients: a good phone gets its files at once, whatever the others send."""

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Line, Pbx, Phone, Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network
from tests.peers.tftp_crowd import CROWD
from tests.peers.tftp_servers import start

if TYPE_CHECKING:
    import subprocess

pytestmark = [pytest.mark.peers, pytest.mark.timed]

MAC = "001646C0FFEE"
SMALL = ("SIPDefault.cnf", "dialplan.xml")
"""The files that the good phone fetches: one that depends on the requester, and one that does not."""

LARGE = "P0S3-8-12-00.sb2"

SECONDS = 3.0
"""Seconds for which the others misbehave."""

LONGEST = 1.0
"""Maximum seconds for a good phone's small file; a lost datagram would cost four seconds."""

MOST_GROWTH = 8 * 1024 * 1024
"""Maximum bytes of resident memory that 20,000 broken datagrams may cost; some are requests and cause
events.
"""


@dataclass
class Lan:
    net: PrivateNetwork
    server: psutil.Process
    log: Path

    def start(self, member: str, role: str, seconds: float, *names: str) -> "subprocess.Popen[bytes]":
        words = [role, self.net.addresses["server"], str(seconds), *names]
        return self.net.popen(member, [sys.executable, "-m", "tests.peers.tftp_crowd", *words])

    def resident(self) -> int:
        """Return the resident bytes of the server and its children."""
        processes = [self.server, *self.server.children(recursive=True)]
        return int(sum(process.memory_info().rss for process in processes))

    def events(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of this kind in the server's log."""
        # splitlines cannot be used, because a broken name may contain other characters that end a line.
        lines = [line for line in self.log.read_text().split("\n") if line.startswith("{")]
        return [event for event in map(json.loads, lines) if event.get("kind") == kind]


def found_by(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    printed = process.communicate(timeout=60)[0].decode()
    assert process.returncode == 0, printed
    found: dict[str, Any] = json.loads(printed)
    return found


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lan]:
    folder = tmp_path_factory.mktemp("serve")
    write_package(folder / "firmware", make_sip_package())
    database = open_database(str(folder / "ringup.db"))
    phone = Phone(mac=MAC, lines=(Line(extension="201", name="Zoë", secret="a-secret-of-its-own"),))
    site = Site(time_zone="Europe/London", pbx=Pbx(address="10.77.0.1"), phones=(phone,))
    commit(database, site, author="test", summary="one phone", at=time.time())
    database.dispose()
    command = [
        *(
            sys.executable,
            "-m",
            "ringup",
            "serve",
            "--interface",
            INTERFACE,
            "--no-dhcp",
            "--owners",
            "open",
            "--no-pbx",
        ),
        *("--database", str(folder / "ringup.db"), "--firmware", str(folder / "firmware")),
        *("--log", "json"),
    ]
    with private_network(["server", "phone", "crowd"]) as net:
        for address in CROWD:
            net.run("crowd", ["ip", "address", "add", f"{address}/24", "dev", INTERFACE])
        log = folder / "log"
        pid = start(net, "server", command, log)
        yield Lan(net, psutil.Process(pid), log)


def good_phone_beside(lan: Lan, *company: tuple[str, str], seconds: float = SECONDS) -> dict[str, Any]:
    """Return the results of the good phone and of the others that ran at the same time."""
    others = {role: lan.start("crowd", role, seconds, name) for role, name in company}
    found = found_by(lan.start("phone", "good_phone", seconds, *SMALL))
    assert found["refused"] == []
    assert all(len(contents) == 1 for contents in found["contents"].values())
    return {"good_phone": found, **{role: found_by(process) for role, process in others.items()}}


COMPANY = {
    "100 phones that never acknowledge": ("silent_phones", LARGE),
    "2,000 requests of one address": ("greedy_host", LARGE),
    "10,000 ACKs of nobody a second": ("ack_flood", LARGE),
    "10,000 requests of one address a second": ("request_flood", "absent"),
}


@pytest.mark.parametrize("company", COMPANY.values(), ids=COMPANY)
def test_a_good_phone_gets_its_files_at_once_beside(lan: Lan, company: tuple[str, str]) -> None:
    found = good_phone_beside(lan, company)
    assert found["good_phone"]["longest"] < LONGEST
    assert found["good_phone"]["fetches"] >= 20


def test_a_slow_phone_gets_its_file_and_delays_nobody(lan: Lan) -> None:
    found = good_phone_beside(lan, ("slow_phone", f"SIP{MAC}.cnf"), ("silent_phones", LARGE))
    assert found["good_phone"]["longest"] < LONGEST
    assert found["slow_phone"]["bytes"] > 0


def test_one_address_gets_no_more_than_its_share_of_transfers(lan: Lan) -> None:
    """Each request gets two blocks within three seconds, the second one as a retransmission, and no more."""
    found = good_phone_beside(lan, ("greedy_host", LARGE))["greedy_host"]
    assert found["datagrams"] <= 3 * found["asked"]


def test_20000_broken_datagrams_neither_stop_nor_swell_the_server(lan: Lan) -> None:
    found_by(lan.start("phone", "good_phone", 0.5, *SMALL))
    before = lan.resident()
    found = good_phone_beside(lan, ("broken_datagrams", LARGE), seconds=5.0)
    assert found["broken_datagrams"]["sent"] == 20_000
    assert found["good_phone"]["longest"] < LONGEST
    assert lan.server.is_running()
    assert lan.resident() - before < MOST_GROWTH
    assert "Traceback" not in lan.log.read_text()
    assert lan.events("ServerFault") == []
    assert lan.events("FileSent") != []
