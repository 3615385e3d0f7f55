"""The lines of `ringup snippet` in the real dnsmasq, dhcpd and Kea: a software phone uses the server that
they name.
"""

import json
import sys
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.render.dhcp_snippets import SNIPPETS
from ringup.site.model import Phone, Site, Subnet
from ringup.wire.mac import with_colons
from tests.attack.test_owners import installed
from tests.peers.namespaces import INTERFACE, private_network

pytestmark = pytest.mark.peers

MAC, RESERVED, FILES = "001646C0FFEE", "10.77.0.50", IPv4Address("10.77.0.9")
SUBNET = Subnet(
    network=IPv4Network("10.77.0.0/24"), first=IPv4Address("10.77.0.100"), last=IPv4Address("10.77.0.149")
)
SITE = Site(subnets=(SUBNET,), phones=(Phone(mac=MAC, address=IPv4Address(RESERVED)),))


def dnsmasq(folder: Path, lines: str) -> list[str]:
    (folder / "dnsmasq.conf").write_text(
        f"port=0\ninterface={INTERFACE}\ndhcp-range=10.77.0.200,10.77.0.220,1h\n"
        f"dhcp-leasefile={folder}/leases\npid-file={folder}/pid\nno-ping\n{lines}"
    )
    return ["dnsmasq", "--no-daemon", f"--conf-file={folder}/dnsmasq.conf"]


def dhcpd(folder: Path, lines: str) -> list[str]:
    (folder / "dhcpd.leases").touch()
    (folder / "dhcpd.conf").write_text(
        f"authoritative;\n{lines}"
        "subnet 10.77.0.0 netmask 255.255.255.0 { range 10.77.0.200 10.77.0.220; }\n"
    )
    files = ["-cf", f"{folder}/dhcpd.conf", "-lf", f"{folder}/dhcpd.leases", "-pf", f"{folder}/pid"]
    return ["dhcpd", "-4", "-f", "--no-pid", *files, INTERFACE]


def kea(folder: Path, lines: str) -> list[str]:
    rest = {
        "interfaces-config": {"interfaces": [INTERFACE], "dhcp-socket-type": "raw"},
        "lease-database": {"type": "memfile", "persist": False},
        "subnet4": [{"id": 1, "subnet": "10.77.0.0/24", "pools": [{"pool": "10.77.0.200 - 10.77.0.220"}]}],
    }
    text = f'{{"Dhcp4": {{{lines}{json.dumps(rest)[1:-1]}}}}}'
    (folder / "kea.json").write_text(text)
    return ["kea-dhcp4", "-c", f"{folder}/kea.json"]


SERVERS = {"dnsmasq": dnsmasq, "isc": dhcpd, "kea": kea}


@pytest.mark.parametrize("kind", SERVERS)
def test_a_phone_takes_ringups_address_and_its_own(kind: str, tmp_path: Path) -> None:
    name, *arguments = SERVERS[kind](tmp_path, SNIPPETS[kind].render(SITE, FILES))
    with private_network({"router": "10.77.0.1/24", "phone": ""}) as net:
        server = net.popen("router", [*installed(name, tmp_path), *arguments])
        net.wait_for_udp_port("router", 67, of=server)
        net.run("phone", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        words = ["emulate", "--interface", INTERFACE, "--mac", MAC, "--json", "--speed", "1000"]
        phone = net.popen("phone", [sys.executable, "-m", "ringup", *words])
        assert phone.stdout is not None
        for line in iter(phone.stdout.readline, b""):
            report = json.loads(line)
            if report["kind"] == "address":
                break
        else:
            raise AssertionError("the phone got no address")
    assert (report["tftp"], report["tftp_source"]) == (str(FILES), "option 150")
    assert report["address"] == RESERVED
