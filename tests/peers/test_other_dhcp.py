"""A dnsmasq on the same cable is noticed, and `ringup serve` does not start beside it without an option."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.site.model import Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until

pytestmark = pytest.mark.peers

SECONDS = 30
"""Timeout in seconds, longer than anything here takes."""

LOOK = """
import asyncio
from ringup.serve.dhcp.other_server import find_other_server
from ringup.serve.sockets import interface_named

found = asyncio.run(find_other_server("eth0", interface_named("eth0").mac))
print((found.server, found.tftp_server) if found else "nobody")
"""

SUBNET = Subnet(
    network=IPv4Network("10.77.0.0/24"), first=IPv4Address("10.77.0.100"), last=IPv4Address("10.77.0.149")
)


def start_dnsmasq(net: PrivateNetwork, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start dnsmasq with its defaults; it pings an address for three seconds before it offers the address.

    With ``--no-daemon`` it also keeps its user, which it could not change in a user namespace.
    """
    if shutil.which("dnsmasq") is None:
        pytest.skip("dnsmasq is not installed")
    process = net.popen(
        "router",
        [
            "dnsmasq", "--no-daemon", "--log-dhcp", "--conf-file=/dev/null",
            "--port=0", f"--pid-file={folder}/pid", f"--dhcp-leasefile={folder}/leases",
            f"--interface={INTERFACE}", "--dhcp-range=10.77.0.200,10.77.0.220,1h", *more,
        ],
    )  # fmt: skip
    net.wait_for_udp_port("router", 67)
    return process


@contextmanager
def lan() -> Iterator[PrivateNetwork]:
    with private_network(["ringup", "router"]) as net:
        yield net


def look(net: PrivateNetwork) -> str:
    return net.run("ringup", [sys.executable, "-c", LOOK]).stdout.strip()


@pytest.fixture
def serve(tmp_path: Path) -> list[str]:
    """Return the command line of `ringup serve` for a site with one subnet."""
    database, firmware = tmp_path / "ringup.sqlite", tmp_path / "firmware"
    firmware.mkdir()
    engine = open_database(str(database))
    commit(engine, Site(subnets=(SUBNET,)), author="test", summary="a subnet", at=0.0)
    engine.dispose()
    places = ["--database", str(database), "--firmware", str(firmware)]
    return [sys.executable, "-m", "ringup", "serve", "--interface", INTERFACE, "--no-pbx", *places]


@pytest.mark.parametrize(
    ("options", "tftp_server"),
    [
        ((), "10.77.0.2"),
        (("--dhcp-option-force=66,10.77.0.66",), "10.77.0.66"),
        (("--dhcp-option-force=66,10.77.0.66", "--dhcp-option=150,10.77.0.15"), "10.77.0.15"),
    ],
    ids=["siaddr", "66", "150"],
)
def test_a_dnsmasq_is_found_with_its_tftp_server(
    options: tuple[str, ...], tftp_server: str, tmp_path: Path
) -> None:
    with lan() as net:
        start_dnsmasq(net, tmp_path, *options)
        assert look(net) == str(("10.77.0.2", tftp_server))


def test_nobody_is_found_where_nobody_answers() -> None:
    with lan() as net:
        assert look(net) == "nobody"


def test_ringup_does_not_start_beside_a_dnsmasq(serve: list[str], tmp_path: Path) -> None:
    with lan() as net:
        start_dnsmasq(net, tmp_path)
        refused = net.run("ringup", serve, timeout=SECONDS, check=False)
    assert refused.returncode == 2
    assert "DHCP on eth0: another server, 10.77.0.2, answers there." in refused.stdout
    assert "--allow-other-dhcp" in refused.stdout
    assert "Traceback" not in refused.stdout


def test_ringup_starts_beside_a_dnsmasq_when_told_to(serve: list[str], tmp_path: Path) -> None:
    with lan() as net:
        start_dnsmasq(net, tmp_path)
        process = net.popen("ringup", [*serve, "--allow-other-dhcp"])
        net.wait_for_udp_port("ringup", 67, seconds=SECONDS)
        net.wait_for_udp_port("ringup", 69)
        assert "10.77.0.2" in read_until(process, "NOT ready: The site has no phones", seconds=SECONDS)
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
