"""The phone's side of one TFTP transfer: mode octet, no options, 512-byte blocks (RFC 1350; P-TFTP-1).

A request without an answer is repeated from the same source port, then from a new one, according to the
firmware's RetryPattern. The phone sends its ACKs to the port that its first DATA came from. It acknowledges
each block, and each repeated block again. After the last block it stays ready to repeat that ACK, because the
server may not have received it.

[I] If no block arrives for some time in the middle of a file, the same pattern applies: the last ACK is
repeated, then the complete file is requested again from a new port ("gives up after ~13 s of silence per
port, 3 ports", P-TFTP-8).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ringup.emulator.behaviour import RetryPattern
from ringup.errors import WireError
from ringup.wire import tftp as wire

SERVER_PORT = 69
BLOCK = 512
FILE_NOT_FOUND = 1
ACCESS_VIOLATION = 2
UNKNOWN_TRANSFER = 5
DISK_FULL = 3

MAX_FILE = 4 * 1024 * 1024
"""Maximum file size in bytes: 4 MiB, below which block numbers do not wrap. [R] The largest real file has
756,524 bytes; the phone refuses a file above the maximum.
"""


@dataclass(frozen=True, slots=True)
class OutgoingTftp:
    """One datagram to send, with the phone's source port and the destination."""

    port: int
    address: str
    remote_port: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Received:
    """The complete file arrived; it may be empty."""

    data: bytes


@dataclass(frozen=True, slots=True)
class NotFound:
    """The server answered with error 1, the only answer after which a hunt continues."""

    message: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The transfer failed: the server sent an error other than 1, or more data than the phone's memory
    holds.
    """

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No request was answered, neither the first one nor a repetition, from any source port."""


Outcome = Received | NotFound | Failed | NoAnswer


class Fetch:
    """The TFTP client for one file: requests it until there is an outcome."""

    def __init__(
        self,
        name: str,
        server: str,
        ports: Iterator[int],
        retry: RetryPattern,
        remote_port: int = SERVER_PORT,
    ) -> None:
        self.name = name
        self.server = server
        self.attempts = 0
        """Number of read requests sent so far."""
        self.port = 0
        """The source port in use; datagrams to other ports are ignored."""
        self.wake_at: float | None = None
        self.outcome: Outcome | None = None
        self.share: Callable[[bytes], bytes] = lambda data: data
        """Returns one shared copy of equal bytes; a thousand phones with copies of their own would need a
        gigabyte.
        """
        self._ports = ports
        self._retry = retry
        self._server_port = remote_port
        self._peer: int | None = None
        self._blocks: list[bytes] = []
        self._ports_used = 0
        self._sent = 0
        self._since = 0.0
        self._last = b""

    def start(self, now: float) -> list[OutgoingTftp]:
        """Return the read request, from a new port."""
        self.port = next(self._ports)
        self._ports_used += 1
        self._peer = None
        self._blocks.clear()
        request = wire.build(wire.ReadRequest(self.name, "octet", {}))
        return self._first_send(request, now)

    def wake(self, now: float) -> list[OutgoingTftp]:
        """Repeat the last datagram, use the next source port, or give up, if the time for it has come."""
        if self.wake_at is None or now < self.wake_at:
            return []
        if self._sent < len(self._retry.sends):
            self._sent += 1
            self._plan()
            return [self._outgoing(self._last)]
        if self._ports_used < self._retry.ports:
            return self.start(now)
        self._finish(NoAnswer())
        return []

    def receive(self, data: bytes, sender: tuple[str, int], now: float) -> list[OutgoingTftp]:
        """Handle a datagram that arrived at the source port in use."""
        address, remote_port = sender
        if address != self.server or not self.port:
            return []
        try:
            packet = wire.parse(data)
        except WireError:
            return []
        if isinstance(packet, wire.Error):
            return self._refused(packet, remote_port)
        if not isinstance(packet, wire.Data):
            return []
        if self._peer is not None and remote_port != self._peer:
            unknown_transfer = wire.build(wire.Error(UNKNOWN_TRANSFER, "Unknown transfer ID"))
            return [OutgoingTftp(self.port, address, remote_port, unknown_transfer)]
        return self._block(packet, remote_port, now)

    def _block(self, packet: wire.Data, remote_port: int, now: float) -> list[OutgoingTftp]:
        if self._peer is not None and packet.block == len(self._blocks):
            return [self._outgoing(wire.build(wire.Ack(packet.block)))]
        is_next = packet.block == len(self._blocks) + 1 and len(packet.payload) <= BLOCK
        if self.outcome is not None or not is_next:
            return []
        self._peer = remote_port
        self._blocks.append(self.share(packet.payload))
        if len(self._blocks) * BLOCK > MAX_FILE:
            return self._overflow()
        acknowledgement = self._first_send(wire.build(wire.Ack(packet.block)), now)
        if len(packet.payload) < BLOCK:
            self._finish(Received(self.share(b"".join(self._blocks))))
            self._blocks = [b""] * len(self._blocks)
        return acknowledgement

    def _overflow(self) -> list[OutgoingTftp]:
        self._finish(Failed(DISK_FULL, "buffer full"))
        return [self._outgoing(wire.build(wire.Error(DISK_FULL, "buffer full")))]

    def _refused(self, packet: wire.Error, remote_port: int) -> list[OutgoingTftp]:
        if self.outcome is None and self._peer in (None, remote_port):
            is_absent = packet.code == FILE_NOT_FOUND
            self._finish(NotFound(packet.message) if is_absent else Failed(packet.code, packet.message))
        return []

    def _first_send(self, data: bytes, now: float) -> list[OutgoingTftp]:
        """Send a new datagram, with which the retry pattern begins again."""
        self._last = data
        self._since = now
        self._sent = 1
        self._plan()
        return [self._outgoing(data)]

    def _outgoing(self, data: bytes) -> OutgoingTftp:
        if self._peer is None:
            self.attempts += 1
        return OutgoingTftp(self.port, self.server, self._peer or self._server_port, data)

    def _plan(self) -> None:
        sends = self._retry.sends
        later = sends[self._sent] if self._sent < len(sends) else self._retry.next_port_after
        self.wake_at = self._since + later

    def _finish(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.wake_at = None
