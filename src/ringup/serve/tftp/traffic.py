"""Receive and send TFTP datagrams; there are three implementations, and the quickest available one is used.

* `tftp_native.NativeTraffic`: C answers ACKs and cached requests; Python handles the rest;
* `PolledTraffic` over `BatchedPort`: Python handles everything, many datagrams per system call;
* `PolledTraffic` over `PlainPort`: one datagram per system call, which is the quickest for a few datagrams.
"""

import errno
import select
import socket
from collections.abc import Iterable, Sequence
from typing import Protocol

from ringup.engine.tftp.progress import Finished, HandedOver, Peer, PlainProgresses, Progresses
from ringup.engine.tftp.server import Reply
from ringup.serve.datagram_batches import (
    BATCH,
    LARGEST_DATAGRAM,
    LARGEST_PACKET,
    Datagram,
    Outgoing,
    ReceiveBatch,
    SendBatch,
)
from ringup.serve.sockets import IP_PKTINFO, PKTINFO

FEW = 4
"""Number of datagrams up to which single calls are quicker than a batch."""

_NO_ADDRESS = bytes(4)
_ROOM = socket.CMSG_SPACE(PKTINFO.size)

Received = tuple[bytes, Peer, int, bytes]
"""A datagram: its bytes, its sender, and the port and address of this server at which it arrived."""


class Traffic(Protocol):
    """Receives and sends the datagrams of all ports."""

    @property
    def progresses(self) -> Progresses:
        """Return the object that keeps the state of the engine's transfers."""

    @property
    def unsent(self) -> int:
        """Return the number of packets that could not be sent; their transfers send them again."""

    @property
    def ignored(self) -> int:
        """Return the number of datagrams that were counted but not processed."""

    @property
    def live(self) -> int:
        """Return the number of running transfers that the engine does not know yet."""

    def wait(self, seconds: float) -> Sequence[Received]:
        """Wait for datagrams and return them; empty after `seconds` or after a wake-up."""

    def finished(self) -> Sequence[Finished]:
        """Return the transfers whose last block was acknowledged during the last wait.

        There are none if the engine itself handles the ACKs.
        """

    def handed_over(self) -> Sequence[HandedOver]:
        """Return the transfers that the engine must take over before it handles the received datagrams."""

    def send(self, replies: Iterable[Reply]) -> Sequence[OSError]:
        """Send the replies; return an error for each that could not be sent, except because of full
        queues.
        """

    def rebound(self, main_address: bytes) -> None:
        """Continue after all reply ports but the last were bound to this address; their descriptors stay."""

    def close(self) -> None:
        """Free the resources; the sockets stay open."""


class TftpPort(Protocol):
    """Receives and sends the datagrams of one socket."""

    def receive(self) -> Sequence[Datagram]:
        """Return up to BATCH datagrams that have already arrived."""

    def send(self, outgoing: Sequence[Outgoing]) -> list[OSError]:
        """Send the packets; return an error for each packet that could not be sent."""


class PlainPort:
    """A port that uses Python's own socket calls, one per datagram."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def receive(self, most: int = BATCH) -> list[Datagram]:
        """Return up to `most` datagrams that have already arrived."""
        received: list[Datagram] = []
        try:
            while len(received) < most:
                data, ancillary, _, peer = self._socket.recvmsg(LARGEST_DATAGRAM, _ROOM)
                received.append((data, peer, _own_address(ancillary)))
        except OSError:  # no datagram is waiting; the event loop calls again when one arrives
            pass
        return received

    def send(self, outgoing: Sequence[Outgoing]) -> list[OSError]:
        """Send the packets; return an error for each packet that could not be sent."""
        failures: list[OSError] = []
        for packet, peer, own_address in outgoing:
            try:
                if own_address:
                    info = PKTINFO.pack(0, own_address, _NO_ADDRESS)
                    self._socket.sendmsg([packet], [(socket.IPPROTO_IP, IP_PKTINFO, info)], 0, peer)
                else:
                    self._socket.sendto(packet, peer)
            except OSError as error:
                failures.append(error)
        return failures


class BatchedPort:
    """A port that uses single calls while there are few datagrams, and batches when there are many."""

    def __init__(self, opened: socket.socket, receiving: ReceiveBatch, sending: SendBatch) -> None:
        self._plain = PlainPort(opened)
        self._descriptor = opened.fileno()
        self._receiving = receiving
        self._sending = sending
        self._many = False

    def receive(self) -> list[Datagram]:
        """Return up to BATCH datagrams that have already arrived."""
        received = [] if self._many else self._plain.receive(FEW)
        if self._many or len(received) == FEW:
            received += self._receiving.receive(self._descriptor)
        self._many = len(received) > FEW
        return received

    def send(self, outgoing: Sequence[Outgoing]) -> list[OSError]:
        """Send the packets; return an error for each packet that could not be sent."""
        if len(outgoing) < FEW:
            return self._plain.send(outgoing)
        short = [one for one in outgoing if len(one[0]) <= LARGEST_PACKET]
        failures = list(self._sending.send(self._descriptor, short).values())
        if len(short) < len(outgoing):
            failures += self._plain.send([one for one in outgoing if len(one[0]) > LARGEST_PACKET])
        return failures


def batched_ports(sockets: Sequence[socket.socket]) -> list[TftpPort]:
    """Return one port per socket; the ports share their batches, because one thread serves them in turn."""
    receiving, sending = ReceiveBatch(), SendBatch()
    return [BatchedPort(opened, receiving, sending) for opened in sockets]


class Outbox:
    """Sends replies through their ports, and counts those that could not be sent."""

    def __init__(self, ports: Sequence[TftpPort]) -> None:
        self._ports = ports
        self.unsent = 0

    def send(self, replies: Iterable[Reply]) -> list[OSError]:
        """Send the replies; return an error for each reply that could not be sent, except because of full
        queues.
        """
        by_port: dict[int, list[Outgoing]] = {}
        for packet, peer, index, own_address in replies:
            by_port.setdefault(index, []).append((packet, peer, own_address))
        failures = [
            error for index, outgoing in by_port.items() for error in self._ports[index].send(outgoing)
        ]
        self.unsent += len(failures)
        return [error for error in failures if error.errno not in (errno.EAGAIN, errno.ENOBUFS)]


class PolledTraffic:
    """Traffic without the C library: the engine handles every datagram."""

    ignored = 0
    live = 0

    def __init__(
        self, sockets: Sequence[socket.socket], wake_up: int, ports: Sequence[TftpPort] | None = None
    ) -> None:
        self.progresses: Progresses = PlainProgresses()
        self._ports = ports or [PlainPort(opened) for opened in sockets]
        self._outbox = Outbox(self._ports)
        self._index_of = {opened.fileno(): index for index, opened in enumerate(sockets)}
        self._poll = select.epoll()
        for descriptor in (*self._index_of, wake_up):
            self._poll.register(descriptor, select.EPOLLIN)

    @property
    def unsent(self) -> int:
        """Return the number of packets that could not be sent."""
        return self._outbox.unsent

    def wait(self, seconds: float) -> list[Received]:
        """Wait for datagrams and return them; empty after `seconds` or after a wake-up."""
        return [
            (data, peer, index, own_address)
            for descriptor, _ in self._poll.poll(seconds)
            if (index := self._index_of.get(descriptor, -1)) >= 0
            for data, peer, own_address in self._ports[index].receive()
            if peer[1]  # a client with port 0 cannot get an answer
        ]

    def finished(self) -> Sequence[Finished]:
        """Return nothing: the engine sees every ACK."""
        return ()

    def handed_over(self) -> Sequence[HandedOver]:
        """Return nothing: the engine begins all transfers."""
        return ()

    def send(self, replies: Iterable[Reply]) -> list[OSError]:
        """Send the replies; return an error for each that could not be sent, except because of full
        queues.
        """
        return self._outbox.send(replies)

    def rebound(self, main_address: bytes) -> None:
        """Watch the reply ports again: epoll forgot the sockets that were closed."""
        for descriptor in list(self._index_of)[1:-1]:
            self._poll.register(descriptor, select.EPOLLIN)

    def close(self) -> None:
        """Free the resources; the sockets stay open."""
        self._poll.close()


def _own_address(ancillary: list[tuple[int, int, bytes]]) -> bytes:
    """Return the local address that a datagram was sent to; empty if its socket is bound to one address."""
    for level, kind, value in ancillary:
        if level == socket.IPPROTO_IP and kind == IP_PKTINFO and len(value) >= PKTINFO.size:
            own_address: bytes = PKTINFO.unpack_from(value)[1]
            return own_address
    return b""
