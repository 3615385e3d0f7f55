"""How each server is started for a storm; with its defaults where they let it serve the storm at all."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from benchmarks.rig.network import TFTP_SERVER, Network
from benchmarks.rig.programs import Program, peer


@dataclass(frozen=True, slots=True)
class Place:
    """What a server finds."""

    network: Network
    folder: Path
    """Its own, new for each run."""
    files: Path
    """Every file of the fleet, for peers."""
    images: Path
    """The large files, for ringup."""
    database: Path
    """The fleet's database, for ringup; a copy of this run's own."""
    cache: Path
    phones: int


@dataclass(frozen=True, slots=True)
class Start:
    """A command line and what it needs around it."""

    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Server:
    """One row of the table."""

    name: str
    start: Callable[[Place], Start]
    dhcp: bool
    program: str = ""
    """The peer's program; empty for ringup."""

    @property
    def ours(self) -> bool:
        """Whether it is ringup."""
        return not self.program


def _peer(program: Program, *arguments: object) -> Start:
    return Start([program.path, *map(str, arguments)], program.environment)


# --- TFTP ---------------------------------------------------------------------------------------------


def _dnsmasq(place: Place) -> Start:
    # 50 transfers is its default. Without --user it would need a user of its own.
    return _peer(
        peer("dnsmasq", place.cache),
        "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--group=root",
        "--interface=lo", "--bind-interfaces", "--enable-tftp", f"--tftp-root={place.files}",
        "--tftp-max=20000", f"--log-facility={place.folder / 'log'}", f"--pid-file={place.folder / 'pid'}",
    )  # fmt: skip


def _dnsmasq_single_port(place: Place) -> Start:
    start = _dnsmasq(place)
    return Start([*start.command, "--tftp-single-port"], start.environment)


def _tftpd_hpa(place: Place) -> Start:
    return _peer(
        peer("in.tftpd", place.cache),
        "--foreground", "--address", f"{TFTP_SERVER}:69", "--user", "nobody", "--secure", place.files,
    )  # fmt: skip


def _atftpd(place: Place) -> Start:
    # 100 threads is its default.
    return _peer(
        peer("atftpd", place.cache),
        "--daemon", "--no-fork", "--user", "root", "--group", "root", "--maxthread", "20000",
        "--bind-address", TFTP_SERVER, "--port", "69", "--logfile", place.folder / "log", place.files,
    )  # fmt: skip


# --- ringup -------------------------------------------------------------------------------------------


@cache
def serve_help() -> str:
    """What this version of `ringup serve` can be told."""
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
    return _ringup(place, "--no-dhcp")


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
)
"""ringup-bare has events and journeys off: the difference is their price."""
