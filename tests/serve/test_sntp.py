"""SNTP over loopback: the clock's state is read, logged at each change, and sent in replies."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from unittest.mock import patch

import pytest

from ringup.check.probes.kernel_clock import KernelClock
from ringup.engine.sntp import ClockQuality
from ringup.errors import BindError
from ringup.events import ServerFault
from ringup.serve.sntp import SntpService
from ringup.wire.sntp import Mode, SntpPacket, build, parse, unix_seconds

HERE = "127.0.0.1"
NOW = 1_800_000_000.0
TIMEOUT = 5.0
GOOD, BAD = KernelClock(True, 0, 0.25), KernelClock(False, 0, 16.0)


@dataclass
class Bench:
    """A service, and its scripted clock."""

    kernel: KernelClock | None = GOOD
    trusts_clock: bool = False
    served: tuple[str, ...] = (HERE,)
    steady: float = 0.0
    faults: list[ServerFault] = field(default_factory=list)

    def service(self) -> SntpService:
        return SntpService(
            "lo", lambda to: to in self.served, self.faults.append, trusts_clock=self.trusts_clock, port=0,
            clock=lambda: NOW, steady_clock=lambda: self.steady, kernel_clock=lambda: self.kernel,
        )  # fmt: skip

    def run(self, talk: Callable[[SntpService], Awaitable[list[SntpPacket]]]) -> list[SntpPacket]:
        async def serve() -> list[SntpPacket]:
            service = self.service()
            service.open()
            service.start()
            try:
                return await asyncio.wait_for(talk(service), TIMEOUT)
            finally:
                service.close()

        return asyncio.run(serve())


async def ask(service: SntpService, *datagrams: bytes, to: str = HERE) -> SntpPacket:
    """Return the first reply to these datagrams."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as phone:
        phone.bind((HERE, 0))
        for data in datagrams:
            phone.sendto(data, (to, service.port))
        data, sender = await asyncio.get_running_loop().sock_recvfrom(phone, 1024)
        assert sender == (to, service.port)
        return parse(data)


REQUEST = build(SntpPacket(Mode.CLIENT, transmit=7))


def test_the_time_of_a_synchronised_clock() -> None:
    async def talk(service: SntpService) -> list[SntpPacket]:
        return [await ask(service, b"noise", REQUEST)]

    (reply,) = Bench().run(talk)
    assert (reply.leap, reply.stratum, reply.originate, unix_seconds(reply.transmit)) == (0, 10, 7, NOW)
    assert reply.root_dispersion == 0x4000


@pytest.mark.parametrize("kernel", [BAD, None])
def test_a_clock_that_is_not_synchronised_is_served_as_such_and_logged(
    kernel: KernelClock | None, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(service: SntpService) -> list[SntpPacket]:
        return [await ask(service, REQUEST)]

    (reply,) = Bench(kernel).run(talk)
    assert (reply.leap, reply.stratum, reply.transmit) == (3, 0, 0)
    (line,) = (each for each in caplog.records if each.message.startswith("SNTP"))
    assert line.levelno == logging.WARNING
    assert "--trust-clock" in line.message


def test_a_clock_that_the_operator_vouches_for_is_served(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(service: SntpService) -> list[SntpPacket]:
        return [await ask(service, REQUEST)]

    caplog.set_level(logging.INFO)
    (reply,) = Bench(BAD, trusts_clock=True).run(talk)
    assert (reply.leap, reply.stratum, unix_seconds(reply.transmit)) == (0, 10, NOW)
    assert reply.root_dispersion == 0x10000  # not the error that the kernel claims
    assert "synchronised or not" in caplog.text


def test_each_change_of_the_clock_is_served_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()

    async def talk(service: SntpService) -> list[SntpPacket]:
        replies = []
        for bench.kernel in (GOOD, BAD, BAD, GOOD):
            bench.steady += 1.0
            replies.append(await ask(service, REQUEST))
        return replies

    caplog.set_level(logging.INFO)
    assert [reply.leap for reply in bench.run(talk)] == [0, 3, 3, 0]
    levels = [each.levelno for each in caplog.records if each.message.startswith("SNTP")]
    assert levels == [logging.INFO, logging.WARNING, logging.INFO]


def test_only_requests_to_served_addresses_are_answered() -> None:
    async def talk(service: SntpService) -> list[SntpPacket]:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(ask(service, REQUEST), 0.05)
        return [await ask(service, REQUEST, to="127.0.0.2")]

    assert len(Bench(served=("127.0.0.2",)).run(talk)) == 1


def test_a_fault_of_ours_costs_one_datagram() -> None:
    bench = Bench()
    faulty = [True, False]

    async def talk(service: SntpService) -> list[SntpPacket]:
        reply = service._engine.reply

        def failing(data: bytes, address: str, now: float, quality: ClockQuality) -> bytes:
            if faulty.pop(0):
                raise RuntimeError("broken")
            return reply(data, address, now, quality)

        with patch.object(service._engine, "reply", failing):
            return [await ask(service, REQUEST, REQUEST)]

    assert len(bench.run(talk)) == 1
    assert [fault.what for fault in bench.faults] == ["SNTP failed on a datagram: RuntimeError('broken')"]


def test_a_port_that_is_taken_is_an_error() -> None:
    first = Bench().service()
    first.open()
    try:
        second = SntpService("lo", lambda _: True, lambda _: None, port=first.port)
        with pytest.raises(BindError):
            second.open()
    finally:
        first.close()
