"""The DHCP server on a real network when its interface goes away and when its disk is full."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.namespaces import INTERFACE, PrivateNetwork, private_network, read_until
from tests.peers.test_dhcp_clients import HOOK, SECONDS, Lan, start_server, udhcpc

pytestmark = pytest.mark.peers


@pytest.fixture
def net(tmp_path: Path) -> Iterator[PrivateNetwork]:
    hook = tmp_path / "hook"
    hook.write_text(HOOK)
    hook.chmod(0o755)
    with private_network({"server": "10.77.0.1/24", "client": ""}) as network:
        yield network


def ip(net: PrivateNetwork, member: str, command: str) -> None:
    net.run(member, ["ip", *command.split()])


def test_an_interface_that_is_taken_away_and_made_again_is_served_again(
    net: PrivateNetwork, tmp_path: Path
) -> None:
    lan = Lan(net, tmp_path, start_server(net, tmp_path))
    ip(net, "server", f"link delete {INTERFACE}")
    lost = read_until(lan.server, "InterfaceLost", seconds=SECONDS)
    ip(net, "client", f"link delete {INTERFACE}")
    pair = f"{INTERFACE} type veth peer name {INTERFACE} netns {net.holders['client'].pid}"
    ip(net, "server", f"link add {pair}")
    ip(net, "server", f"link set {INTERFACE} up")
    ip(net, "client", f"link set {INTERFACE} up")
    ip(net, "server", f"address add 10.77.0.1/24 dev {INTERFACE}")
    back = read_until(lan.server, "InterfaceBack", seconds=SECONDS)
    read_until(lan.start(*udhcpc(tmp_path)), "hook done: bound", seconds=SECONDS)
    read_until(lan.server, "AddressLeased", seconds=SECONDS)
    assert "ServerFault" not in lost + back


def test_an_interface_that_is_switched_off_and_on_is_served_again(
    net: PrivateNetwork, tmp_path: Path
) -> None:
    lan = Lan(net, tmp_path, start_server(net, tmp_path))
    ip(net, "server", f"link set {INTERFACE} down")
    read_until(lan.server, "InterfaceLost", seconds=SECONDS)
    ip(net, "server", f"link set {INTERFACE} up")
    read_until(lan.server, "InterfaceBack", seconds=SECONDS)
    read_until(lan.start(*udhcpc(tmp_path)), "hook done: bound", seconds=SECONDS)


def test_a_full_disk_sends_no_ack_is_told_once_and_phones_are_served_when_there_is_room(
    net: PrivateNetwork, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    net.run("server", ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(disk)])
    server = net.popen(
        "server", [sys.executable, "-m", "tests.peers.dhcp_server", INTERFACE, str(disk / "ringup.sqlite")]
    )
    read_until(server, "ready", seconds=SECONDS)
    net.run("server", ["sh", "-c", f"cat /dev/zero > {disk}/filler"], check=False)

    client = Lan(net, tmp_path, server).start(*udhcpc(tmp_path, "-t", "30", "-T", "1", "-A", "1"))
    told = read_until(server, "the leases could not be saved", seconds=SECONDS)
    said = "".join(read_until(client, "broadcasting select", seconds=SECONDS) for _ in range(3))
    assert "bound" not in said

    net.run("server", ["rm", f"{disk}/filler"])
    read_until(client, "hook done: bound", seconds=SECONDS)
    told += read_until(server, "AddressLeased", seconds=SECONDS)
    assert told.count("ServerFault") == 1
