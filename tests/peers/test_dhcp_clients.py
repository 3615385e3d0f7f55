"""Other projects' DHCP clients take, renew, release and decline addresses.

They are dhclient, udhcpc, dhcpcd, systemd-networkd, and Kea's perfdhcp, which acts as a relay with many
clients.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.store.database import open_database
from ringup.store.leases import read_leases
from ringup.wire.mac import with_colons
from tests.peers.dhcp_server import SUBNET, TFTP_SERVERS
from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until

pytestmark = pytest.mark.peers

SECONDS = 30
"""Timeout in seconds; a client that hangs fails its test."""

HOOK = """#!/bin/sh
# Called by each of the three clients; they name the same things differently.
event=${reason:-$1}
env
case $event in
  BOUND|REBOOT|RENEW|bound|renew) ip address replace "${new_ip_address:-$ip}/24" dev "$interface" ;;
esac
echo "hook done: $event"
"""

DHCLIENT_CONF = """
option tftp-addresses code 150 = array of ip-address;
request subnet-mask, routers, domain-name-servers, domain-name, tftp-server-name, tftp-addresses;
initial-interval 1;
"""

DHCPCD_CONF = """
define 150 array ipaddress tftp_addresses
option subnet_mask, routers, domain_name_servers, domain_name, tftp_server_name, tftp_addresses
ipv4only
noarp
noipv4ll
"""

NETWORKD = "/lib/systemd/systemd-networkd"
NETWORKD_CONF = f"""
[Match]
Name={INTERFACE}

[Network]
DHCP=ipv4
IPv6AcceptRA=no
LinkLocalAddressing=no

[DHCPv4]
UseHostname=no
"""
NETWORKD_STATE = "/run/systemd/netif"
# It gets its own /run, and its network's /sys read-only as in a container. Otherwise it waits for udev.
START_NETWORKD = (
    "mount -t tmpfs none /run && mount -t sysfs -o ro none /sys"
    f" && mkdir -p /run/systemd/network {NETWORKD_STATE} && chown -R systemd-network {NETWORKD_STATE}"
    " && cp {folder}/eth0.network /run/systemd/network"
    " && SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console exec"
)

PRIVATE_STATE = "mount -t tmpfs none /run && mount -t tmpfs none /var/lib/dhcpcd && exec "
"""The fixed folders in which dhcpcd keeps its files; the test has its own, in the host's mount namespace."""


@dataclass
class Lan:
    """ringup's server, and one machine that has no address yet."""

    net: PrivateNetwork
    folder: Path
    server: subprocess.Popen[bytes]

    @property
    def database(self) -> str:
        return str(self.folder / "ringup.sqlite")

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        if shutil.which(command[0]) is None:
            pytest.skip(f"{command[0]} is not installed")
        return self.net.popen("client", command)

    def wait_until_told(self, text: str) -> None:
        """Wait until an event of the server contains the text."""
        read_until(self.server, text, seconds=SECONDS)

    def leases_after_a_crash(self) -> list[Lease]:
        """Kill the server, and return the leases in its database."""
        self.server.kill()
        self.server.wait(SECONDS)
        engine = open_database(self.database)
        try:
            return read_leases(engine)
        finally:
            engine.dispose()

    def addresses(self) -> str:
        return self.net.run("client", ["ip", "-4", "address", "show", INTERFACE]).stdout


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[Lan]:
    hook = tmp_path / "hook"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    (tmp_path / "dhclient.conf").write_text(DHCLIENT_CONF)
    (tmp_path / "dhcpcd.conf").write_text(DHCPCD_CONF)
    (tmp_path / "eth0.network").write_text(NETWORKD_CONF)
    with private_network({"server": "10.77.0.1/24", "client": "", "squatter": ""}) as net:
        yield Lan(net, tmp_path, start_server(net, tmp_path))


@pytest.fixture
def careful_lan(lan: Lan) -> Lan:
    """The same with a server that probes an address before it offers it for the first time."""
    lan.server.kill()
    lan.server.wait(SECONDS)
    lan.server = start_server(lan.net, lan.folder, "--probe")
    return lan


def start_server(net: PrivateNetwork, folder: Path, *more: str) -> "subprocess.Popen[bytes]":
    database = str(folder / "ringup.sqlite")
    command = [sys.executable, "-m", "tests.peers.dhcp_server", INTERFACE, database, *more]
    server = net.popen("server", command)
    read_until(server, "ready", seconds=SECONDS)
    return server


def dhclient(folder: Path, *more: str) -> list[str]:
    files = ["-cf", f"{folder}/dhclient.conf", "-lf", f"{folder}/dhclient.leases", "-pf", f"{folder}/pid"]
    return ["dhclient", "-4", "-d", "-v", *files, "-sf", f"{folder}/hook", *more, INTERFACE]


def udhcpc(folder: Path, *more: str) -> list[str]:
    asked = [f"-O{name}" for name in ("subnet", "router", "dns", "domain", "tftp", "150")]
    return ["udhcpc", "-f", "-i", INTERFACE, "-s", f"{folder}/hook", "-T", "2", *asked, *more]


def dhcpcd(folder: Path) -> list[str]:
    files = f"--config {folder}/dhcpcd.conf --script {folder}/hook"
    return ["sh", "-c", f"{PRIVATE_STATE} dhcpcd --nobackground {files} {INTERFACE}"]


Client = Callable[[Path], list[str]]
ISC_NAMES = {
    "address": "new_ip_address",
    "mask": "new_subnet_mask",
    "router": "new_routers",
    "dns": "new_domain_name_servers",
    "domain": "new_domain_name",
    "66": "new_tftp_server_name",
    "150": "new_tftp_addresses",
}
BUSYBOX_NAMES = {
    "address": "ip",
    "mask": "subnet",
    "router": "router",
    "dns": "dns",
    "domain": "domain",
    "66": "tftp",
    "150": "opt150",
}
NAMES_OF: dict[Client, tuple[str, dict[str, str]]] = {
    dhclient: ("hook done: BOUND", ISC_NAMES),
    udhcpc: ("hook done: bound", BUSYBOX_NAMES),
    dhcpcd: ("hook done: BOUND", ISC_NAMES),
}
"""For each client, what it prints when it has its lease, and its names for the options."""


def told(output: str) -> dict[str, str]:
    """Return the environment of the last hook."""
    pairs = (line.partition("=") for line in output.splitlines())
    return {name: value.strip() for name, equals, value in pairs if equals}


def as_addresses(value: str) -> tuple[str, ...]:
    """Read addresses separated by spaces, or in hexadecimal digits, as udhcpc shows unknown options."""
    if "." in value:
        return tuple(value.split())
    data = bytes.fromhex(value)
    return tuple(str(IPv4Address(data[at : at + 4])) for at in range(0, len(data), 4))


@pytest.mark.parametrize("client", NAMES_OF)
def test_a_client_takes_a_lease_with_all_its_options_and_the_lease_outlives_the_server(
    client: Client, lan: Lan
) -> None:
    bound, names = NAMES_OF[client]
    environment = told(read_until(lan.start(*client(lan.folder)), bound, seconds=SECONDS))
    got = {what: environment.get(name, "") for what, name in names.items()}

    assert SUBNET.first <= IPv4Address(got["address"]) <= SUBNET.last
    assert f"inet {got['address']}/24" in lan.addresses()
    assert (got["mask"], got["router"]) == ("255.255.255.0", SUBNET.router)
    assert (as_addresses(got["dns"]), got["domain"]) == (SUBNET.dns, SUBNET.domain)
    assert got["66"] == TFTP_SERVERS[0]
    assert as_addresses(got["150"]) == TFTP_SERVERS

    (lease,) = lan.leases_after_a_crash()
    assert (lease.mac, lease.address) == (lan.net.mac("client"), got["address"])
    assert lease.state is LeaseState.LEASED
    assert lease.expires > time.time() + SUBNET.lease_seconds / 2


def test_dhclient_asks_for_its_old_address_after_a_restart_and_gets_it(lan: Lan) -> None:
    first = lan.start(*dhclient(lan.folder))
    read_until(first, "bound to 10.77.0.100", seconds=SECONDS)
    first.kill()
    first.wait()
    again = read_until(lan.start(*dhclient(lan.folder)), "bound to 10.77.0.100", seconds=SECONDS)
    assert "DHCPDISCOVER" not in again
    written = (lan.folder / "dhclient.leases").read_text()
    assert 'option tftp-server-name "10.77.0.7";' in written
    assert "option tftp-addresses 10.77.0.7,10.77.0.8;" in written


@pytest.mark.parametrize("remembered", ["192.0.2.7", "10.77.0.140", "10.77.0.200"])
def test_dhclient_with_an_address_that_is_wrong_here_is_refused_and_starts_over(
    lan: Lan, remembered: str
) -> None:
    (lan.folder / "dhclient.leases").write_text(
        f'lease {{ interface "{INTERFACE}"; fixed-address {remembered}; option subnet-mask 255.255.255.0;'
        " option dhcp-lease-time 99999999; renew 4 2037/01/01 00:00:00; rebind 4 2037/01/01 00:00:00;"
        " expire 4 2037/01/01 00:00:00; }\n"
    )
    output = read_until(lan.start(*dhclient(lan.folder)), "bound to 10.77.0.100", seconds=SECONDS)
    assert f"DHCPREQUEST for {remembered}" in output
    assert "DHCPNAK from 10.77.0.1" in output


def test_udhcpc_renews_when_told_to(lan: Lan) -> None:
    process = lan.start(*udhcpc(lan.folder))
    read_until(process, "hook done: bound", seconds=SECONDS)
    lan.wait_until_told("AddressLeased")
    process.send_signal(signal.SIGUSR1)
    environment = told(read_until(process, "hook done: renew", seconds=SECONDS))
    assert environment["ip"] == "10.77.0.100"
    lan.wait_until_told('"renewed": true')


def test_udhcpc_gives_its_address_back_when_it_ends(lan: Lan) -> None:
    process = lan.start(*udhcpc(lan.folder, "-R"))
    read_until(process, "hook done: bound", seconds=SECONDS)
    process.terminate()
    lan.wait_until_told("AddressReleased")
    assert [lease.state for lease in lan.leases_after_a_crash()] == [LeaseState.RELEASED]


def test_dhclient_gives_its_address_back(lan: Lan) -> None:
    read_until(lan.start(*dhclient(lan.folder)), "bound to", seconds=SECONDS)
    lan.net.run("client", dhclient(lan.folder, "-r"))
    lan.wait_until_told("AddressReleased")
    assert [lease.state for lease in lan.leases_after_a_crash()] == [LeaseState.RELEASED]


def test_udhcpc_declines_an_address_that_is_in_use_and_gets_another(lan: Lan) -> None:
    lan.net.run("squatter", ["ip", "address", "add", "10.77.0.100/24", "dev", INTERFACE])
    process = lan.start(*udhcpc(lan.folder, "-a", "-A", "1"))
    environment = told(read_until(process, "hook done: bound", seconds=SECONDS))
    assert environment["ip"] == "10.77.0.101"
    lan.wait_until_told("AddressDeclined")
    states = {lease.address: lease.state for lease in lan.leases_after_a_crash()}
    assert states == {"10.77.0.100": LeaseState.DECLINED, "10.77.0.101": LeaseState.LEASED}


def test_networkd_takes_a_lease_with_its_options_and_the_lease_outlives_the_server(lan: Lan) -> None:
    if shutil.which(NETWORKD) is None:
        pytest.skip("systemd-networkd is not installed")
    started = lan.start("sh", "-c", f"{START_NETWORKD.format(folder=lan.folder)} {NETWORKD}")
    read_until(started, "State changed: configuring -> configured", seconds=SECONDS)
    noted = told(lan.net.run("client", ["sh", "-c", f"cat {NETWORKD_STATE}/leases/*"]).stdout)
    assert f"inet {noted['ADDRESS']}/24" in lan.addresses()
    assert (noted["NETMASK"], noted["ROUTER"]) == ("255.255.255.0", SUBNET.router)
    assert (tuple(noted["DNS"].split()), noted["DOMAINNAME"]) == (SUBNET.dns, SUBNET.domain)
    assert (noted["NEXT_SERVER"], noted["LIFETIME"]) == (TFTP_SERVERS[0], str(SUBNET.lease_seconds))
    (lease,) = lan.leases_after_a_crash()
    assert (lease.address, lease.state) == (noted["ADDRESS"], LeaseState.LEASED)


def perfdhcp(lan: Lan, *more: str) -> str:
    """Return the report of a run as a relay at the client's address, which also notices addresses assigned
    twice.
    """
    lan.net.run("client", ["ip", "address", "replace", "10.77.0.2/24", "dev", INTERFACE])
    if shutil.which("perfdhcp") is None:
        pytest.skip("perfdhcp is not installed")
    return lan.net.run("client", ["perfdhcp", "-4", "-u", *more, "10.77.0.1"], check=False).stdout


def counted(report: str, what: str) -> list[int]:
    """Return the numbers after a word in both parts of the report, DISCOVER to OFFER and REQUEST to ACK."""
    return [int(number) for number in re.findall(rf"^{what}: (\d+)", report, re.MULTILINE)]


ALL_AT_ONCE = ("--scenario", "avalanche", "-R", "40")
"""Options for forty clients that repeat their requests until they get a reply."""


@pytest.mark.parametrize("probes", [False, True])
def test_perfdhcp_gets_an_address_for_each_of_its_clients_and_every_lease_is_kept(
    probes: bool, lan: Lan, request: pytest.FixtureRequest
) -> None:
    if probes:
        request.getfixturevalue("careful_lan")
    report = perfdhcp(lan, *ALL_AT_ONCE)
    assert counted(report, "received packets") == [40, 40], report
    assert counted(report, "drops") == [0, 0]
    assert counted(report, "non unique addresses") == [0, 0]
    leases = lan.leases_after_a_crash()
    assert len({lease.mac for lease in leases}) == len({lease.address for lease in leases}) == 40
    assert {lease.state for lease in leases} == {LeaseState.LEASED}


def test_perfdhcp_at_a_steady_rate_is_answered_each_time(lan: Lan) -> None:
    report = perfdhcp(lan, "-r", "40", "-R", "40", "-n", "40")
    assert counted(report, "non unique addresses") == [0, 0]
    assert sum(counted(report, "drops")) <= 1, f"it does not wait for the last answer: {report}"


def test_an_address_in_use_is_found_by_arp_before_it_is_offered(careful_lan: Lan) -> None:
    lan = careful_lan
    lan.net.run("squatter", ["ip", "address", "add", "10.77.0.100/24", "dev", INTERFACE])
    environment = told(read_until(lan.start(*udhcpc(lan.folder)), "hook done: bound", seconds=SECONDS))
    assert environment["ip"] == "10.77.0.101"
    heard = read_until(lan.server, "AddressLeased", seconds=SECONDS)
    (in_use,) = [json.loads(line) for line in heard.splitlines() if "AddressInUse" in line]
    assert (in_use["address"], in_use["holder"]) == ("10.77.0.100", lan.net.mac("squatter"))
    states = {lease.address: lease.state for lease in lan.leases_after_a_crash()}
    assert states == {"10.77.0.100": LeaseState.DECLINED, "10.77.0.101": LeaseState.LEASED}


def test_an_address_in_use_behind_a_relay_is_found_by_ping(careful_lan: Lan) -> None:
    lan = careful_lan
    lan.net.run("squatter", ["ip", "address", "add", "10.77.0.100/24", "dev", INTERFACE])
    # Both know the route, as they do to a router, so no ARP shows the host that uses the address.
    for requester, address, holder in (
        ("server", "10.77.0.100", "squatter"),
        ("squatter", "10.77.0.1", "server"),
    ):
        known = [address, "lladdr", with_colons(lan.net.mac(holder)), "dev", INTERFACE]
        lan.net.run(requester, ["ip", "neighbour", "replace", *known])
    report = perfdhcp(lan, "--scenario", "avalanche", "-R", "1")
    assert counted(report, "received packets") == [1, 1], report
    heard = read_until(lan.server, "AddressLeased", seconds=SECONDS)
    (in_use,) = [json.loads(line) for line in heard.splitlines() if "AddressInUse" in line]
    assert (in_use["address"], in_use["holder"]) == ("10.77.0.100", "")
