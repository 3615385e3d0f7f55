"""Messages in frames with another hardware address: frames with forged sources on the loopback interface."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ringup.engine.dhcp.route import FRAGMENTS
from ringup.serve.dhcp import frame_sources
from ringup.serve.dhcp.frame_sources import FrameSources
from ringup.serve.dhcp.port import DhcpPort
from ringup.serve.sockets import open_arp, open_udp
from ringup.wire.dhcp import Message, build
from ringup.wire.ethernet import UdpFrame, build_udp_frame, checksum
from ringup.wire.mac import to_bytes

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")

HOST, CLIENT = "0C0000000066", "001646C0FFEE"
HOME = "127.0.0.1"


@pytest.fixture
def sources() -> Iterator[FrameSources]:
    with closing(FrameSources("lo")) as opened:
        yield opened


@pytest.fixture
def wire() -> Iterator[socket.socket]:
    with closing(open_arp("lo")) as opened:
        yield opened


def message(xid: int = 1, mac: str = CLIENT, relay: str = "0.0.0.0") -> bytes:
    return build(Message(op=1, xid=xid, hardware_address=to_bytes(mac), relay_address=relay))


def frame(payload: bytes, source: str = HOST, port: int = 67) -> bytes:
    """Return a client's broadcast."""
    return build_udp_frame(UdpFrame(source, "FFFFFFFFFFFF", "0.0.0.0", "255.255.255.255", 68, port, payload))


def with_ip_header(sent: bytes, header: bytes, payload: bytes) -> bytes:
    """Return the frame with another IP header, whose length and checksum are corrected."""
    right = (
        header[:2] + (len(header) + len(payload)).to_bytes(2, "big") + header[4:10] + bytes(2) + header[12:]
    )
    return sent[:14] + right[:10] + checksum(right).to_bytes(2, "big") + right[12:] + payload


def in_fragments(sent: bytes, at: int = 200) -> list[bytes]:
    """Return the two fragments of a datagram."""
    header, datagram = sent[14:34], sent[34:]
    first = header[:6] + (0x2000).to_bytes(2, "big") + header[8:]
    second = header[:6] + (at // 8).to_bytes(2, "big") + header[8:]
    return [with_ip_header(sent, first, datagram[:at]), with_ip_header(sent, second, datagram[at:])]


def with_ip_options(sent: bytes, words: int = 10) -> bytes:
    header = bytes((0x45 + words,)) + sent[15:34] + bytes((1,)) * (4 * words)
    return with_ip_header(sent, header, sent[34:])


def test_a_message_for_another_hardware_address_is_known_by_its_frame(
    sources: FrameSources, wire: socket.socket
) -> None:
    wire.send(frame(message(1)))
    wire.send(with_ip_options(frame(message(2), source="0C0000000077")))
    wire.send(frame(message(3, mac="001646C0FF00"), source="001646C0FFEE"))
    assert sources.look()
    assert sources.source_of(message(1)) == HOST
    assert sources.source_of(message(1)) == "", "each frame has one datagram"
    assert sources.source_of(message(2)) == "0C0000000077"
    assert sources.source_of(message(3, mac="001646C0FF00")) == CLIENT, "the last two bytes differ"
    assert not sources.look()


def test_equal_messages_are_counted(sources: FrameSources, wire: socket.socket) -> None:
    for _ in range(3):
        wire.send(frame(message()))
    sources.look()
    assert [sources.source_of(message()) for _ in range(4)] == [HOST] * 3 + [""]


@pytest.mark.parametrize(
    "sent",
    [
        frame(message(), source=CLIENT),
        frame(message(relay="10.0.0.254")),
        frame(message(), port=68),
        frame(message())[:12] + b"\x86\xdd" + frame(message())[14:],
        frame(b"too short"),
        frame(message())[:74],
    ],
    ids=["its own", "a relay's", "another port", "another protocol", "short", "cut"],
)
def test_frames_of_others_are_dropped_in_the_kernel(
    sources: FrameSources, wire: socket.socket, sent: bytes
) -> None:
    wire.send(sent)
    wire.send(frame(message(9)))
    assert sources.look()
    assert sources.source_of(message()) == ""
    assert sources.source_of(message(9)) == HOST


def test_the_frames_that_wait_have_an_end(
    sources: FrameSources, wire: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_sources, "MOST_KEPT", 3)
    monkeypatch.setattr(frame_sources, "MOST_AT_ONCE", 4)
    for xid in range(5):
        wire.send(frame(message(xid)))
    sources.look()
    assert [sources.source_of(message(xid)) for xid in range(5)] == ["", HOST, HOST, HOST, ""]
    sources.look()
    assert sources.source_of(message(4)) == HOST


def test_a_kernel_without_filters_is_told_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOPROTOOPT, os.strerror(errno.ENOPROTOOPT))

    monkeypatch.setattr(frame_sources, "attach", refuse)
    with closing(FrameSources("lo")) as sources:
        assert not sources.look()
    assert "DHCP on lo: the kernel shows no Ethernet sources (a raw socket on lo: Protocol" in caplog.text


def test_a_port_tells_the_source_of_each_message(
    wire: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ringup.serve.dhcp.port.open_udp", lambda name, _port: open_udp(name, 0))
    with closing(DhcpPort("lo")) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        number = port._udp.getsockname()[1]
        wire.send(frame(message(1)))
        for xid in (1, 2):
            client.sendto(message(xid), (HOME, number))
        for part in in_fragments(frame(message(3), CLIENT, number)):
            wire.send(part)
        assert [arrival.frame_source for _, arrival in port.receive()] == [HOST, "", FRAGMENTS]
