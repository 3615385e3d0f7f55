"""The answers to CDP queries, over the loopback interface and over a pair of sockets that replaces it."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ringup.engine import voice_vlan as engine_module
from ringup.errors import BindError
from ringup.events import Event, ServerFault, VoiceVlanAnswered
from ringup.rule import Result
from ringup.serve import voice_vlan as service_module
from ringup.serve.sockets import ETH_P_802_2
from ringup.serve.voice_vlan import VoiceVlanService
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from tests.engine.test_voice_vlan import PHONE, query, switch

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need CAP_NET_RAW")
TIMEOUT = 10.0


@dataclass
class Bench:
    """A service that does not wait for a switch, and its events."""

    vlan: int = 110
    events: list[Event] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)
    faults: list[ServerFault] = field(default_factory=list)
    steady: float = 1000.0

    def service(self) -> VoiceVlanService:
        return VoiceVlanService(
            "lo", self.vlan, self.events.extend, self._note, self.faults.append,
            clock=lambda: 5.0, steady_clock=lambda: self.steady,
        )  # fmt: skip

    def _note(self, results: Sequence[Result]) -> None:
        self.results.extend(results)

    def run(self, talk: Callable[["Wire"], Awaitable[None]], wire: "Wire") -> None:
        async def serve() -> None:
            service = self.service()
            service.open()
            service.start()
            try:
                async with asyncio.timeout(TIMEOUT):
                    await talk(wire)
            finally:
                service.close()
                service.close()

        asyncio.run(serve())


@dataclass
class Wire:
    """The other end of the interface."""

    opened: socket.socket

    def send(self, *frames: bytes) -> None:
        for frame in frames:
            self.opened.send(frame)

    async def answer(self) -> cdp.Announcement:
        """Return the next announcement of ringup."""
        while True:
            frame = await asyncio.get_running_loop().sock_recv(self.opened, 2048)
            content = captured(ETHERNET, frame)
            if isinstance(content, CapturedCdp):
                announced = cdp.parse(content.data)
                if announced.platform == "ringup":
                    return announced


@pytest.fixture(autouse=True)
def _listen_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "LISTEN_FIRST", 0.0)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """The other end of the pair that replaces the service's raw socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    monkeypatch.setattr(service_module, "open_frame_tap", lambda *_words, **_named: theirs)
    with ours:
        yield Wire(ours)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - the kernel tells nobody when a frame has passed
        await asyncio.sleep(0.001)


@needs_root
def test_a_phone_on_the_interface_gets_its_voice_vlan_and_the_answer_is_an_event() -> None:
    bench = Bench()

    async def talk(wire: Wire) -> None:
        wire.send(query())
        announced = await wire.answer()
        assert (announced.voice_vlan, announced.port) == (110, "lo")
        assert announced.device == socket.gethostname()

    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK) as opened:
        opened.bind(("lo", ETH_P_802_2))
        bench.run(talk, Wire(opened))
    assert bench.events == [VoiceVlanAnswered(5.0, PHONE, "ringup on lo", 110)]
    assert bench.faults == []


def test_a_switch_is_noted_and_stops_the_answers_until_it_is_silent(wire: Wire) -> None:
    bench = Bench()

    async def talk(wire: Wire) -> None:
        wire.send(switch(vlan=10))
        await until(lambda: len(bench.results) == 1)
        wire.send(query())
        bench.steady += 200.0
        wire.send(query())
        assert (await wire.answer()).voice_vlan == 110

    bench.run(talk, wire)
    first, second = bench.results
    assert (first.code, first.state, second.state) == ("voice-vlan", "found", "sound")
    ((_, found),) = first.found
    assert "sw1 (cisco WS-C2950-12, 000DBD000001) also sends CDP on lo with voice VLAN 10" in found.what
    assert "without --voice-vlan" in found.cure


def test_the_announcement_is_repeated_by_the_timer(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "REPEAT", 0.02)
    bench = Bench()

    async def talk(wire: Wire) -> None:
        wire.send(query())
        for _ in range(3):
            await wire.answer()
            bench.steady += 0.02

    bench.run(talk, wire)
    assert len(bench.events) == 1


def test_a_flood_is_not_read_until_its_rate_allows(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_module, "BURST", 3)
    monkeypatch.setattr(service_module, "PER_SECOND", 1.0)
    monkeypatch.setattr(service_module, "DEAF_SECONDS", 0.01)
    bench = Bench()

    async def talk(wire: Wire) -> None:
        wire.send(*(query(f"0016{number:08X}") for number in range(8)))
        await wire.answer()
        bench.steady += 2.0
        await wire.answer()

    bench.run(talk, wire)
    assert 1 <= len(bench.events) <= 5


def test_a_fault_of_ours_costs_one_frame(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    receive, broken = engine_module.VoiceVlan.receive, [True]

    def failing(self: engine_module.VoiceVlan, frame: bytes, now: float) -> list[bytes]:
        if broken:
            broken.clear()
            raise RuntimeError("broken")
        return receive(self, frame, now)

    monkeypatch.setattr(engine_module.VoiceVlan, "receive", failing)

    async def talk(wire: Wire) -> None:
        wire.send(query(), query())
        await wire.answer()

    bench.run(talk, wire)
    assert [fault.what for fault in bench.faults] == ["CDP failed on a frame: RuntimeError('broken')"]


def test_a_vlan_interface_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "eth0.110").write_text("DEVTYPE=vlan\nINTERFACE=eth0.110\n")
    monkeypatch.setattr(service_module, "KIND_OF_INTERFACE", str(tmp_path / "{}"))
    service = VoiceVlanService("eth0.110", 110, print, print, print)
    with pytest.raises(BindError, match=r"phones send CDP without a tag.*--voice-vlan eth0:VLAN"):
        service.open()
    service.start()
    service.close()


def test_an_interface_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(BindError, match="no such interface"):
        VoiceVlanService("absent0", 110, print, print, print).open()
