"""The complete phone from power-on to power-off; its SIP part is replaced by one that only listens
(P-SYNC-2).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from ringup.emulator.behaviour import HashKey, Variant
from ringup.emulator.flash import Flash
from ringup.emulator.phone import EmulatedPhone
from ringup.emulator.report import Report
from ringup.wire.dhcp import MessageType
from tests.emulator.boot.test_boot import CONVERTED, SITE
from tests.emulator.scripted_host import ADDRESS, MAC, SAME, Answer, ScriptedHost

if TYPE_CHECKING:
    from ringup.emulator.boot.dhcp import DhcpClient
    from ringup.emulator.sip.config import SipConfig

TIMEOUT = 10.0
"""Timeout in seconds, after which a test has failed."""


class Network(ScriptedHost):
    """A scripted host whose lease is lost when a test wants it."""

    def __init__(self, files: Mapping[str, Answer]) -> None:
        super().__init__(files, limit=1e9)
        self.lost = asyncio.Event()
        self.plugged_in = False
        self.closed = False

    async def plug_in(self) -> None:
        self.plugged_in = True

    async def until_lost(self, client: "DhcpClient") -> None:
        await self.lost.wait()
        self.lost.clear()

    async def close(self) -> None:
        self.closed = True


class Desk:
    """A phone, its reports, and a SIP part that a test controls."""

    def __init__(self, files: Mapping[str, Answer], flash: Flash, variant: Variant) -> None:
        self.host = Network(files)
        self.reports: list[Report] = []
        self.saved: list[Flash] = []
        self.started: list[SipConfig] = []
        self.stops = 0
        self.commands: list[tuple[str, dict[str, object]]] = []
        self._changed = asyncio.Event()
        self._on_report: Callable[[Report], None] = self._report
        self.phone = EmulatedPhone(
            flash, self.host, on_report=self._report, save=self.saved.append, variant=variant,
            sip=self._sip_half, sccp=None,
        )  # fmt: skip

    def _sip_half(self, on_report: Callable[[Report], None]) -> "Desk":
        self._on_report = on_report
        return self

    async def start(self, config: "SipConfig") -> None:
        self.started.append(config)
        self._changed.set()

    async def command(self, name: str, **arguments: object) -> None:
        self.commands.append((name, arguments))

    async def stop(self) -> None:
        self.stops += 1

    def hear(self, kind: str, **detail: object) -> None:
        """Wait for a call of the SIP part of this kind."""
        self._on_report(Report(self.host.now(), kind, detail))

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(TIMEOUT):
            while not happened():
                await self._changed.wait()
                self._changed.clear()

    def kinds(self, *kinds: str) -> list[Report]:
        return [report for report in self.reports if report.kind in kinds]

    def _report(self, report: Report) -> None:
        self.reports.append(report)
        self._changed.set()


def sit_down(
    scene: Callable[[Desk], Awaitable[None]],
    files: Mapping[str, Answer] = SITE,
    flash: Flash = CONVERTED,
    variant: Variant = SAME,
) -> Desk:
    """Switch the phone on, run the scene when the phone is in service, then switch it off."""

    async def play() -> Desk:
        desk = Desk(files, flash, variant)
        running = asyncio.ensure_future(desk.phone.run())
        await desk.until(lambda: bool(desk.started))
        await scene(desk)
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        return desk

    return asyncio.run(play())


async def nothing(desk: Desk) -> None:
    """A scene in which nothing happens after the boot."""


def test_a_factory_phone_ends_as_a_sip_phone_with_its_lines() -> None:
    desk = sit_down(nothing, flash=Flash(MAC, "7960"))
    (config,) = desk.started
    assert (config.address, config.mac) == (ADDRESS, MAC)
    assert [(line.name, line.password, line.proxy_address) for line in config.lines] == [
        ("201", "secret", "192.0.2.9")
    ]
    assert config.dial_template == SITE["dialplan.xml"]
    assert config.user_agent == "Cisco-CP7960G/8.0"
    assert desk.saved[-1].application == "P0S3-8-12-00"
    assert desk.saved[-1].settings["line1_password"] == "secret"


def test_the_reports_begin_with_power_on_and_end_with_power_off() -> None:
    desk = sit_down(nothing)
    assert desk.reports[0].kind == "power-on"
    assert dict(desk.reports[0].detail) == {
        "mac": MAC, "model": "7960", "application": "P0S3-8-12-00", "loader": "P003-8-12-00",
    }  # fmt: skip
    assert desk.reports[-1].kind == "power-off"
    assert desk.host.plugged_in
    assert desk.host.closed
    assert desk.stops >= 1


def test_a_7940_has_two_lines_and_says_so() -> None:
    own = b"".join(b"line%d_name: 20%d\n" % (number, number) for number in range(1, 7))
    desk = sit_down(
        nothing,
        {**SITE, f"SIP{MAC}.cnf": own},
        Flash(MAC, "7940", "P0S3-8-12-00", "P003-8-12-00", "PAS30830"),
    )
    (config,) = desk.started
    assert [line.name for line in config.lines] == ["201", "202"]
    assert config.user_agent == "Cisco-CP7940G/8.0"
    assert config.model_number == 8


def test_the_screen_marks_a_line_until_it_is_registered() -> None:
    screens: list[tuple[str, ...]] = []

    async def scene(desk: Desk) -> None:
        screens.append(desk.phone.screen)
        desk.hear("line", line=1, state="registered")
        screens.append(desk.phone.screen)
        desk.hear("line", line=1, state="refused")
        screens.append(desk.phone.screen)

    own = b"phone_label: lobby\nline1_name: 201\nline1_shortname: Desk\n"
    sit_down(scene, {**SITE, f"SIP{MAC}.cnf": own})
    assert screens == [("lobby", "Desk x"), ("lobby", "Desk"), ("lobby", "Desk x")]


def test_commands_go_to_the_sip_half() -> None:
    async def scene(desk: Desk) -> None:
        await desk.phone.command("dial", digits="202")

    assert sit_down(scene).commands == [("dial", {"digits": "202"})]


@pytest.mark.parametrize("version", ["*", "P0S3-8-12-00"])
def test_check_sync_with_another_sync_reboots_through_the_whole_hunt(version: str) -> None:
    async def scene(desk: Desk) -> None:
        desk.hear("check-sync")
        await desk.until(lambda: len(desk.started) == 2)

    syncinfo = f'<SYNCINFO><IMAGE VERSION="{version}" SYNC="2"/></SYNCINFO>'.encode()
    desk = sit_down(scene, {**SITE, "syncinfo.xml": syncinfo})
    names = desk.host.names()
    at = names.index("syncinfo.xml")
    assert names[at : at + 3] == ["syncinfo.xml", "dialplan.xml", f"CTLSEP{MAC}.tlv"]
    assert [report.detail["reason"] for report in desk.kinds("reboot")] == ["syncinfo.xml has another SYNC"]


@pytest.mark.parametrize(
    "syncinfo",
    [
        b'<SYNCINFO><IMAGE VERSION="*" SYNC="1"/></SYNCINFO>',
        b'<SYNCINFO><IMAGE VERSION="P0S3-08-3-00" SYNC="2"/></SYNCINFO>',
        b"not XML",
        None,
    ],
)
def test_check_sync_without_another_sync_only_reads_the_dial_template(syncinfo: Answer) -> None:
    async def scene(desk: Desk) -> None:
        desk.host.files["dialplan.xml"] = b"<DIALTEMPLATE></DIALTEMPLATE>"
        desk.hear("check-sync")
        await desk.until(lambda: len(desk.started) == 2)

    desk = sit_down(scene, {**SITE, "syncinfo.xml": syncinfo})
    assert desk.started[1].dial_template == b"<DIALTEMPLATE></DIALTEMPLATE>"
    assert desk.kinds("reboot") == []


def test_check_sync_with_the_same_dial_template_leaves_the_lines_alone() -> None:
    async def scene(desk: Desk) -> None:
        desk.hear("check-sync")
        await desk.until(lambda: desk.host.names().count("dialplan.xml") == 2)
        await desk.until(lambda: len(desk.kinds("file-received")) >= 7)

    assert len(sit_down(scene).started) == 1


def test_a_dial_template_that_disappears_leaves_the_one_in_use() -> None:
    async def scene(desk: Desk) -> None:
        del desk.host.files["dialplan.xml"]
        desk.hear("check-sync")
        await desk.until(lambda: desk.host.names().count("dialplan.xml") == 2)

    assert len(sit_down(scene).started) == 1


def test_a_lost_lease_reboots_the_phone() -> None:
    async def scene(desk: Desk) -> None:
        desk.host.lost.set()
        await desk.until(lambda: len(desk.started) == 2)

    desk = sit_down(scene)
    assert [report.detail["reason"] for report in desk.kinds("reboot")] == [
        "the lease of the address is lost"
    ]


def test_a_phone_that_lost_its_lease_asks_for_the_address_again_unless_a_server_refused_it() -> None:
    async def scene(desk: Desk) -> None:
        desk.host.lost.set()
        await desk.until(lambda: len(desk.started) == 2)
        client = desk.phone._machine.client
        assert client is not None
        client.is_refused = True
        desk.host.lost.set()
        await desk.until(lambda: len(desk.started) == 3)

    kinds = [message.type for message in sit_down(scene).host.dhcp]
    request, discover = MessageType.REQUEST, MessageType.DISCOVER
    first = [discover, request, request]
    assert kinds == [*first, request, request, *first]


def test_the_variant_of_the_phone_reaches_its_keys_and_its_flash() -> None:
    async def scene(desk: Desk) -> None:
        assert desk.started[0].hash_key is HashKey.WAITS

    desk = sit_down(scene, flash=Flash(MAC, "7960"), variant=Variant(7, 1, HashKey.WAITS))
    assert len(desk.kinds("flash-failed")) == 1


def test_a_command_without_sense_is_reported() -> None:
    async def scene(desk: Desk) -> None:
        desk.phone.refuse("jump", "'jump' is not a command")

    assert sit_down(scene).kinds("refused")[0].detail["command"] == "jump"
