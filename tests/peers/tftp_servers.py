"""TFTP servers on hosts of a private network, all serving a folder on port 69: ringup's and those of other
projects.
"""

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.peers.namespaces import PrivateNetwork

CACHE = Path(os.environ.get("RINGUP_CACHE", ".cache")) / "peers"
"""The folder into which `tools/peer-servers` unpacks programs that the system lacks."""

SECONDS = 20
"""Timeout in seconds for the start of a server."""


def ringup(folder: Path) -> list[str]:
    return [sys.executable, "-m", "tests.peers.tftp_server", "0.0.0.0", "69", str(folder)]


def tftpd_hpa(folder: Path) -> list[str]:
    options = ["--foreground", "--ipv4", "--address", "0.0.0.0:69", "--user", "root", "--secure"]
    return [*unpacked("in.tftpd"), *options, str(folder)]


def dnsmasq(folder: Path) -> list[str]:
    # --no-daemon also makes it keep its user, which it could not change in a user namespace.
    program = shutil.which("dnsmasq") or pytest.skip("dnsmasq is not installed")
    options = ["--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0", "--enable-tftp"]
    return [program, *options, "--tftp-max=1000", f"--tftp-root={folder}"]


def atftpd(folder: Path) -> list[str]:
    options = ["--daemon", "--no-fork", "--user", "root.root", "--logfile", "-", "--maxthread", "1000"]
    return [*unpacked("atftpd"), *options, "--pidfile", f"{folder}.pid", str(folder)]


Server = Callable[[Path], list[str]]
PEERS: list[Server] = [tftpd_hpa, dnsmasq, atftpd]
SERVERS: list[Server] = [ringup, *PEERS]


def start(net: PrivateNetwork, member: str, command: list[str], log: Path) -> int:
    """Start a server and return its process id when it listens; its output goes to a file, because a full
    pipe would stop it.
    """
    # ringup's server ends with its standard input, so it gets a pipe that stays open.
    script = 'log=$1; shift; mkfifo "$log.in"; exec "$@" 0<>"$log.in" >"$log" 2>&1'
    process = net.popen(member, ["sh", "-c", script, "sh", str(log), *command])
    net.wait_for_udp_port(member, 69, seconds=SECONDS)
    return process.pid


def unpacked(program: str) -> list[str]:
    path = CACHE / "usr" / "sbin" / program
    if not path.exists():
        pytest.skip(f"{program} is not unpacked: run tools/peer-servers")
    libraries = [str(folder) for folder in (CACHE / "usr" / "lib").glob("*-linux-gnu*")]
    return ["env", f"LD_LIBRARY_PATH={':'.join(libraries)}", str(path)]
