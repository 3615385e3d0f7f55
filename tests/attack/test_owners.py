"""Beside another DHCP server, a dnsmasq, a phone gets its own file, and a host of its segment does not."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ringup.site.model import Site
from ringup.wire.mac import with_colons
from tests.attack.segment import MAC, SECRET, SERVER, SITE, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

WITHOUT_NETWORK = Site(**{**dict(SITE), "subnets": ()})

FETCH = f"""
import socket, urllib.error, urllib.request
name = "SIP{MAC}.cnf"
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(5)
client.sendto(b"\\0\\1" + name.encode() + b"\\0octet\\0", ("{SERVER}", 69))
print(client.recv(2000))
try:
    print(urllib.request.urlopen("http://{SERVER}:6970/" + name, timeout=5).read())
except urllib.error.HTTPError as error:
    print(error.code, error.read())
"""


@contextmanager
def beside_dnsmasq(folder: Path, *options: str) -> Iterator[Segment]:
    """The segment, with a dnsmasq on the server that sends phones to ringup's files."""
    if shutil.which("dnsmasq") is None:
        pytest.skip("dnsmasq is not installed")
    with segment(folder, WITHOUT_NETWORK, "--no-dhcp", *options) as here:
        here.net.popen(
            "server",
            [
                "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--no-ping",
                f"--pid-file={folder}/pid", f"--dhcp-leasefile={folder}/leases", f"--interface={INTERFACE}",
                "--dhcp-range=10.77.1.200,10.77.1.220,1h", f"--dhcp-option-force=66,{SERVER}",
                f"--dhcp-option-force=150,{SERVER}",
            ],
        )  # fmt: skip
        here.net.wait_for_udp_port("server", 67)
        here.net.run("phone", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        yield here


@pytest.mark.parametrize("owners", ["neighbours", "leases"])
def test_the_phone_gets_its_own_file_and_another_host_does_not(owners: str, tmp_path: Path) -> None:
    way = f"leases:{tmp_path}/leases" if owners == "leases" else owners
    with beside_dnsmasq(tmp_path, "--owners", way) as here:
        assert SECRET not in here.attack(FETCH)
        assert here.boot() == ""
        stolen = here.attack(FETCH)
    assert SECRET not in stolen
    assert "404" in stolen


def test_an_address_set_by_hand_is_no_lease(tmp_path: Path) -> None:
    """The address that the phone will get is taken by another host before it boots."""
    with beside_dnsmasq(tmp_path, "--owners", f"leases:{tmp_path}/leases") as here:
        here.net.run("attacker", ["ip", "address", "add", "10.77.1.200/16", "dev", INTERFACE])
        assert SECRET not in here.attack(FETCH)


def test_open_is_open(tmp_path: Path) -> None:
    with beside_dnsmasq(tmp_path, "--owners", "open") as here:
        assert SECRET in here.attack(FETCH)
