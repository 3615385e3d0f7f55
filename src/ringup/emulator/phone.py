"""A Cisco 7940 or 7960 in software: it boots, registers, and runs until its power is cut."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from ringup.emulator.behaviour import Pace, Variant
from ringup.emulator.boot import sip_application
from ringup.emulator.boot.config_xml import LOAD_NUMBERS, servers_in
from ringup.emulator.boot.dhcp import DhcpClient
from ringup.emulator.boot.loader import Reboot
from ringup.emulator.boot.machine import Host, PhoneMachine, Trunk
from ringup.emulator.boot.sip_application import Ready
from ringup.emulator.boot.start import boot
from ringup.emulator.boot.tftp import Received
from ringup.emulator.cnf import LINES
from ringup.emulator.cnf_parameters import numbered
from ringup.emulator.display.shown import DisplayState
from ringup.emulator.flash import Flash
from ringup.emulator.front import FRONT_COMMANDS, Front
from ringup.emulator.pages.fetch import HttpAnswer, fetch
from ringup.emulator.report import Report
from ringup.emulator.sccp.config import SccpConfig, Server
from ringup.emulator.sccp.runner import SccpRunner
from ringup.emulator.screen import idle_lines
from ringup.emulator.sip.config import SipConfig, from_settings
from ringup.emulator.sip.runner import SipRunner
from ringup.emulator.speaker import ring_fault


class PhoneHost(Host, Protocol):
    """A `Host` that also has a network plug and keeps a lease."""

    async def plug_in(self) -> None:
        """Connect to the network; raises BindError if a phone could not work there."""
        ...

    async def until_lost(self, client: DhcpClient) -> None:
        """Renew the lease; return when the renewal has failed."""
        ...

    async def close(self) -> None:
        """Close the phone's connection to the network."""
        ...


class Sip(Protocol):
    """The SIP user agent of the phone, as `SipRunner` implements it."""

    async def start(self, config: SipConfig) -> None:
        """Register every line."""
        ...

    async def command(self, name: str, **arguments: object) -> None:
        """Carry out an action of a person at the phone."""
        ...

    async def stop(self) -> None:
        """Stop without sending anything."""
        ...


class Sccp(Protocol):
    """The SCCP client of the phone, as `SccpRunner` implements it."""

    async def serve(self, config: SccpConfig) -> str:
        """Register, and stay registered; return the reason why the registration ended."""
        ...

    async def command(self, name: str, **arguments: object) -> None:
        """Carry out an action of a person at the phone."""
        ...

    async def stop(self) -> None:
        """Stop without sending anything."""
        ...


def _ignore(flash: Flash) -> None:
    """Save nothing: for a phone without a flash file."""


class EmulatedPhone:
    """One emulated phone: its flash, its screen, its lines."""

    def __init__(
        self,
        flash: Flash,
        host: PhoneHost,
        *,
        on_report: Callable[[Report], None],
        save: Callable[[Flash], None] = _ignore,
        speed: float = 1.0,
        tftp_port: int = 69,
        variant: Variant | None = None,
        sip: Callable[[Callable[[Report], None]], Sip] = SipRunner,
        sccp: Callable[[Callable[[Report], None]], Sccp] | None = SccpRunner,
        trunk: Trunk | None = None,
        browses: bool = True,
    ) -> None:
        """`sccp` is None for a phone that reaches no CallManager and requests its files again and again.
        `trunk` is None for a phone that sends no CDP. `browses` is False for a phone without HTTP, which
        fetches no logo.
        """
        self._tell = on_report
        self._host = host
        self._is_fetching = browses
        self._variant = variant or Variant()
        self._machine = PhoneMachine(
            flash, host, Pace(speed), self._on_report, save, tftp_port, self._variant, trunk
        )
        self._sip = sip(self._on_sip_report)
        self._sccp = sccp(self._on_sccp_report) if sccp else None
        self._front = Front(lambda: self.flash.settings, self._fetch_page, self._machine.report, self.command)
        self._labels: list[object] = []
        """The extensions beside the line buttons, as an SCCP server sent them."""
        self.powered = asyncio.Event()
        """Set when the phone has power; before that, no button can be pressed."""
        self._registered: dict[int, bool] = {}
        self._check_sync = asyncio.Event()

    @property
    def flash(self) -> Flash:
        """Return the contents of the phone's flash."""
        return self._machine.flash

    @property
    def screen(self) -> tuple[str, ...]:
        """Return the lines that the screen shows now."""
        return self._machine.screen.lines

    async def run(self) -> None:
        """Power on, and run until cancelled; a cancellation stands for a pulled plug."""
        flash = self.flash
        await self._host.plug_in()
        self._machine.report(
            "power-on", mac=flash.mac, model=flash.model, application=flash.application, loader=flash.loader
        )
        self.powered.set()
        try:
            while True:
                ready = await boot(self._machine, self._register_sccp)
                reboot = await self._serve(ready)
                await self._sip.stop()
                self._machine.report("reboot", reason=reboot.reason)
                self._machine.screen.show()
        finally:
            await self._sip.stop()
            if self._sccp is not None:
                await self._sccp.stop()
            await self._host.close()
            self._machine.report("power-off")

    def fail_writes(self, count: int) -> None:
        """Let the writing of this many upcoming images to flash fail."""
        self._machine.failing_writes += count

    async def command(self, name: str, **arguments: object) -> None:
        """Press buttons; raises ValueError if a person could not do so now."""
        if name == "ring":
            await self._select_ring(str(arguments.get("ring", "")))
            return
        if name in FRONT_COMMANDS:
            await self._front.command(name, **arguments)
            return
        if self._is_sccp and self._sccp is not None:
            await self._sccp.command(name, **arguments)
        else:
            await self._sip.command(name, **arguments)

    async def _select_ring(self, name: str) -> None:
        """Select a ring of the list as in the menu of the settings; the phone fetches its file."""
        if name not in self._machine.rings:
            raise ValueError(
                f"the ring list has no {name!r}: {', '.join(self._machine.rings) or 'it is empty'}"
            )
        outcome = await self._machine.fetch(self._machine.rings[name])
        if not isinstance(outcome, Received):
            self._machine.report("ring-refused", name=name, reason="the file was not received")
        elif fault := ring_fault(outcome.data):
            self._machine.report("ring-refused", name=name, reason=fault)
        else:
            self._front.speaker.ring = outcome.data
            self._machine.report("ring-selected", name=name, samples=len(outcome.data))

    async def _fetch_page(self, url: str) -> HttpAnswer:
        return await fetch(self._machine.lease.address if self._machine.lease else "", url)

    @property
    def shown(self) -> DisplayState:
        """Return what the display shows now."""
        return self._front.shown

    def _on_report(self, report: Report) -> None:
        self._front.take(report)
        self._tell(report)

    def refuse(self, command: str, reason: str) -> None:
        """Report that a command was not possible."""
        self._machine.report("refused", command=command, reason=reason)

    @property
    def _is_sccp(self) -> bool:
        """Return whether the keys control the SCCP client: the phone runs SCCP firmware and has
        registered.
        """
        return self.flash.protocol == "SCCP" and bool(self._labels)

    async def _serve(self, ready: Ready) -> Reboot:
        """Register and take calls until there is a reason to reboot."""
        config = self._configuration(ready)
        self._registered = {line.index: not config.proxy_register for line in config.lines}
        self._check_sync.clear()
        self._show_lines()
        await self._sip.start(config)
        lost = asyncio.ensure_future(self._until_lost())
        logo = asyncio.ensure_future(self._front.show_logo()) if self._is_fetching else None
        try:
            while True:
                check_sync = asyncio.ensure_future(self._check_sync.wait())
                await asyncio.wait({lost, check_sync}, return_when=asyncio.FIRST_COMPLETED)
                check_sync.cancel()
                if lost.done():
                    lost.result()
                    return Reboot("the lease of the address is lost", must_hunt=False)
                self._check_sync.clear()
                step = await sip_application.check_sync(self._machine)
                if isinstance(step, Reboot):
                    return step
                if step is not None and step != config.dial_template:
                    config = replace(config, dial_template=step)
                    # The emulated SIP user agent reads its dial template only at its start, so a new template
                    # makes it register again.
                    await self._sip.start(config)
        finally:
            lost.cancel()
            if logo is not None:
                logo.cancel()

    async def _register_sccp(self, configuration: bytes) -> Reboot | None:
        """Register with the CallManagers of a configuration until that ends."""
        if self._sccp is None:
            return None
        lost = asyncio.ensure_future(self._until_lost())
        serving = asyncio.ensure_future(self._sccp.serve(self._sccp_configuration(configuration)))
        try:
            await asyncio.wait({lost, serving}, return_when=asyncio.FIRST_COMPLETED)
            if not serving.done():
                return Reboot("the lease of the address is lost", must_hunt=False)
            reason = serving.result()
        finally:
            lost.cancel()
            serving.cancel()
        if reason in ("reset", "restart"):
            return Reboot(f"the server ordered a {reason}", must_hunt=reason == "reset")
        self._machine.report("sccp-ended", reason=reason)
        return None

    def _sccp_configuration(self, configuration: bytes) -> SccpConfig:
        flash = self.flash
        return SccpConfig(
            address=self._machine.lease.address if self._machine.lease else "",
            mac=flash.mac,
            model=flash.model,
            device_type=LOAD_NUMBERS[flash.model],
            load=flash.application,
            servers=tuple(Server(*server) for server in servers_in(configuration)),
            stimulus=self._variant.stimulus,
        )

    def _on_sccp_report(self, report: Report) -> None:
        """Pass on a report of the SCCP client, and update the screen."""
        self._on_report(report)
        if report.kind == "sccp-registered":
            lines = report.detail.get("lines")
            self._labels = list(lines) if isinstance(lines, list) else []
            self._machine.screen.show(*map(str, self._labels))
        elif report.kind == "prompt":
            self._machine.screen.show(*map(str, self._labels), str(report.detail.get("text", "")))

    async def _until_lost(self) -> None:
        if self._machine.client is not None:
            await self._host.until_lost(self._machine.client)

    def _configuration(self, ready: Ready) -> SipConfig:
        flash = self.flash
        config = from_settings(
            _lines_of_the_model(ready.settings, flash.model),
            address=self._machine.lease.address if self._machine.lease else "",
            mac=flash.mac,
            dial_template=ready.dial_template,
        )
        return replace(
            config,
            model_number=LOAD_NUMBERS[flash.model],
            user_agent=f"Cisco-CP{flash.model}G/8.0",
            hash_key=self._variant.hash_key,
            urgent_counts=self._variant.urgent_counts,
        )

    def _on_sip_report(self, report: Report) -> None:
        """Pass on a report of the SIP user agent, and update the screen."""
        self._on_report(report)
        if report.kind == "check-sync":
            self._check_sync.set()
        elif report.kind == "line":
            number, state = report.detail.get("line"), report.detail.get("state")
            if isinstance(number, int):
                self._registered[number] = state == "registered"
                self._show_lines()

    def _show_lines(self) -> None:
        self._machine.screen.show(*idle_lines(self.flash.settings, self._registered))


def _lines_of_the_model(settings: Mapping[str, str], model: str) -> dict[str, str]:
    """Return the settings without the lines for which a 7940 has no button."""
    return {
        name: value
        for name, value in settings.items()
        if not numbered(name).stem.startswith("lineN") or numbered(name).number <= LINES[model]
    }
