"""Other projects' servers in a private network, and the logs that they write while a phone boots from
them.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.attack.test_owners import installed
from tests.peers import tftp_servers
from tests.peers.namespaces import INTERFACE, PrivateNetwork

MAC = "001646C0FFEE"
OWN = f"SIP{MAC}.cnf"
SERVER, PHONE = "10.77.0.1", "10.77.0.11"
POOL = ("10.77.0.50", "10.77.0.51")
FILES = {"OS79XX.TXT": 14, "SIPDefault.cnf": 1800, OWN: 1400, "P0S3-8-12-00.sb2": 5000}
"""The names and sizes of the files."""
NAMES = ("OS79XX.TXT", f"CTLSEP{MAC}.tlv", "SIPDefault.cnf", OWN, "P0S3-8-12-00.sb2")
"""The names that the phone requests; one file is absent, and the phone ends the transfer of the image with an
error.
"""
SECONDS = 30.0

SYSLOG = """
dev=$(mktemp -d); mount -t tmpfs dev $dev
for file in null zero random urandom; do touch $dev/$file; mount --bind /dev/$file $dev/$file; done
mount --move $dev /dev
exec busybox syslogd -n -O "$1"
"""
"""A syslogd with its own /dev/log, so that the machine's log stays unchanged."""
FETCH = r"""
import socket, sys
server, *names = sys.argv[1:]
for name in names:
    phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phone.settimeout(10)
    phone.sendto(b"\0\1" + name.encode() + b"\0octet\0", (server, 69))
    while True:
        data, sender = phone.recvfrom(2000)
        if data[1] != 3:
            break
        if name.endswith(".sb2"):
            phone.sendto(b"\0\5\0\3flash full\0", sender)
            break
        phone.sendto(b"\0\4" + data[2:4], sender)
        if len(data) < 516:
            break
"""
"""A TFTP client that shares no code with ringup."""


def folder_of_files(folder: Path) -> Path:
    files = folder / "files"
    files.mkdir()
    for name, size in FILES.items():
        (files / name).write_bytes(b"a" * size)
    return files


def _writing(log: Path, command: list[str]) -> list[str]:
    return ["sh", "-c", 'log=$1; shift; exec "$@" >"$log" 2>&1', "-", str(log), *command]


def tftpd_hpa(net: PrivateNetwork, folder: Path) -> Path:
    log = folder / "log"
    net.popen("server", ["sh", "-c", SYSLOG, "-", str(log)])
    until(log.exists)
    command = tftp_servers.tftpd_hpa(folder_of_files(folder))
    net.popen("server", [*command[:-1], "-vvv", command[-1]])
    return log


def atftpd(net: PrivateNetwork, folder: Path) -> Path:
    command = tftp_servers.atftpd(folder_of_files(folder))
    net.popen("server", _writing(folder / "log", [*command[:-1], "--verbose=7", command[-1]]))
    return folder / "log"


def dnsmasq(net: PrivateNetwork, folder: Path, *more: str) -> Path:
    options = [
        "--keep-in-foreground",
        "--user=root",
        "--conf-file=/dev/null",
        "--port=0",
        f"--interface={INTERFACE}",
        "--enable-tftp",
        f"--tftp-root={folder_of_files(folder)}",
        f"--log-facility={folder}/log",
        "--no-ping",
        f"--dhcp-range={POOL[0]},{POOL[1]},1h",
        f"--dhcp-leasefile={folder}/leases",
        f"--pid-file={folder}/pid",
        f"--dhcp-option-force=150,{SERVER}",
        *more,
    ]
    net.popen("server", [*installed("dnsmasq", folder), *options])
    return folder / "log"


def dnsmasq_verbose(net: PrivateNetwork, folder: Path) -> Path:
    return dnsmasq(net, folder, "--log-dhcp")


def dhcpd(net: PrivateNetwork, folder: Path) -> Path:
    (folder / "dhcpd.conf").write_text(
        "authoritative; ping-check off;\n"
        f"subnet 10.77.0.0 netmask 255.255.255.0 {{ range {POOL[0]} {POOL[1]}; }}\n"
    )
    (folder / "leases").touch()
    files = ("-cf", f"{folder}/dhcpd.conf", "-lf", f"{folder}/leases", "-pf", f"{folder}/pid")
    command = [*installed("dhcpd", folder), "-4", "-d", "-user", "root", "-group", "root", *files, INTERFACE]
    net.popen("server", _writing(folder / "log", command))
    return folder / "log"


def kea(net: PrivateNetwork, folder: Path) -> Path:
    settings = {
        "interfaces-config": {"interfaces": [INTERFACE], "dhcp-socket-type": "raw"},
        "lease-database": {"type": "memfile", "persist": False},
        "loggers": [{
            "name": "kea-dhcp4", "severity": "DEBUG", "debuglevel": 50,
            "output_options": [{"output": f"{folder}/log"}],
        }],
        "subnet4": [{"subnet": "10.77.0.0/24", "pools": [{"pool": f"{POOL[0]} - {POOL[1]}"}]}],
    }  # fmt: skip
    (folder / "kea.json").write_text(json.dumps({"Dhcp4": settings}))
    command = [*installed("kea-dhcp4", folder), "-c", f"{folder}/kea.json"]
    net.popen("server", _writing(folder / "said", command))
    return folder / "log"


def fetch(net: PrivateNetwork) -> None:
    """Let the phone request its files."""
    net.run("phone", [sys.executable, "-c", FETCH, SERVER, *NAMES])


def lease(net: PrivateNetwork, mac: str, *more: str) -> None:
    """Let a device with this MAC get an address, or give up after two DISCOVERs."""
    net.run("phone", ["ip", "link", "set", INTERFACE, "address", mac])
    options = ["-n", "-q", "-t", "2", "-T", "1", "-s", "/bin/true"]
    vendor_class = ["-V", "Cisco Systems, Inc. IP Phone CP-7960G"]
    command = ["busybox", "udhcpc", "-i", INTERFACE, *options, *vendor_class, *more]
    net.run("phone", command, check=False)


def until(holds: Callable[[], bool]) -> None:
    """Wait until a program's log contains what is expected."""
    end = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > end:
            raise AssertionError("a program did not write its log")
        time.sleep(0.05)
