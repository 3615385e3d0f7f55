"""The phone's port: one pair of sockets stands for the cable, another one for the network card."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Iterator

import pytest

from ringup.emulator import tagged_link
from ringup.emulator.behaviour import CdpTimes
from ringup.emulator.boot.cdp import CdpClient, VlanDecision
from ringup.emulator.flash import Flash
from ringup.emulator.tagged_link import TaggedLink, open_port, open_tap
from ringup.emulator.trunk_host import TrunkHost
from ringup.errors import BindError
from ringup.wire import cdp
from ringup.wire.vlan_tag import VlanTag, tagged
from tests.engine.test_voice_vlan import switch
from tests.wire.test_vlan_tag import UDP

MAC = "001646C0FFEE"
SOON = CdpTimes((0.0, 0.01), 0.05, 60.0, "for this test: nothing takes long")
TIMEOUT = 10.0


class Wire:
    """The far ends of the cable and of the card."""

    def __init__(self) -> None:
        kind = socket.SOCK_DGRAM | socket.SOCK_NONBLOCK
        self.near, self.far = socket.socketpair(socket.AF_UNIX, kind)
        self.card, self.kernel = socket.socketpair(socket.AF_UNIX, kind)
        self.link = TaggedLink("eth0", lambda: asyncio.get_running_loop().time(), self._port, self._card)
        self.names: list[str] = []

    def _port(self, _interface: str) -> socket.socket:
        return self.near

    def _card(self, name: str) -> int:
        self.names.append(name)
        return os.dup(self.card.fileno())

    async def from_phone(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.far, 2048)

    async def to_card(self) -> bytes:
        return await asyncio.get_running_loop().sock_recv(self.kernel, 2048)

    def close(self) -> None:
        for each in (self.near, self.far, self.card, self.kernel):
            each.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    opened = Wire()
    yield opened
    opened.close()


def play(wire: Wire, scene: Callable[[], Awaitable[None]]) -> None:
    async def played() -> None:
        wire.link.open()
        try:
            async with asyncio.timeout(TIMEOUT):
                await scene()
        finally:
            wire.link.close()
            wire.link.close()

    asyncio.run(played())


def client() -> CdpClient:
    return CdpClient(Flash(MAC, "7960", application="P0S3-8-12-00"), times=SOON)


def test_the_phone_asks_without_a_tag_and_decides_by_the_answer(wire: Wire) -> None:
    phone = client()

    async def scene() -> None:
        asking = asyncio.ensure_future(wire.link.decided(phone))
        assert (await wire.from_phone()).startswith(bytes.fromhex(cdp.GROUP + MAC))
        wire.far.send(switch(vlan=110))
        await asking

    play(wire, scene)
    assert phone.decision == VlanDecision(110, "cdp")


def test_frames_of_the_card_leave_with_a_tag_and_their_precedence_as_priority(wire: Wire) -> None:
    voice = UDP[:15] + b"\xa0" + UDP[16:]

    async def scene() -> None:
        assert wire.link.tag(110) == "eth0.110"
        wire.kernel.send(voice)
        assert await wire.from_phone() == tagged(voice, VlanTag(110, 5))

    play(wire, scene)
    assert wire.names == ["eth0.110"]


def test_only_frames_of_its_vlan_reach_the_card(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel passes the tag beside the frame; here, the tag is in the frame."""
    tags: list[VlanTag | None] = [None, VlanTag(10), VlanTag(110, 3), VlanTag(0)]
    monkeypatch.setattr(tagged_link, "_tag_in", lambda _ancillary: tags.pop(0))

    async def scene() -> None:
        wire.link.tag(110)
        for number in range(4):
            wire.far.send(UDP + bytes([number]))
        assert await wire.to_card() == UDP + bytes([2])
        wire.link.tag(0)
        tags.extend([None, VlanTag(0, 5), VlanTag(110)])
        for number in range(4, 7):
            wire.far.send(UDP + bytes([number]))
        assert [await wire.to_card() for _ in range(2)] == [UDP + bytes([4]), UDP + bytes([5])]

    play(wire, scene)
    with pytest.raises(BlockingIOError):
        wire.kernel.recv(2048)


def test_a_tag_is_what_the_kernel_says_it_is() -> None:
    word = tagged_link._AUXDATA.pack(0x10, 60, 60, 0, 14, 0xA06E, 0x8100)
    plain = tagged_link._AUXDATA.pack(0, 60, 60, 0, 14, 0xA06E, 0x8100)
    assert tagged_link._tag_in([(1, 2, b""), (263, 8, word)]) == VlanTag(110, 5)
    assert tagged_link._tag_in([(263, 8, plain)]) is None
    assert tagged_link._tag_in([]) is None


def test_an_interface_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(BindError, match="CDP on absent0"):
        open_port("absent0")


def test_a_machine_without_network_cards_in_software_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tagged_link, "TUN", "/dev/null")
    with pytest.raises(BindError, match="modprobe tun"):
        open_tap("eth0.110")


@pytest.mark.parametrize(("vlan", "used"), [(110, ["eth0.110"]), (cdp.UNTAGGED, [])])
def test_a_host_uses_the_card_of_its_vlan(
    vlan: int, used: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    host, prepared = TrunkHost("eth0", MAC), []

    async def use(interface: str) -> None:
        prepared.append(interface)

    async def decided(phone: CdpClient) -> None:
        phone.decision = VlanDecision(vlan, "cdp")

    monkeypatch.setattr(host, "_use", use)
    monkeypatch.setattr(host._link, "decided", decided)
    monkeypatch.setattr(host._link, "tag", lambda vlan: f"eth0.{vlan}")
    assert asyncio.run(host.ask(client())) == VlanDecision(vlan, "cdp")
    assert prepared == ["eth0", *used]
