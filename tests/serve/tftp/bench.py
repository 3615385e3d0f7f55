"""A TFTP service over loopback, a phone's socket, and the emitted events."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from ringup.engine.found import Absent, File, Found
from ringup.events import Event
from ringup.serve.tftp.service import OpenTraffic, TftpService
from ringup.serve.tftp.sockets import ReplyPorts, TftpSockets
from ringup.wire.tftp import Ack, Data, Packet, ReadRequest, build, parse

FILES = {"small": b"hello", "two": bytes(700), "big": bytes(range(256)) * 400}
TIMEOUT = 5.0
"""Timeout in seconds for what must come at once."""


def find(name: str, _address: str) -> Found:
    if name == "broken":
        raise RuntimeError("a renderer's bug")
    data = FILES.get(name)
    return Absent("no such file") if data is None else File(name, data, "a test", for_all=True)


class Phone:
    """A client's socket."""

    def __init__(self, bind_to: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((bind_to, 0))

    def close(self) -> None:
        self.socket.close()

    async def send(self, packet: Packet | bytes, to: tuple[str, int]) -> None:
        data = packet if isinstance(packet, bytes) else build(packet)
        await asyncio.get_running_loop().sock_sendto(self.socket, data, to)

    async def receive(self) -> tuple[Packet, tuple[str, int]]:
        loop = asyncio.get_running_loop()
        data, peer = await asyncio.wait_for(loop.sock_recvfrom(self.socket, 65536), TIMEOUT)
        return parse(data), peer

    async def ask(self, name: str, server: tuple[str, int]) -> tuple[Packet, tuple[str, int]]:
        await self.send(ReadRequest(name), server)
        return await self.receive()

    async def fetch(self, name: str, server: tuple[str, int]) -> bytes:
        data, blocks = b"", 0
        packet, peer = await self.ask(name, server)
        while True:
            assert isinstance(packet, Data), packet
            # If this process waits half a second for a processor, the server retransmits a block.
            if packet.block == blocks + 1:
                data, blocks = data + packet.payload, blocks + 1
                await self.send(Ack(blocks), peer)
                if len(packet.payload) < 512:
                    return data
            packet, _ = await self.receive()


class Told:
    """The events that the service emitted, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def hear(self, events: list[Event]) -> None:
        """Take events; the service's thread calls this."""
        self.events += events
        self._loop.call_soon_threadsafe(self._more.set)

    def all(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, kind: type[Event], number: int = 1) -> Event:
        """Return the first event of a kind, once there are so many of them."""
        async with asyncio.timeout(TIMEOUT):
            while len(self.all(kind)) < number:
                self._more.clear()
                await self._more.wait()
        return self.all(kind)[0]


@asynccontextmanager
async def serving_over(
    open_traffic: OpenTraffic,
    address: str = "127.0.0.1",
    reply_ports: ReplyPorts | None = None,
    main_address: str = "",
    addresses: Sequence[str] = (),
    find: Callable[[str, str], Found] = find,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[tuple[TftpService, Told]]:
    told = Told()
    service = TftpService(
        find,
        lambda _: "",
        told.hear,
        TftpSockets(
            address,
            main_address=main_address,
            addresses=addresses,
            port=0,
            reply_ports=reply_ports or ReplyPorts(),
        ),
        open_traffic=open_traffic,
        clock=clock,
    )
    service.open()
    service.start()
    try:
        yield service, told
    finally:
        service.close()
