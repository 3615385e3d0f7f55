"""Other projects' SNTP clients accept the time of `ringup serve --sntp`, and not the time of a wrong clock.

They are chronyd and rdate; neither sets the clock of the machine that runs the test.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until
from tests.peers.tftp_servers import unpacked

pytestmark = pytest.mark.peers

SECONDS = 30
"""Timeout in seconds; a client that hangs fails its test."""


@pytest.fixture
def net() -> Iterator[PrivateNetwork]:
    with private_network(["server", "phone"]) as network:
        yield network


def serve(net: PrivateNetwork, folder: Path) -> None:
    """Start the complete server, with SNTP as its only service."""
    database = folder / "ringup.db"
    engine = open_database(str(database))
    commit(engine, Site(name="clocks"), author="a test", summary="a site", at=1.0)
    engine.dispose()
    off = ["--no-dhcp", "--no-tftp", "--no-http", "--no-pbx", "--owners", "open"]
    command = [sys.executable, "-m", "ringup", "serve", "--interface", INTERFACE, "--database", str(database)]
    started = net.popen("server", [*command, *off, "--sntp", "--trust-clock"])
    net.wait_for_udp_port("server", 123, of=started)


def chronyd(net: PrivateNetwork) -> str:
    source = f"server {net.addresses['server']} iburst maxsamples 2"
    command = [*unpacked("chronyd"), "-u", "root", "-Q", "-t", "5", "-f", "/dev/null", source]
    return net.run("phone", command, timeout=SECONDS, check=False).stdout


def rdate(net: PrivateNetwork) -> tuple[int, str]:
    command = [*unpacked("rdate"), "-n", "-p", "-v", net.addresses["server"]]
    done = net.run("phone", command, timeout=SECONDS, check=False)
    return done.returncode, done.stdout


def test_chronyd_takes_the_time(net: PrivateNetwork, tmp_path: Path) -> None:
    serve(net, tmp_path)
    said = chronyd(net)
    wrong = re.search(r"System clock wrong by (-?\d+\.\d+) seconds", said)
    assert wrong is not None, said
    assert abs(float(wrong[1])) < 0.1  # both use the same clock


def test_rdate_takes_the_time(net: PrivateNetwork, tmp_path: Path) -> None:
    serve(net, tmp_path)
    status, said = rdate(net)
    assert status == 0, said
    offset = re.search(r"adjust local clock by (-?\d+\.\d+) seconds", said)
    assert offset is not None, said
    assert abs(float(offset[1])) < 0.1


def test_no_client_takes_the_time_of_a_clock_that_is_not_synchronised(net: PrivateNetwork) -> None:
    read_until(net.popen("server", [sys.executable, "-m", "tests.peers.sntp_server"]), "ready")
    said = chronyd(net)
    assert "System clock wrong by" not in said
    assert "Timeout reached" in said
    assert rdate(net)[0] != 0
