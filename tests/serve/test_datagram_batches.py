"""recvmmsg and sendmmsg through ctypes, over loopback."""

import errno
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ringup.serve.datagram_batches import BATCH, ReceiveBatch, SendBatch
from ringup.serve.sockets import IP_PKTINFO
from ringup.serve.tftp.traffic import BatchedPort


def bound(address: str = "127.0.0.1") -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    opened.setblocking(False)
    opened.bind((address, 0))
    return opened


@pytest.fixture
def ours() -> Iterator[socket.socket]:
    with closing(bound()) as opened:
        yield opened


@pytest.fixture
def theirs() -> Iterator[socket.socket]:
    with closing(bound("127.0.0.9")) as opened:
        yield opened


def test_a_batch_arrives_in_order_and_tells_who_sent_it(ours: socket.socket, theirs: socket.socket) -> None:
    sent = [bytes([number]) * number for number in range(1, 101)]
    for data in sent:
        theirs.sendto(data, ours.getsockname())
    batch = ReceiveBatch()
    received = batch.receive(ours.fileno())
    assert len(received) == BATCH
    received += batch.receive(ours.fileno())
    assert received == [(data, theirs.getsockname(), b"") for data in sent]
    assert batch.receive(ours.fileno()) == []


def test_every_packet_of_several_batches_leaves_in_order(ours: socket.socket, theirs: socket.socket) -> None:
    packets = [bytes([number]) * (number + 1) for number in range(150)]
    assert SendBatch().send(ours.fileno(), [(packet, theirs.getsockname(), b"") for packet in packets]) == {}
    assert [theirs.recvfrom(2000) for _ in packets] == [(packet, ours.getsockname()) for packet in packets]


def test_a_packet_leaves_from_the_address_asked() -> None:
    with closing(bound("0.0.0.0")) as everywhere, closing(bound()) as theirs:
        everywhere.setsockopt(socket.IPPROTO_IP, IP_PKTINFO, 1)
        theirs.sendto(b"hello", ("127.4.5.6", everywhere.getsockname()[1]))
        ((data, peer, asked),) = ReceiveBatch().receive(everywhere.fileno())
        assert (data, asked) == (b"hello", socket.inet_aton("127.4.5.6"))
        sending = SendBatch()
        assert sending.send(everywhere.fileno(), [(b"hi", peer, asked), (b"ho", peer, b"")]) == {}
        assert theirs.recvfrom(10) == (b"hi", ("127.4.5.6", everywhere.getsockname()[1]))
        assert theirs.recvfrom(10)[1][0] == "127.0.0.1"


def test_what_cannot_leave_does_not_keep_the_others_back(ours: socket.socket, theirs: socket.socket) -> None:
    there = theirs.getsockname()
    failures = SendBatch().send(
        ours.fileno(), [(b"1", there, b""), (b"2", ("127.0.0.1", 0), b""), (b"3", there, b"")]
    )
    assert [(place, error.errno) for place, error in failures.items()] == [(1, errno.EINVAL)]
    assert [theirs.recv(10) for _ in range(2)] == [b"1", b"3"]


def test_a_port_takes_few_datagrams_singly_and_many_in_batches(
    ours: socket.socket, theirs: socket.socket
) -> None:
    port = BatchedPort(ours, ReceiveBatch(), SendBatch())
    for number in range(100):
        theirs.sendto(bytes([number]), ours.getsockname())
    received = []
    while datagrams := port.receive():
        received += [data[0] for data, _, _ in datagrams]
    assert received == list(range(100))


def test_a_packet_too_long_for_a_batch_leaves_by_itself(ours: socket.socket, theirs: socket.socket) -> None:
    port = BatchedPort(ours, ReceiveBatch(), SendBatch())
    there = theirs.getsockname()
    packets = [b"1", b"2" * 9000, b"3", b"4"]
    assert port.send([(packet, there, b"") for packet in packets]) == []
    assert sorted(theirs.recv(10_000) for _ in packets) == sorted(packets)
