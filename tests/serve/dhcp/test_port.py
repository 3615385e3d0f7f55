"""The sockets of an interface: received datagrams are passed on, and every reply is sent by its route."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival, Delivery, Route
from ringup.serve.dhcp.port import DhcpPort
from ringup.serve.sockets import open_frame_listener, open_udp
from ringup.wire.ethernet import UdpFrame, parse_udp_frame

MAC = "0C0000000001"
HOME = "127.0.0.1"

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[DhcpPort]:
    """A port of the test's own, because 67 may be in use."""
    monkeypatch.setattr("ringup.serve.dhcp.port.open_udp", lambda name, _port: open_udp(name, 0))
    with closing(DhcpPort("lo")) as opened:
        yield opened


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        opened.bind((HOME, 0))
        opened.settimeout(5)
        yield opened


def reply(data: bytes, to: socket.socket, number: int | None = None) -> DhcpReply:
    route = Route(Delivery.RELAY, HOME, to.getsockname()[1] if number is None else number)
    return DhcpReply(data, route, "lo", HOME, MAC)


def test_what_came_is_told_with_the_address_that_it_came_to(port: DhcpPort, client: socket.socket) -> None:
    number = port._udp.getsockname()[1]
    for data, address in ((b"one", "127.0.0.1"), (b"two", "127.4.5.6"), (b"three", "127.0.0.1")):
        client.sendto(data, (address, number))
    home = Arrival("lo", (HOME,), unicast=True, source="127.0.0.1")
    assert port.receive() == [
        (b"one", home),
        (b"two", Arrival("lo", ("127.4.5.6", HOME), unicast=True, source="127.0.0.1")),
        (b"three", home),
    ]
    assert port.receive() == []


@pytest.mark.parametrize("count", [1, 3, 100])
def test_few_replies_and_many_leave_in_order(port: DhcpPort, client: socket.socket, count: int) -> None:
    said = [bytes((number,)) * (300 + number) for number in range(count)]
    assert port.send([reply(data, client) for data in said]) == []
    assert [client.recv(2000) for _ in said] == said


def test_replies_longer_than_a_frame_leave_too(port: DhcpPort, client: socket.socket) -> None:
    said = [b"1", b"2" * 4000, b"3", b"4"]
    assert port.send([reply(data, client) for data in said]) == []
    assert sorted(client.recv(5000) for _ in said) == said


@pytest.mark.parametrize("count", [1, 5])
def test_which_replies_could_not_leave_is_told(port: DhcpPort, client: socket.socket, count: int) -> None:
    lost = reply(b"lost", client, number=0)
    sent = [reply(b"sent", client) for _ in range(count - 1)]
    ((failed, error),) = port.send([*sent[:2], lost, *sent[2:]])
    assert failed is lost
    assert error.errno == errno.EINVAL
    assert [client.recv(10) for _ in sent] == [b"sent"] * len(sent)


@pytest.mark.parametrize("count", [1, 70])
def test_frames_for_clients_without_an_address_leave_whole(port: DhcpPort, count: int) -> None:
    route = Route(Delivery.HARDWARE, "127.9.9.9", 68, MAC)
    said = [bytes((number,)) * 300 for number in range(count)]
    with closing(open_frame_listener("lo")) as listener:
        assert port.send([DhcpReply(data, route, "lo", HOME, MAC) for data in said]) == []
        listener.settimeout(5)
        heard: dict[bytes, UdpFrame] = {}
        while len(heard) < count:
            frame = parse_udp_frame(listener.recv(2048))
            if frame and frame.destination == "127.9.9.9":
                heard[frame.payload] = frame
    assert list(heard) == said
    assert set(heard.values()) == {UdpFrame("0" * 12, MAC, HOME, "127.9.9.9", 67, 68, data) for data in said}
