"""The private network itself: its hosts reach each other, and nothing of it remains."""

import os
import select

import pytest

from tests.peers.namespaces import private_network, read_until

pytestmark = pytest.mark.peers


def ended(process: int, *, seconds: float) -> bool:
    """Return whether the process of this descriptor ends within so many seconds."""
    return bool(select.select([process], [], [], seconds)[0])


def test_members_reach_each_other_by_the_addresses_given() -> None:
    with private_network(["server", "client"]) as net:
        answer = net.run("client", ["ping", "-c", "1", "-W", "5", net.addresses["server"]])
        assert "1 received" in answer.stdout


def test_a_member_may_start_without_an_address() -> None:
    with private_network({"server": "10.5.0.1/24", "client": ""}) as net:
        assert "inet " not in net.run("client", ["ip", "address", "show", "eth0"]).stdout
        assert net.addresses == {"server": "10.5.0.1", "client": ""}
        assert len(net.mac("client")) == 12
        assert net.mac("client") != net.mac("server")


def test_a_program_that_made_itself_a_daemon_is_gone_with_the_network() -> None:
    with private_network(["server"]) as net:
        shell = net.popen("server", ["sh", "-c", "sleep 1000 & echo pid $! started; wait"])
        pid = read_until(shell, "started").split()[1]
        left_behind = os.pidfd_open(int(pid))
        assert not ended(left_behind, seconds=0)
    # The kernel kills it after the namespace's first process has ended, but not at the same moment.
    assert ended(left_behind, seconds=10)
    os.close(left_behind)


def test_a_failing_program_is_a_failing_test() -> None:
    with private_network(["server"]) as net, pytest.raises(AssertionError, match="server: false said 1"):
        net.run("server", ["false"])
