"""With another DHCP server, a phone gets its own file, and another host in its segment does not."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from benchmarks.rig.programs import peer

from ringup.site.model import Site
from ringup.wire.mac import with_colons
from tests.attack.segment import MAC, SECRET, SERVER, SITE, Segment, segment
from tests.peers.namespaces import INTERFACE

pytestmark = pytest.mark.peers

REPOSITORY = Path(__file__).parents[2]

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


def dnsmasq(folder: Path) -> list[str]:
    return [
        "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--no-ping",
        f"--pid-file={folder}/pid", f"--dhcp-leasefile={folder}/leases", f"--interface={INTERFACE}",
        "--dhcp-range=10.77.1.200,10.77.1.220,1h", f"--dhcp-option-force=66,{SERVER}",
        f"--dhcp-option-force=150,{SERVER}",
    ]  # fmt: skip


def dhcpd(folder: Path) -> list[str]:
    (folder / "dhcpd.conf").write_text(
        "authoritative; ping-check off; option tftp-addresses code 150 = array of ip-address;\n"
        f'option tftp-addresses {SERVER}; option tftp-server-name "{SERVER}";\n'
        "subnet 10.77.0.0 netmask 255.255.0.0 { range 10.77.1.200 10.77.1.220; }\n"
    )
    (folder / "leases").touch()
    files = ("-cf", f"{folder}/dhcpd.conf", "-lf", f"{folder}/leases", "-pf", f"{folder}/pid")
    return ["dhcpd", "-4", "-f", "-q", "-user", "root", "-group", "root", *files, INTERFACE]


def kea(folder: Path) -> list[str]:
    options = [{"name": "tftp-addresses", "data": SERVER}, {"name": "tftp-server-name", "data": SERVER}]
    # The server rewrites its lease file each second, so the file is replaced while the phone boots.
    database = {"type": "memfile", "persist": True, "name": f"{folder}/leases", "lfc-interval": 1}
    settings = {
        "interfaces-config": {"interfaces": [INTERFACE], "dhcp-socket-type": "raw"},
        "lease-database": database,
        "option-def": [{"name": "tftp-addresses", "code": 150, "type": "ipv4-address", "array": True}],
        "option-data": options,
        "loggers": [{"name": "kea-dhcp4", "severity": "WARN", "output_options": [{"output": "stdout"}]}],
        "subnet4": [{"subnet": "10.77.0.0/16", "pools": [{"pool": "10.77.1.200 - 10.77.1.220"}]}],
    }
    (folder / "kea.json").write_text(json.dumps({"Dhcp4": settings}))
    return ["kea-dhcp4", "-c", f"{folder}/kea.json"]


def installed(name: str, folder: Path) -> list[str]:
    """Return the words before a server's command: none for the system's program, or those for Debian's in the
    cache.
    """
    program = peer(name, Path(os.environ.get("RINGUP_CACHE", REPOSITORY / ".cache")) / "storm")
    # Debian's kea-common contains kea-lfc. A system that has this package gets no second copy in the cache.
    beside_it = str(Path(program.path).parent)
    kea_lfc = shutil.which("kea-lfc", path=f"{beside_it}:/usr/sbin")
    own = {"KEA_PIDFILE_DIR": folder, "KEA_LOCKFILE_DIR": folder, "KEA_LFC_EXECUTABLE": kea_lfc}
    own_or_its = {**own, **program.environment}
    return ["env", *(f"{key}={value}" for key, value in own_or_its.items()), program.path]


@contextmanager
def beside(server: Callable[[Path], list[str]], folder: Path, *options: str) -> Iterator[Segment]:
    """A segment in which another DHCP server on ringup's machine sends phones to ringup's files."""
    name, *arguments = server(folder)
    command = [*installed(name, folder), *arguments]
    with segment(folder, WITHOUT_NETWORK, "--no-dhcp", *options) as here:
        server_process = here.net.popen("server", command)
        here.net.wait_for_udp_port("server", 67, of=server_process)
        here.net.run("phone", ["ip", "link", "set", INTERFACE, "address", with_colons(MAC)])
        yield here


@pytest.mark.parametrize(
    ("server", "owners"),
    [(dnsmasq, "neighbours"), (dnsmasq, "leases"), (dhcpd, "leases"), (kea, "leases")],
)
def test_the_phone_gets_its_own_file_and_another_host_does_not(
    server: Callable[[Path], list[str]], owners: str, tmp_path: Path
) -> None:
    way = f"leases:{tmp_path}/leases" if owners == "leases" else owners
    with beside(server, tmp_path, "--owners", way) as here:
        assert SECRET not in here.attack(FETCH)
        assert here.boot() == ""
        stolen = here.attack(FETCH)
    assert SECRET not in stolen
    assert "404" in stolen


def test_an_address_set_by_hand_is_no_lease(tmp_path: Path) -> None:
    """Another host takes the address that the phone will get, before the phone boots."""
    with beside(dnsmasq, tmp_path, "--owners", f"leases:{tmp_path}/leases") as here:
        here.net.run("attacker", ["ip", "address", "add", "10.77.1.200/16", "dev", INTERFACE])
        assert SECRET not in here.attack(FETCH)


def test_open_is_open(tmp_path: Path) -> None:
    with beside(dnsmasq, tmp_path, "--owners", "open") as here:
        assert SECRET in here.attack(FETCH)
