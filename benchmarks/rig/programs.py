"""Get the other servers from Debian, and compile our own clients; both are kept in the cache.

Strategy: packages are downloaded, with the libraries that they need, and unpacked beside the system. So no
service is started or left enabled, and packages that conflict can be used together. Programs of the system
itself are preferred.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = {
    "dnsmasq": "dnsmasq-base",
    "in.tftpd": "tftpd-hpa",
    "atftpd": "atftpd",
    "kea-dhcp4": "kea-dhcp4-server",
    "dhcpd": "isc-dhcp-server",
}
CLIENTS = {
    "storm_client": ("storm_client.c", "pace.c", "batch.c"),
    "dora_client": ("dora_client.c", "pace.c", "batch.c"),
    "floor": ("floor.c", "batch.c"),
}
_SOURCES = Path(__file__).parents[1] / "clients"
_SYSTEM = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
_QUIET = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}


@dataclass(frozen=True, slots=True)
class Program:
    """A server of another project."""

    path: str
    version: str
    environment: dict[str, str] = field(default_factory=dict)
    """Environment variables that tell it where its libraries are."""


def peer(name: str, cache: Path) -> Program:
    """Return the system's program of this name; if there is none, Debian's, unpacked in the cache."""
    package = PACKAGES[name]
    if path := shutil.which(name, path=_SYSTEM):
        return Program(path, _installed_version(package))
    folder = cache / package
    if not (folder / "complete").exists():
        _unpack(package, folder)
    path = shutil.which(name, path=f"{folder / 'usr/sbin'}:{folder / 'usr/bin'}")
    if path is None:
        raise SystemExit(f"Debian's package {package} has no {name} any more.")
    libraries = sorted({str(library.parent) for library in folder.rglob("*.so*")})
    version = (folder / "complete").read_text()
    return Program(path, version, {"LD_LIBRARY_PATH": ":".join(libraries)})


def client(name: str, cache: Path) -> str:
    """Return our own program in C; it is compiled if its source has changed."""
    cache.mkdir(parents=True, exist_ok=True)
    sources = [_SOURCES / source for source in CLIENTS[name]]
    built = cache / name
    newest = max(path.stat().st_mtime for path in _SOURCES.iterdir())
    if not built.exists() or built.stat().st_mtime < newest:
        partial = cache / f"{name}.{os.getpid()}"
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-o", partial, *sources], check=True, timeout=120)
        partial.replace(built)
    return str(built)


def _unpack(package: str, folder: Path) -> None:
    archives = folder / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    download = [
        "apt-get", "-q", "-y", "--no-install-recommends", "--download-only",
        "-o", f"Dir::Cache::archives={archives}", "-o", "APT::Sandbox::User=root", "install", package,
    ]  # fmt: skip
    if _run(download).returncode:
        _run(["apt-get", "-q", "update"])
        if (tried := _run(download)).returncode:
            raise SystemExit(f"{package} could not be downloaded:\n{tried.stdout}")
    for archive in archives.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive, folder], check=True, timeout=120)
    own = next(archives.glob(f"{package}_*.deb"))
    (folder / "complete").write_text(own.name.split("_")[1].replace("%3a", ":"))


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=_QUIET,
        timeout=300,
        check=False,
    )


def _installed_version(package: str) -> str:
    return _run(["dpkg-query", "-W", "-f", "${Version}", package]).stdout.strip()


def floor(cache: Path, batch: int) -> float:
    """Return the blocks per processor second of a loop that only receives ACKs and sends blocks, `batch` at a
    time.
    """
    program = client("floor", cache)
    ran = subprocess.run(
        ["taskset", "-c", "0", program, "1", str(batch)], stdout=subprocess.PIPE, check=True, timeout=30
    )
    return float(json.loads(ran.stdout)["blocks_per_cpu"])
