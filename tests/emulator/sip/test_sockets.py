"""The phone's real sockets on loopback: from which port it sends, on which it listens, and what it never
receives.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, closing
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from ringup.emulator.sip.config import SipConfig, SipLine
from ringup.emulator.sip.runner import SipRunner
from ringup.errors import BindError
from ringup.wire import rtp, sdp, sip
from tests.emulator.sip.world import answer

if TYPE_CHECKING:
    from ringup.emulator.report import Report

ADDRESS = "127.0.0.1"
TIMEOUT = 10.0
"""Timeout in seconds, after which a test has failed."""


def udp() -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.bind((ADDRESS, 0))
    return opened


def free_port() -> int:
    with udp() as opened:
        return int(opened.getsockname()[1])


class Server:
    """A socket that stands for the proxy, and the phone's reports."""

    def __init__(self, opened: socket.socket) -> None:
        self.socket = opened
        self.reports: asyncio.Queue[Report] = asyncio.Queue()
        self.runner = SipRunner(self.reports.put_nowait, Random(1))

    async def receive(self) -> tuple[bytes, tuple[str, int]]:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(TIMEOUT):
            data, source = await loop.sock_recvfrom(self.socket, 65535)
        return data, source

    async def request(self) -> tuple[sip.SipRequest, tuple[str, int]]:
        data, source = await self.receive()
        message = sip.parse(data)
        assert isinstance(message, sip.SipRequest)
        return message, source

    async def report(self, kind: str) -> dict[str, object]:
        async with asyncio.timeout(TIMEOUT):
            while (report := await self.reports.get()).kind != kind:
                pass
        return dict(report.detail)

    def config(self, **changes: Any) -> SipConfig:
        host = changes.pop("host", ADDRESS)
        line = SipLine(1, "201", "201", "secret", host, proxy_port=self.socket.getsockname()[1])
        return SipConfig(ADDRESS, "000E84C060A6", (line,), voip_control_port=free_port(), **changes)


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    with closing(udp()) as opened:
        made = Server(opened)
        try:
            yield made
        finally:
            await made.runner.stop()


@pytest.mark.asyncio
async def test_the_phone_sends_from_one_port_and_listens_on_another() -> None:
    async with server() as made:
        config = made.config()
        await made.runner.start(config)
        first, source = await made.request()
        assert source[1] != config.voip_control_port
        assert sip.top_via(first).port == config.voip_control_port
        challenge = [("WWW-Authenticate", 'Digest realm="a", nonce="b"')]
        made.socket.sendto(*answer(first, 401, (ADDRESS, 0), challenge))
        second, source_of_second = await made.request()
        assert source_of_second == source
        made.socket.sendto(*answer(second, 200, (ADDRESS, 0)))
        assert (await made.report("line"))["state"] == "registering"
        assert (await made.report("line"))["state"] == "registered"


@pytest.mark.asyncio
async def test_what_arrives_at_the_sending_port_is_dropped_and_reported() -> None:
    """P-AST-1: why force_rport breaks these phones."""
    async with server() as made:
        await made.runner.start(made.config(timer_t1=0.05))
        first, source = await made.request()
        made.socket.sendto(answer(first, 200)[0], source)
        assert await made.report("dropped") == {
            "port": source[1],
            "first_line": "SIP/2.0 200 Whatever",
            "source": ADDRESS,
        }
        assert await made.request() == (first, source)


@pytest.mark.asyncio
async def test_with_nat_enable_the_phone_sends_from_where_it_listens() -> None:
    async with server() as made:
        config = made.config(nat_enable=True)
        await made.runner.start(config)
        first, source = await made.request()
        assert source == (ADDRESS, config.voip_control_port)
        made.socket.sendto(answer(first, 200)[0], source)
        assert (await made.report("line"))["state"] == "registering"
        assert (await made.report("line"))["state"] == "registered"


async def called(made: Server, config: SipConfig) -> tuple[sip.SipRequest, tuple[str, int]]:
    """Start the phone and let it call; return its INVITE, and the address to which the proxy must send its
    responses.
    """
    await made.runner.start(config)
    await made.runner.command("messages")
    while (found := await made.request())[0].method != "INVITE":
        pass
    return found[0], (ADDRESS, config.voip_control_port)


@pytest.mark.asyncio
async def test_sound_goes_out_from_the_media_port_while_there_is_a_call() -> None:
    async with server() as made:
        invite, place = await called(made, made.config(messages_uri="500", proxy_register=False))
        offered = sdp.sound_of(sdp.parse(invite.body))
        assert offered is not None
        with closing(udp()) as ear:
            sound = sdp.MediaDescription(ADDRESS, ear.getsockname()[1], (0,))
            body = sdp.build(sdp.describe(sound, origin="-", session=1, version=0, name="x"))
            made.socket.sendto(answer(invite, 200, place, body=body)[0], place)
            assert (await made.request())[0].method == "ACK"
            async with asyncio.timeout(TIMEOUT):
                data, source = await asyncio.get_running_loop().sock_recvfrom(ear, 65535)
            assert (rtp.parse(data).payload_type, source) == (0, (ADDRESS, offered.port))
            ear.sendto(rtp.build(rtp.RtpPacket(101, 1, 1, 1, b"\5\x8a\0\xa0")), source)
            assert await made.report("key-heard") == {"key": "5"}
            await made.runner.command("hangup")
            assert (await made.request())[0].method == "BYE"
            with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as again:
                again.bind((ADDRESS, offered.port))


@pytest.mark.asyncio
async def test_a_media_port_in_use_is_reported_and_the_call_goes_on_without_sound() -> None:
    async with server() as made:
        with ExitStack() as opened:
            while (port := opened.enter_context(closing(udp())).getsockname()[1]) % 2:
                pass  # repeated until the kernel chooses an even port
            config = made.config(
                messages_uri="500", proxy_register=False, start_media_port=port, end_media_port=port
            )
            await called(made, config)
            assert (await made.report("no-media"))["port"] == port


@pytest.mark.asyncio
async def test_a_listening_port_in_use_is_an_error_that_names_it() -> None:
    async with server() as made:
        config = made.config()
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as taken:
            taken.bind((ADDRESS, config.voip_control_port))
            with pytest.raises(BindError, match=str(config.voip_control_port)):
                await made.runner.start(config)
        with pytest.raises(ValueError, match="not running"):
            await made.runner.command("hangup")


@pytest.mark.asyncio
async def test_a_stopped_phone_is_silent_and_its_port_free() -> None:
    async with server() as made:
        config = made.config()
        await made.runner.start(config)
        await made.runner.stop()
        with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as again:
            again.bind((ADDRESS, config.voip_control_port))
        with pytest.raises(ValueError, match="not running"):
            await made.runner.command("hangup")


def lookup(found: bool) -> Callable[..., list[Any]]:
    def getaddrinfo(host: str, *_arguments: object, **_further: object) -> list[Any]:
        if not found:
            raise OSError("no such name")
        return [(socket.AF_INET, socket.SOCK_DGRAM, 0, "", (ADDRESS, 0))]

    return getaddrinfo


@pytest.mark.asyncio
async def test_a_proxys_name_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lookup(found=True))
    async with server() as made:
        await made.runner.start(made.config(host="pbx.example"))
        assert (await made.request())[0].uri.startswith("sip:pbx.example:")


@pytest.mark.asyncio
async def test_a_name_nobody_knows_is_reported_and_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lookup(found=False))
    async with server() as made:
        await made.runner.start(made.config(host="pbx.example"))
        assert await made.report("unresolved") == {"name": "pbx.example", "reason": "no such name"}
        assert str((await made.report("unsent"))["destination"]).startswith("pbx.example:")
