"""The phone's real TFTP sockets on loopback."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from itertools import count, repeat
from typing import TypeVar

from ringup.emulator.behaviour import ONE_FIVE_NINE, RetryPattern
from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.tftp import Fetch, NoAnswer, NotFound, Received
from ringup.emulator.network_host import NetworkHost
from ringup.wire import tftp as wire

ADDRESS = "127.0.0.1"
STATIC = HeldLease(ADDRESS, "255.0.0.0", "", "", ADDRESS, "stored")
TIMEOUT = 10.0
AT_ONCE = RetryPattern((0.0, 0.0), 0.0, 2, "for this test: every wait is over at once")

Result = TypeVar("Result")


def udp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.bind((ADDRESS, 0))
    return opened


class Server:
    """The two ports of a TFTP server, and the phone's host."""

    def __init__(self) -> None:
        self.listening, self.sending = udp(), udp()
        self.host = NetworkHost("lo", "001646C0FFEE", static=STATIC)

    def fetch(self, name: str, retry: RetryPattern = ONE_FIVE_NINE, first_port: int = 0) -> Fetch:
        ports = count(first_port) if first_port else repeat(0)
        return Fetch(name, ADDRESS, ports, retry, self.listening.getsockname()[1])

    async def request(self) -> tuple[wire.Packet, tuple[str, int]]:
        data, sender = await asyncio.get_running_loop().sock_recvfrom(self.listening, 2048)
        return wire.parse(data), sender

    async def exchange(self, packet: wire.Packet, phone: tuple[str, int]) -> wire.Packet:
        """Send a packet from the transfer's own port, and wait for the phone's reply."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendto(self.sending, wire.build(packet), phone)
        return wire.parse(await loop.sock_recv(self.sending, 2048))


def with_server(scene: Callable[[Server], Awaitable[Result]]) -> Result:
    async def play() -> Result:
        server = Server()
        try:
            async with asyncio.timeout(TIMEOUT):
                await server.host.lease(DhcpClient("001646C0FFEE", "7960"))
                return await scene(server)
        finally:
            await server.host.close()
            server.listening.close()
            server.sending.close()

    return asyncio.run(play())


def free_ports() -> int:
    """A port that is free now."""
    with udp() as opened:
        return int(opened.getsockname()[1])


def test_a_file_comes_from_the_port_of_the_transfer_and_its_last_block_again() -> None:
    async def scene(server: Server) -> None:
        fetch = server.fetch("a", first_port=free_ports())
        fetching = asyncio.ensure_future(server.host.fetch(fetch))
        request, phone = await server.request()
        assert request == wire.ReadRequest("a")
        assert phone[0] == ADDRESS
        assert await server.exchange(wire.Data(1, b"x" * 512), phone) == wire.Ack(1)
        assert await server.exchange(wire.Data(2, b"y"), phone) == wire.Ack(2)
        assert await fetching == Received(b"x" * 512 + b"y")
        assert await server.exchange(wire.Data(2, b"y"), phone) == wire.Ack(2)

    with_server(scene)


def test_two_transfers_run_side_by_side() -> None:
    async def scene(server: Server) -> None:
        first_port = free_ports()
        both = asyncio.gather(
            server.host.fetch(server.fetch("a", first_port=first_port)),
            server.host.fetch(server.fetch("b", first_port=first_port + 1)),
        )
        asked = [await server.request(), await server.request()]
        assert len({phone for _, phone in asked}) == 2
        for request, phone in reversed(asked):
            assert isinstance(request, wire.ReadRequest)
            await server.exchange(wire.Data(1, request.name.encode()), phone)
        assert list(await both) == [Received(b"a"), Received(b"b")]

    with_server(scene)


def test_a_port_that_lingers_makes_way_for_the_next_boot() -> None:
    async def scene(server: Server) -> None:
        port = free_ports()
        for _ in range(2):
            fetching = asyncio.ensure_future(server.host.fetch(server.fetch("a", first_port=port)))
            _, phone = await server.request()
            assert phone[1] == port
            await server.exchange(wire.Data(1, b""), phone)
            assert await fetching == Received(b"")

    with_server(scene)


def test_a_port_that_somebody_else_has_is_replaced() -> None:
    async def scene(server: Server) -> None:
        taken = server.sending.getsockname()[1]
        fetching = asyncio.ensure_future(server.host.fetch(server.fetch("a", first_port=taken)))
        _, phone = await server.request()
        assert phone[1] != taken
        error = wire.build(wire.Error(1, "none"))
        await asyncio.get_running_loop().sock_sendto(server.sending, error, phone)
        assert await fetching == NotFound("none")

    with_server(scene)


def test_an_unanswered_request_is_repeated_from_its_port_then_from_the_next() -> None:
    async def scene(server: Server) -> None:
        first_port = free_ports()
        fetching = asyncio.ensure_future(server.host.fetch(server.fetch("a", AT_ONCE, first_port=first_port)))
        ports = [(await server.request())[1][1] for _ in range(4)]
        assert await fetching == NoAnswer()
        assert ports[0] == ports[1] == first_port
        assert ports[2] == ports[3] != first_port

    with_server(scene)


def test_a_network_that_cannot_be_reached_is_silence() -> None:
    async def scene(server: Server) -> None:
        fetch = Fetch("a", "255.255.255.255", repeat(1), AT_ONCE)
        assert await server.host.fetch(fetch) == NoAnswer()

    with_server(scene)
