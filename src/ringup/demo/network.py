"""Make a switch and hosts from network namespaces; use it only inside `demo.isolation`."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from ringup.errors import OutsideError

SWITCH = "switch0"
INTERFACE = "eth0"
"""The name of each host's only interface, as seen inside the host."""


def run(command: Sequence[str]) -> str:
    """Run one command of iproute2 and return its output; raises OutsideError if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OutsideError(" ".join(command), done.stderr.strip(), "")
    return done.stdout


def inside(host: str, command: Sequence[str]) -> list[str]:
    """Return the command line that runs `command` in the network of `host`."""
    return ["nsenter", f"--net=/run/netns/{host}", "--", *command]


def make_switch() -> None:
    """Create the bridge that connects the hosts; it forwards at once, because it runs no spanning tree
    protocol.
    """
    run(["ip", "link", "set", "lo", "up"])
    run(["ip", "link", "add", SWITCH, "type", "bridge"])
    run(["ip", "link", "set", SWITCH, "up"])


def add_host(host: str, *, address: str = "", mac: str = "") -> None:
    """Connect a host to the switch; `address` has a prefix length, and `mac` is written with colons."""
    run(["ip", "netns", "add", host])
    peer = ["peer", "name", INTERFACE, "netns", host]
    run(["ip", "link", "add", host, "type", "veth", *peer, *(["address", mac] if mac else [])])
    run(["ip", "link", "set", host, "master", SWITCH, "up"])
    _silence_ipv6(host)
    run(inside(host, ["ip", "link", "set", "lo", "up"]))
    if address:
        run(inside(host, ["ip", "address", "add", address, "dev", INTERFACE]))
    run(inside(host, ["ip", "link", "set", INTERFACE, "up"]))


def _silence_ipv6(host: str) -> None:
    """Disable IPv6: these phones use only IPv4, and router solicitations would make a capture hard to
    read.
    """
    setting = "/proc/sys/net/ipv6/conf/all/disable_ipv6"
    if Path(setting).exists():
        run(inside(host, ["sh", "-c", f"echo 1 > {setting}"]))
