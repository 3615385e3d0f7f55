"""Sockets on the loopback interface; tests that need a cable are in tests/peers."""

import errno
import os
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ringup.errors import BindError
from ringup.serve import sockets
from ringup.serve.dhcp.ping import Pinger
from ringup.serve.dhcp.port import DhcpPort
from ringup.serve.sockets import (
    PKTINFO_ROOM,
    InterfaceState,
    destination_of,
    from_address,
    interface_named,
    open_frame_listener,
    open_ping,
    open_udp,
    own_addresses,
    receive_frame,
    state_of,
)
from ringup.serve.tftp.traffic import PlainPort
from ringup.wire.ethernet import UdpFrame, build_udp_frame, parse_udp_frame
from ringup.wire.icmp import build_echo_request


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with closing(open_udp("lo", 0)) as opened:
        yield opened


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        opened.settimeout(5)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        opened.bind(("127.0.0.1", 0))
        yield opened


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def port_of(opened: socket.socket) -> int:
    return int(opened.getsockname()[1])


def test_the_loopback_interface_is_known_with_its_address() -> None:
    interface = interface_named("lo")
    assert (interface.name, interface.mac, interface.addresses[0]) == ("lo", "0" * 12, "127.0.0.1")
    assert "127.0.0.1" in own_addresses()


def test_an_interface_that_is_not_there_is_a_bind_error_with_a_cure() -> None:
    with pytest.raises(BindError, match=r"interface eth99: there is no such interface\. `ip link`"):
        interface_named("eth99")
    with pytest.raises(BindError, match=r"UDP port 0 on eth99.*`ip link`"):
        open_udp("eth99", 0)


def test_the_kernel_tells_whether_an_interface_is_there() -> None:
    assert state_of("lo") == InterfaceState(socket.if_nametoindex("lo"))
    assert state_of("eth99") == InterfaceState(0, "the interface no longer exists")


@pytest.mark.parametrize(
    ("flags", "trouble"),
    [(0x43, ""), (0x42, "it was switched off"), (0x03, "its cable or its switch is off")],
)
def test_an_interface_that_is_there_may_reach_nobody(
    flags: int, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = b"lo".ljust(16, b"\0") + flags.to_bytes(2, sys.byteorder) + bytes(14)
    monkeypatch.setattr("fcntl.ioctl", lambda *_: answer)
    assert state_of("lo").trouble == trouble


@pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")
def test_an_address_that_is_in_use_answers_our_ping_and_only_ours() -> None:
    with closing(Pinger()) as ours, closing(open_ping()) as anothers:
        anothers.sendto(build_echo_request(1), ("127.0.0.9", 0))
        ours.probe("127.0.0.8")
        heard: list[str] = []
        while not heard:
            assert select.select([ours], [], [], 5)[0]
            heard += ours.answers(10)
    assert heard == ["127.0.0.8"]


def test_a_port_in_use_is_a_bind_error_that_says_how_to_find_the_other(server: socket.socket) -> None:
    with pytest.raises(BindError, match=f"UDP port {port_of(server)} on lo: .*ss -lunp"):
        open_udp("lo", port_of(server))


def test_a_failed_opening_leaves_no_socket_open(server: socket.socket) -> None:
    before = open_files()
    with pytest.raises(BindError):
        open_udp("lo", port_of(server))
    assert open_files() == before


@pytest.mark.parametrize(
    ("asked", "told"), [("127.0.0.1", "127.0.0.1"), ("127.3.4.5", "127.3.4.5"), ("127.255.255.255", "")]
)
def test_a_datagram_tells_which_of_our_addresses_was_asked(
    server: socket.socket, client: socket.socket, asked: str, told: str
) -> None:
    client.sendto(b"hello", (asked, port_of(server)))
    select.select([server], [], [], 5)
    data, ancillary, _, peer = server.recvmsg(100, PKTINFO_ROOM)
    assert (data, peer, destination_of(ancillary)) == (b"hello", client.getsockname(), told)


def test_no_more_than_asked_for_is_taken_and_nothing_waits_when_nothing_came(
    server: socket.socket, client: socket.socket
) -> None:
    port = PlainPort(server)
    assert port.receive(10) == []
    for number in range(3):
        client.sendto(bytes((number,)), ("127.0.0.1", port_of(server)))
    taken = [[data for data, _, _ in port.receive(2)] for _ in range(2)]
    assert taken == [[b"\0", b"\1"], [b"\2"]]


@pytest.mark.parametrize("source", ["127.0.0.1", "127.8.9.10"])
def test_a_reply_leaves_from_the_address_it_is_told_to(
    server: socket.socket, client: socket.socket, source: str
) -> None:
    server.sendmsg([b"reply"], from_address(source), 0, client.getsockname())
    assert client.recvfrom(100) == (b"reply", (source, port_of(server)))


def test_a_source_that_is_not_ours_cannot_be_sent_from(server: socket.socket, client: socket.socket) -> None:
    with pytest.raises(OSError, match=r"\[Errno"):
        server.sendmsg([b"reply"], from_address("192.0.2.1"), 0, client.getsockname())


def test_the_receive_buffer_is_as_wide_as_the_system_lets_us(
    server: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced = server.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    monkeypatch.setattr(sockets, "_SO_RCVBUFFORCE", socket.SO_RCVBUF)
    with closing(open_udp("lo", 0)) as plain:
        assert 0 < plain.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) <= forced


def test_a_system_that_does_not_force_buffers_is_asked_politely() -> None:
    asked: list[tuple[int, int, int]] = []

    class Strict:
        def setsockopt(self, level: int, name: int, value: int) -> None:
            if name == sockets._SO_RCVBUFFORCE:
                raise PermissionError(errno.EPERM, "Operation not permitted")
            asked.append((level, name, value))

    sockets.widen_receive_buffer(Strict())  # type: ignore[arg-type]
    assert asked == [(socket.SOL_SOCKET, socket.SO_RCVBUF, sockets.RECEIVE_BUFFER)]


@pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")
def test_a_frame_that_is_sent_is_heard_whole() -> None:
    sent = UdpFrame("0" * 12, "0" * 12, "127.0.0.1", "127.0.0.1", 67, 68, b"a frame of ours")
    with closing(open_frame_listener("lo")) as listener, closing(sockets.open_arp("lo")) as sender:
        sender.send(build_udp_frame(sent))
        heard: list[UdpFrame | None] = []
        while sent not in heard:
            assert select.select([listener], [], [], 5)[0], heard
            data, summed = receive_frame(listener)
            heard.append(parse_udp_frame(data, check_udp=summed))
        with pytest.raises(BlockingIOError):
            sender.recv(100)


def test_a_port_whose_raw_socket_fails_gives_its_udp_socket_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> socket.socket:
        raise BindError(f"a raw socket on {name}", "Operation not permitted.", "")

    monkeypatch.setattr("ringup.serve.dhcp.port.open_udp", lambda name, _port: open_udp(name, 0))
    monkeypatch.setattr("ringup.serve.dhcp.port.open_arp", refuse)
    before = open_files()
    with pytest.raises(BindError, match="a raw socket on lo"):
        DhcpPort("lo")
    assert open_files() == before
