"""How each server is started for a workload; options differ from the defaults only if the workload requires
it.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

from benchmarks.rig.fleet import FIRST_LEASE, LAST_LEASE
from benchmarks.rig.network import DHCP_NETWORK, DHCP_SERVER, TFTP_SERVER, Network
from benchmarks.rig.programs import Program, peer


@dataclass(frozen=True, slots=True)
class Place:
    """The network and the files that a server gets for a run."""

    network: Network
    folder: Path
    """The server's own folder, new for each run."""
    files: Path
    """The folder with every file of the fleet, for other servers."""
    images: Path
    """The folder with the large files, for ringup."""
    database: Path
    """The database of the fleet, for ringup; each run has its own copy."""
    cache: Path
    phones: int


@dataclass(frozen=True, slots=True)
class Start:
    """A command line and its environment variables."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """One server of the table."""

    name: str
    start: Callable[[Place], Start]
    dhcp: bool
    program: str = ""
    """The name of another project's program; empty for ringup."""
    viewed: bool = False
    """True if 200 programs read its events from the web page during the storm."""

    @property
    def ours(self) -> bool:
        """Return whether the server is ringup."""
        return not self.program


def _peer(program: Program, *arguments: object) -> Start:
    return Start([program.path, *map(str, arguments)], program.environment)


# --- TFTP ---------------------------------------------------------------------------------------------


def _dnsmasq(place: Place) -> Start:
    # By default it has 50 transfers. Without --user it would need its own user.
    return _peer(
        peer("dnsmasq", place.cache),
        "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--group=root",
        "--interface=lo", "--bind-interfaces", "--enable-tftp", f"--tftp-root={place.files}",
        "--tftp-max=20000", f"--log-facility={place.folder / 'log'}", f"--pid-file={place.folder / 'pid'}",
    )  # fmt: skip


def _dnsmasq_single_port(place: Place) -> Start:
    # If it binds to an interface, 2.90 answers from an address that does not exist.
    start = _dnsmasq(place)
    command = [word for word in start.command if word != "--bind-interfaces"]
    return Start([*command, "--tftp-single-port"], start.environment)


def _tftpd_hpa(place: Place) -> Start:
    return _peer(
        peer("in.tftpd", place.cache),
        "--foreground", "--address", f"{TFTP_SERVER}:69", "--user", "nobody", "--secure", place.files,
    )  # fmt: skip


def _atftpd(place: Place) -> Start:
    # By default it has 100 threads.
    return _peer(
        peer("atftpd", place.cache),
        "--daemon", "--no-fork", "--user", "root", "--group", "root", "--maxthread", "20000",
        "--bind-address", TFTP_SERVER, "--port", "69", "--logfile", place.folder / "log", place.files,
    )  # fmt: skip


# --- DHCP ---------------------------------------------------------------------------------------------


def _dnsmasq_dhcp(place: Place) -> Start:
    # By default it has 1,000 leases. Kea does not probe addresses, so probes are switched off in the other
    # servers too.
    return _peer(
        peer("dnsmasq", place.cache),
        "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--group=root",
        f"--interface={place.network.interface}", "--bind-interfaces", "--no-ping", "--dhcp-authoritative",
        f"--dhcp-range={FIRST_LEASE},{LAST_LEASE},86400", "--dhcp-lease-max=200000",
        f"--dhcp-option=150,{DHCP_SERVER}", f"--dhcp-option=66,{DHCP_SERVER}",
        f"--dhcp-leasefile={place.folder / 'leases'}", f"--log-facility={place.folder / 'log'}",
        f"--pid-file={place.folder / 'pid'}",
    )  # fmt: skip


def _kea(place: Place) -> Start:
    """Return the start of Kea, whose lease file is written through to the disk, as the other servers' are.

    Kea itself never syncs its lease file.
    """
    leases = place.folder / "leases"
    leases.mkdir(exist_ok=True)
    subprocess.run(["chattr", "+S", str(leases)], check=True)
    return _kea_logging(place, "INFO")


def _forgetful_kea(place: Place) -> Start:
    return _kea_logging(place, "INFO")


def _quiet_kea(place: Place) -> Start:
    return _kea_logging(place, "WARN")


def _kea_logging(place: Place, severity: str) -> Start:
    output = {"output": str(place.folder / "log")}
    leases = place.folder / "leases"
    leases.mkdir(exist_ok=True)
    settings = {
        "Dhcp4": {
            "interfaces-config": {"interfaces": [place.network.interface], "dhcp-socket-type": "udp"},
            "lease-database": {"type": "memfile", "persist": True, "name": str(leases / "kea.csv")},
            "valid-lifetime": 86_400,
            "option-def": [{"name": "tftp-addresses", "code": 150, "type": "ipv4-address", "array": True}],
            "option-data": [
                {"name": "tftp-addresses", "data": DHCP_SERVER},
                {"name": "tftp-server-name", "data": DHCP_SERVER},
            ],
            "subnet4": [{"subnet": DHCP_NETWORK, "pools": [{"pool": f"{FIRST_LEASE} - {LAST_LEASE}"}]}],
            "loggers": [{"name": "kea-dhcp4", "severity": severity, "output_options": [output]}],
        }
    }
    (place.folder / "kea.json").write_text(json.dumps(settings))
    start = _peer(peer("kea-dhcp4", place.cache), "-c", place.folder / "kea.json")
    own = {name: str(place.folder) for name in ("KEA_PIDFILE_DIR", "KEA_LOCKFILE_DIR")}
    return Start(start.command, {**start.environment, **own})


def _dhcpd(place: Place) -> Start:
    network = IPv4Network(DHCP_NETWORK)
    (place.folder / "dhcpd.conf").write_text(
        "authoritative; ping-check off; default-lease-time 86400; max-lease-time 86400;\n"
        "option tftp-addresses code 150 = array of ip-address;\n"
        f'option tftp-addresses {DHCP_SERVER}; option tftp-server-name "{DHCP_SERVER}";\n'
        f"subnet {network.network_address} netmask {network.netmask} "
        f"{{ range {FIRST_LEASE} {LAST_LEASE}; }}\n"
    )
    (place.folder / "leases").touch()
    return _peer(
        peer("dhcpd", place.cache),
        "-4", "-f", "-q", "-user", "root", "-group", "root", "-cf", place.folder / "dhcpd.conf",
        "-lf", place.folder / "leases", "-pf", place.folder / "pid", place.network.interface,
    )  # fmt: skip


# --- ringup -------------------------------------------------------------------------------------------


@cache
def serve_help() -> str:
    """Return the help text of this version of `ringup serve`."""
    shown = subprocess.run(
        [sys.executable, "-m", "ringup", "serve", "--help"], capture_output=True, text=True, check=True
    )
    return shown.stdout


def _ringup(place: Place, *options: str) -> Start:
    (place.folder / "firmware").mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "ringup", "serve", f"--interface={place.network.interface}", "--no-pbx",
        f"--database={place.database}", f"--firmware={place.folder / 'firmware'}", f"--files={place.images}",
    ]  # fmt: skip
    if "--metrics" in serve_help():
        command.append("--metrics=127.0.0.1:9120")
    return Start([*command, *options])


def _ringup_tftp(place: Place) -> Start:
    return _ringup(place, "--no-dhcp", "--owners", "open")


def _ringup_dhcp(place: Place) -> Start:
    options = ["--no-tftp", "--allow-other-dhcp"]
    options += ["--no-probe"] if "--no-probe" in serve_help() else []
    return _ringup(place, *options)


def _ringup_dhcp_probing(place: Place) -> Start:
    return _ringup(place, "--no-tftp", "--allow-other-dhcp", "--probe")


def _ringup_dhcp_without_events(place: Place) -> Start:
    start = _ringup_dhcp(place)
    return Start([*start.command, "--no-events"])


def _without_events(place: Place) -> Start:
    start = _ringup_tftp(place)
    return Start([*start.command, "--no-events"])


TFTP_SERVERS = (
    Server("dnsmasq", _dnsmasq, False, "dnsmasq"),
    Server("dnsmasq-sp", _dnsmasq_single_port, False, "dnsmasq"),
    Server("tftpd-hpa", _tftpd_hpa, False, "in.tftpd"),
    Server("atftpd", _atftpd, False, "atftpd"),
    Server("ringup", _ringup_tftp, False),
    Server("ringup-bare", _without_events, False),
    Server("ringup-viewed", _ringup_tftp, False, viewed=True),
)
DHCP_SERVERS = (
    Server("dnsmasq", _dnsmasq_dhcp, True, "dnsmasq"),
    Server("kea", _kea, True, "kea-dhcp4"),
    Server("kea-forgetful", _forgetful_kea, True, "kea-dhcp4"),
    Server("kea-quiet", _quiet_kea, True, "kea-dhcp4"),
    Server("dhcpd", _dhcpd, True, "dhcpd"),
    Server("ringup", _ringup_dhcp, True),
    Server("ringup-probe", _ringup_dhcp_probing, True),
    Server("ringup-bare", _ringup_dhcp_without_events, True),
    Server("ringup-viewed", _ringup_dhcp, True, viewed=True),
)
"""The DHCP servers.

`ringup-bare` has no events and no journeys; the difference from `ringup` is their cost. `ringup-probe` probes
an address before it offers it, which Kea does not do. `kea` logs each lease, as in Debian's configuration and
as the other servers do, and its leases are durable. `kea-forgetful` is as Debian configures it, without any
sync. `kea-quiet` logs only warnings. `ringup-viewed` has 200 viewers of its web page.
"""

_OPTIONS_NEEDED = {"ringup-bare": "--no-events", "ringup-probe": "--no-probe", "ringup-viewed": "--no-web"}


def can_start(server: Server) -> bool:
    """Return whether this version of ringup has the option that the row is about."""
    return _OPTIONS_NEEDED.get(server.name, "") in serve_help()
