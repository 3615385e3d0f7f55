"""A private network of namespaces for tests: a bridge, and one `eth0` in each namespace; it ends with the
block.

The machine's own network does not change: every namespace exists as long as one process that holds it. It
works as root, and for other users if unprivileged user namespaces are allowed.
"""

import json
import os
import select
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

INTERFACE = "eth0"
"""The name of every host's interface."""

SWITCH = "the switch"
"""The host with the other ends of the cables: port0, port1 and so on, in the order of the hosts."""

NETWORK = "10.77.0.0/24"
"""The network from which hosts get addresses if the caller states none: 10.77.0.1, .2, … in order."""


@dataclass
class PrivateNetwork:
    """The hosts of one network; `run` and `popen` start programs on one of them."""

    holders: dict[str, "subprocess.Popen[bytes]"]
    addresses: dict[str, str]
    """The address of each host, without the prefix length; empty for a host that has none yet."""
    started: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    switch: int = 0
    """The process that holds the namespace of the switch."""

    def run(
        self, member: str, command: Sequence[str], *, timeout: float = 30, check: bool = True
    ) -> "subprocess.CompletedProcess[str]":
        """Run a program to its end, and return its output; standard error is part of the output."""
        result = subprocess.run(
            self.command(member, command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        if check and result.returncode:
            raise AssertionError(f"{member}: {' '.join(command)} said {result.returncode}: {result.stdout}")
        return result

    def popen(self, member: str, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        """Start a program that is stopped at the end of the block; read its output with `read_until`."""
        process = subprocess.Popen(
            self.command(member, command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.started.append(process)
        return process

    def command(self, member: str, command: Sequence[str]) -> list[str]:
        """Return the command line that runs `command` on a host, in the present folder."""
        holder = self.switch if member == SWITCH else self.holders[member].pid
        return [*_enter(holder), f"--wd={Path.cwd()}", "-m", "--", *command]

    def mac(self, member: str) -> str:
        """Return the MAC of a host's interface as twelve upper-case digits."""
        # /sys cannot be used, because it still shows the machine's own network.
        (shown,) = json.loads(self.run(member, ["ip", "-json", "link", "show", "dev", INTERFACE]).stdout)
        return str(shown["address"]).replace(":", "").upper()

    def wait_for_udp_port(
        self, member: str, port: int, *, of: "subprocess.Popen[bytes] | None" = None, seconds: float = 30
    ) -> None:
        """Wait until a program on the host listens on a UDP port; fail at once if the process `of` has
        ended.
        """
        table = Path(f"/proc/{self.holders[member].pid}/net/udp")
        until = time.monotonic() + seconds
        while f":{port:04X} " not in table.read_text():
            if of is not None and of.poll() is not None:
                said = of.stdout.read().decode(errors="replace") if of.stdout else ""
                raise AssertionError(f"{member}: {of.args!r} ended with {of.returncode}: {said}")
            if time.monotonic() > until:
                raise AssertionError(f"{member}: nobody listens on UDP port {port} after {seconds} s")
            select.select([], [], [], 0.02)


@contextmanager
def private_network(members: Sequence[str] | Mapping[str, str]) -> Iterator[PrivateNetwork]:
    """Make the network; a mapping gives each host its address (``10.0.0.1/24``, or empty for none)."""
    wanted = members if isinstance(members, Mapping) else _numbered(members)
    with ExitStack() as stack:
        switch = stack.enter_context(_held(["unshare", *_as_root_of_our_own(), "--net", "--mount"]))
        _inside(switch.pid, "ip link add name switch type bridge forward_delay 0")
        _inside(switch.pid, "ip link set switch up")
        holders = {
            name: stack.enter_context(_held([*_enter(switch.pid), "unshare", "--net", "--mount"]))
            for name in wanted
        }
        for number, (name, address) in enumerate(wanted.items()):
            _plug_in(switch.pid, f"port{number}", holders[name].pid, address)
        addresses = {name: text.partition("/")[0] for name, text in wanted.items()}
        network = PrivateNetwork(holders, addresses, switch=switch.pid)
        stack.callback(_stop_everything, network)
        yield network


def read_until(process: "subprocess.Popen[bytes]", text: str, *, seconds: float = 10) -> str:
    """Return what a program printed until `text` appeared; fail with its output if the text does not
    appear.
    """
    assert process.stdout is not None
    seen = b""
    until = time.monotonic() + seconds
    while text.encode() not in seen:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        more = os.read(process.stdout.fileno(), 65536) if ready else b""
        if not more:
            why = "ended" if ready else f"was silent for {seconds} s"
            raise AssertionError(f"{process.args!r} {why} without saying {text!r}: {seen.decode()}")
        seen += more
    return seen.decode()


def _numbered(members: Sequence[str]) -> dict[str, str]:
    base, _, length = NETWORK.partition("/")
    return {
        name: f"{base.rpartition('.')[0]}.{number}/{length}" for number, name in enumerate(members, start=1)
    }


def _as_root_of_our_own() -> list[str]:
    return [] if os.geteuid() == 0 else ["--user", "--map-root-user"]


def _enter(pid: int) -> list[str]:
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    return ["nsenter", f"--target={pid}", "--net", *user]


@contextmanager
def _held(command: Sequence[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a process that holds its namespaces; it ends when its input ends, and therefore also if we are
    killed.
    """
    with subprocess.Popen(
        [*command, "sh", "-c", "ip link set lo up && echo ready && exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as holder:
        try:
            read_until(holder, "ready")
            yield holder
        finally:
            holder.kill()


def _inside(pid: int, command: str) -> None:
    subprocess.run([*_enter(pid), *command.split()], check=True, timeout=10)


def _plug_in(switch: int, port: str, member: int, address: str) -> None:
    _inside(switch, f"ip link add {port} type veth peer name {INTERFACE} netns {member}")
    _inside(switch, f"ip link set {port} master switch up")
    if address:
        _inside(member, f"ip address add {address} brd + dev {INTERFACE}")
    _inside(member, f"ip link set {INTERFACE} up")


def _stop_everything(network: PrivateNetwork) -> None:
    """End the started programs, and what they left behind, such as a client that became a daemon."""
    for process in network.started:
        process.kill()
    for holder in network.holders.values():
        for pid in _others_in_the_namespace_of(holder.pid):
            os.kill(pid, 9)
    for process in network.started:
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _others_in_the_namespace_of(holder: int) -> Iterator[int]:
    ours = Path(f"/proc/{holder}/ns/net").readlink()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != holder:
            try:
                if (entry / "ns" / "net").readlink() == ours:
                    yield int(entry.name)
            except OSError:  # the process has ended meanwhile, or belongs to another user
                continue
