"""Make network namespaces for servers and clients; the machine's own network does not change."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

TFTP_SERVER = "10.70.0.1"
"""An address outside of 127/8, because tftpd-hpa does not start if the machine has no other address."""
FIRST_PHONE = "10.64.0.1"
PHONES_NETWORK = "10.64.0.0/15"
"""The network of the phones; one local route for all of it makes every phone's address local."""

DHCP_SERVER = "10.64.0.1"
RELAY = "10.64.0.2"
"""The address of the client, which is a relay agent in the served network.

The servers therefore send their replies to it by unicast, for phones with any MAC.
"""
DHCP_NETWORK = "10.64.0.0/14"
SERVER_INTERFACE = "phones0"
PHONES_INTERFACE = "relay0"


@dataclass(frozen=True, slots=True)
class Network:
    """The namespaces of the server and of the client; for TFTP, both run in the same namespace."""

    server_pid: int
    client_pid: int
    interface: str

    def in_server(self, command: Sequence[str]) -> list[str]:
        """Return the command line that runs this in the server's namespace."""
        return _entering(self.server_pid, command)

    def in_client(self, command: Sequence[str]) -> list[str]:
        """Return the command line that runs this in the client's namespace."""
        return _entering(self.client_pid, command)

    def dropped(self) -> int:
        """Return the number of UDP datagrams that were dropped because a receive buffer was full, on both
        sides.
        """
        return sum(_dropped(pid) for pid in {self.server_pid, self.client_pid})


@contextmanager
def loopback() -> Iterator[Network]:
    """Make one namespace whose loopback interface has the address of the server and of every phone."""
    with _namespace() as pid:
        _inside(pid, f"ip address add {TFTP_SERVER}/32 dev lo")
        _inside(pid, f"ip route add local {PHONES_NETWORK} dev lo")
        yield Network(pid, pid, "lo")


@contextmanager
def cable() -> Iterator[Network]:
    """Make two namespaces that a veth pair connects."""
    with ExitStack() as stack:
        server = stack.enter_context(_namespace())
        client = stack.enter_context(_namespace())
        _inside(
            server, f"ip link add {SERVER_INTERFACE} type veth peer name {PHONES_INTERFACE} netns {client}"
        )
        _inside(server, f"ip address add {DHCP_SERVER}/14 brd + dev {SERVER_INTERFACE}")
        _inside(server, f"ip link set {SERVER_INTERFACE} up")
        _inside(client, f"ip address add {RELAY}/14 brd + dev {PHONES_INTERFACE}")
        _inside(client, f"ip link set {PHONES_INTERFACE} up")
        yield Network(server, client, SERVER_INTERFACE)


@contextmanager
def _namespace() -> Iterator[int]:
    """Start a process that holds a namespace; it ends when its input ends, and therefore also if we are
    killed.
    """
    held = ["unshare", "--net", "sh", "-c", "ip link set lo up && echo ready && exec cat"]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        try:
            if holder.stdout is None or holder.stdout.readline() != b"ready\n":
                raise SystemExit("No network namespace can be made here; the storm needs root.")
            yield holder.pid
        finally:
            holder.kill()


def _entering(pid: int, command: Sequence[str]) -> list[str]:
    return ["nsenter", f"--target={pid}", "--net", "--", *command]


def _inside(pid: int, command: str) -> None:
    subprocess.run(_entering(pid, command.split()), check=True, timeout=10)


def _dropped(pid: int) -> int:
    lines = [line.split() for line in Path(f"/proc/{pid}/net/snmp").read_text().splitlines()]
    names, values = (line for line in lines if line[0] == "Udp:")
    return int(values[names.index("RcvbufErrors")])
