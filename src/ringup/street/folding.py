"""Folding: save simulation time by sending an image to thousands of phones in a few large blocks.

The first phone fetches the image completely, block by block. A later phone sends the same request, but with
the largest block size, and takes as long as the first. The server does the same before and after the
transfer; only the blocks in between are left out. A cable with a fault folds nothing, because each block may
be lost there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ringup.emulator.boot.tftp import Fetch, Received
from ringup.emulator.ports import Port, Receive, ReceivedDatagram
from ringup.errors import WireError
from ringup.street.cable import Cable
from ringup.street.loop import StreetLoop
from ringup.wire import tftp

if TYPE_CHECKING:
    import asyncio

LEAST_BYTES = 100_000
"""Minimum size in bytes of a file that is folded: an image of a loader has 131 KB."""
ANSWER_SECONDS = 4.0
"""Seconds without an answer after which the phone fetches the file block by block."""

Open = Callable[[int, Receive], Port]
"""Opens a port with this number, or another one if it is in use."""


@dataclass(slots=True)
class Folding:
    """The images that a phone has fetched completely; all phones of the street share this object."""

    cable: Cable
    folded: int = 0
    """Number of transfers that were folded."""
    _seconds: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    """The size of each file and the seconds of its transfer, by server and name."""

    def learn(self, fetch: Fetch, data: bytes, seconds: float) -> None:
        """Note that a file was fetched completely, and how long that took."""
        if len(data) >= LEAST_BYTES and not self.cable.faults:
            self._seconds.setdefault((fetch.server, fetch.name), (len(data), seconds))

    def pause(self, fetch: Fetch) -> float | None:
        """Return the number of seconds that a phone waits before each ACK of a large block; None: it fetches
        the file block by block.
        """
        known = self._seconds.get((fetch.server, fetch.name))
        if known is None or self.cable.faults:
            return None
        size, seconds = known
        return seconds / (size // tftp.LARGEST_BLOCK + 1)


class FoldedTransfer:
    """Carries one transfer in large blocks."""

    def __init__(self, fetch: Fetch, loop: StreetLoop, open_port: Open, pause: float) -> None:
        """`pause` is in seconds, before each ACK."""
        self._fetch = fetch
        self._loop = loop
        self._open_port = open_port
        self._pause = pause
        self._blocks: list[bytes] = []
        self._peer = ("", 0)
        self._port: Port | None = None
        self._done: asyncio.Future[Received | None] = loop.create_future()

    async def run(self) -> Received | None:
        """Return the file; None if the server does not accept large blocks, so that the file must be fetched
        block by block.
        """
        (first,) = self._fetch.start(self._loop.unix_time())
        request = tftp.ReadRequest(self._fetch.name, "octet", {"blksize": str(tftp.LARGEST_BLOCK)})
        self._port = port = self._open_port(first.port, self._receive)
        port.send(tftp.build(request), (first.address, first.remote_port))
        timer = self._loop.call_later(ANSWER_SECONDS, self._give_up)
        try:
            return await self._done
        finally:
            timer.cancel()
            port.close()

    def _give_up(self) -> None:
        if not self._blocks and not self._done.done():
            self._done.set_result(None)

    def _receive(self, arrivals: Iterator[ReceivedDatagram]) -> None:
        for arrival in arrivals:
            self._take(arrival)

    def _take(self, arrival: ReceivedDatagram) -> None:
        try:
            packet = tftp.parse(arrival.data)
        except WireError:
            return
        if isinstance(packet, tftp.OptionAck) and not self._blocks:
            self._peer = arrival.source
            self._acknowledge(0)
        elif isinstance(packet, tftp.Data) and packet.block == len(self._blocks) + 1 and self._peer[0]:
            self._blocks.append(packet.payload)
            self._loop.call_later(self._pause, self._acknowledge, packet.block)
        elif isinstance(packet, tftp.Error) and not self._done.done():
            self._done.set_result(None)

    def _acknowledge(self, block: int) -> None:
        if self._done.done() or self._port is None:
            return
        self._port.send(tftp.build(tftp.Ack(block)), self._peer)
        if block and len(self._blocks[block - 1]) < tftp.LARGEST_BLOCK:
            self._done.set_result(Received(b"".join(self._blocks)))
