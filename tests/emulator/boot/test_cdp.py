"""A phone that requests its voice VLAN: its frames, its times, and its decision."""

import asyncio
from typing import TYPE_CHECKING

import pytest

from ringup.emulator.behaviour import CDP_TIMES, Pace, Variant
from ringup.emulator.boot.cdp import CdpClient, VlanDecision
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.flash import Flash
from ringup.engine.voice_vlan import CdpIdentity, VoiceVlan
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured
from tests.emulator.scripted_host import ScriptedHost
from tests.engine.test_voice_vlan import switch
from tests.wire.captures import CDP_FRAME, CDP_QUERY

if TYPE_CHECKING:
    from ringup.emulator.report import Report

MAC = "001646C0FFEE"
SIP = Flash(MAC, "7960", application="P0S3-8-12-00", loader="P003-08-2-00")


def decided(
    client: CdpClient, *frames: tuple[float, bytes], start: float = 100.0
) -> list[tuple[float, bytes]]:
    """Return what the client sends until it decides, with frames that arrive at these seconds."""
    client.start(start)
    sent, waiting = [], sorted(frames)
    while client.decision is None:
        assert client.wake_at is not None
        while waiting and start + waiting[0][0] <= client.wake_at:
            client.receive(waiting.pop(0)[1])
        at = client.wake_at
        sent += [(at - start, frame) for frame in client.wake(at)]
    return sent


def test_a_sip_7960_sends_the_bytes_of_the_real_one() -> None:
    client = CdpClient(Flash("001122334455", "7960", application="P0S3-08-2-00", loader="P003-08-2-00"))
    client.address = "192.168.1.33"
    frame = decided(client)[0][1]
    assert frame[14:] == CDP_QUERY[14:]
    assert frame[:6] == CDP_QUERY[:6]
    assert frame[12:14] == CDP_FRAME[12:14]


@pytest.mark.parametrize(
    ("application", "model", "name", "capabilities"),
    [("P0S3-8-12-00", "7940", "SIP", 0x10), ("P00308010200", "7960", "SEP", 0x90), ("", "7960", "SEP", 0x10)],
)
def test_the_load_and_the_model_are_announced(
    application: str, model: str, name: str, capabilities: int
) -> None:
    frame = decided(CdpClient(Flash(MAC, model, application=application)))[0][1]
    content = captured(ETHERNET, frame)
    assert isinstance(content, CapturedCdp)
    announced = cdp.parse(content.data)
    assert announced.device == name + MAC
    assert announced.platform == f"Cisco IP Phone {model}"
    assert announced.asks_for_vlan
    assert bytes.fromhex("00040008") + capabilities.to_bytes(4, "big") in frame


def test_it_asks_twice_and_decides_when_the_real_phone_does() -> None:
    client = CdpClient(SIP)
    sent = decided(client)
    assert [round(at, 2) for at, _ in sent] == [0.43, 1.43]
    assert client.decision == VlanDecision(cdp.UNTAGGED, "none")
    assert CDP_TIMES.decides == 10.07


def test_an_answer_does_not_shorten_the_wait() -> None:
    client = CdpClient(SIP)
    client.start(0.0)
    client.wake(0.43)
    client.receive(switch(vlan=77))
    client.wake(5.0)
    assert client.decision is None
    client.wake(10.07)
    assert client.decision == VlanDecision(77, "cdp")


def test_it_repeats_its_announcement_every_minute_afterwards() -> None:
    client = CdpClient(SIP)
    decided(client, start=0.0)
    times = []
    for _ in range(3):
        assert client.wake_at is not None
        times.append(round(client.wake_at, 2))
        assert len(client.wake(client.wake_at)) == 1
    assert times == [61.43, 121.43, 181.43]


@pytest.mark.parametrize(
    ("frames", "admin", "expected"),
    [
        ([switch(vlan=10)], cdp.UNTAGGED, VlanDecision(10, "cdp")),
        ([switch(vlan=10)], 20, VlanDecision(10, "cdp")),
        ([switch(vlan=10), switch(vlan=11)], cdp.UNTAGGED, VlanDecision(10, "cdp")),
        ([switch(vlan=cdp.UNTAGGED)], 20, VlanDecision(cdp.UNTAGGED, "cdp")),
        ([switch(vlan=0)], cdp.UNTAGGED, VlanDecision(0, "cdp")),
        ([switch(vlan=cdp.NO_VLAN)], cdp.UNTAGGED, VlanDecision(cdp.UNTAGGED, "none")),
        ([switch(vlan=cdp.NO_VLAN)], 20, VlanDecision(20, "menu")),
        ([], 20, VlanDecision(20, "menu")),
        ([CDP_FRAME, b"noise", switch()[:40], switch()[:-1] + b"\x55"], 20, VlanDecision(20, "menu")),
    ],
)
def test_what_it_hears_decides(frames: list[bytes], admin: int, expected: VlanDecision) -> None:
    client = CdpClient(SIP, admin)
    decided(client, *((1.5 + number, frame) for number, frame in enumerate(frames)))
    assert client.decision == expected


@pytest.mark.parametrize("vlan", [0, 110, 4094, 4095])
def test_ringup_and_a_phone_agree(vlan: int) -> None:
    server, phone = VoiceVlan(vlan, CdpIdentity("020000000001", "eth0", "pbx", "ringup")), CdpClient(SIP)
    server.start(0.0)
    phone.start(100.0)
    while phone.decision is None:
        assert phone.wake_at is not None
        for frame in phone.wake(now := phone.wake_at):
            for answer in server.receive(frame, now):
                phone.receive(answer)
    assert phone.decision == VlanDecision(vlan, "cdp")
    assert [event.mac for event in server.take_events(0.0)] == [MAC]


# --- in a boot --------------------------------------------------------------------------------------------


class Port:
    """A port whose switch announces VLAN 110."""

    def __init__(self) -> None:
        self.clients: list[CdpClient] = []

    async def ask(self, client: CdpClient) -> VlanDecision:
        self.clients.append(client)
        decided(client, (1.5, switch(vlan=110)))
        assert client.decision is not None
        return client.decision


def test_a_boot_begins_with_the_voice_vlan_and_asks_once() -> None:
    reports: list[Report] = []
    port = Port()
    machine = PhoneMachine(
        SIP,
        ScriptedHost({}),
        Pace(),
        reports.append,
        lambda _flash: None,
        variant=Variant(seed=7),
        trunk=port,
    )

    async def boot() -> None:
        for _ in range(2):
            machine.power_up()
            await machine.get_address()
            await machine.get_address()

    asyncio.run(boot())
    kinds = [report.kind for report in reports]
    assert kinds == ["screen", "voice-vlan", "screen", "address", "address"] * 2
    assert reports[0].detail == {"lines": ["Configuring VLAN"]}
    assert reports[1].detail == {"vlan": 110, "source": "cdp"}
    assert reports[2].detail == {"lines": ["Configuring IP"]}
    assert len(port.clients) == 2
    assert port.clients[1].address == "192.0.2.50"
