"""One street: a server, its phones and a PBX on one cable, for as long as the caller lets time pass."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from sqlalchemy import Engine

from ringup.emulator.behaviour import Variant
from ringup.emulator.flash import Flash
from ringup.emulator.phone import EmulatedPhone
from ringup.emulator.report import Report
from ringup.emulator.sip.runner import SipRunner
from ringup.serve.life import background
from ringup.serve.options import Options
from ringup.serve.parts import ServerParts, server_parts
from ringup.serve.sockets import Interface
from ringup.site.model import Site
from ringup.store.database import open_database
from ringup.street.cable import Cable, Parcel
from ringup.street.loop import StreetLoop
from ringup.street.phone_host import StreetPhoneHost
from ringup.street.registrar import Manners, Registrar
from ringup.street.server_machine import FIRST_REPLY_PORT, StreetTraffic, street_machine

EPOCH = 1_790_000_000.0
"""Unix seconds at which every street begins: a Monday in September 2026."""
ONE_OF_OURS = Manners()
"""PJSIP as ringup sets it up."""
SERVER_MAC = "02005E000001"


@dataclass(slots=True)
class Resident:
    """A phone of the street, and what it reported."""

    phone: EmulatedPhone
    host: StreetPhoneHost
    reports: list[Report] = field(default_factory=list)
    task: "asyncio.Task[None] | None" = None

    @property
    def registered(self) -> bool:
        """Return whether its last word about a line was that this line is registered."""
        lines: dict[object, object] = {}
        for report in self.reports:
            if report.kind == "power-on" or report.kind == "reboot":
                lines.clear()
            elif report.kind == "line":
                lines[report.detail.get("line")] = report.detail.get("state")
        return bool(lines) and all(state == "registered" for state in lines.values())


@dataclass(slots=True)
class Street:
    """All that is on one street; made by `open_street`."""

    loop: StreetLoop
    cable: Cable
    database: Engine
    parts: ServerParts
    registrar: Registrar
    residents: dict[str, Resident]
    traffic: StreetTraffic | None = None
    _tasks: "list[asyncio.Task[None]]" = field(default_factory=list)

    def run(self, seconds: float) -> None:
        """Let so much time pass."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def run_until(self, happened: Callable[[], bool], *, most: float, step: float = 1.0) -> bool:
        """Let time pass until something has happened; return whether it did within `most` seconds."""
        until = self.loop.time() + most
        while not happened():
            if self.loop.time() >= until:
                return False
            self.run(step)
        return True

    def start_server(self) -> None:
        """Start the server, as after its machine was switched on."""
        self._do(self._start_server())

    async def _start_server(self) -> None:
        parts = self.parts
        parts.store.start(self.loop)
        parts.dhcp.open()
        parts.dhcp.start()
        address = parts.interface.addresses[0]
        ports = [parts.options.tftp_port, *range(FIRST_REPLY_PORT, FIRST_REPLY_PORT + 4)]
        self.traffic = StreetTraffic(self.loop, self.cable, address, ports)
        self.traffic.serve(parts.tftp)
        self._tasks = [asyncio.ensure_future(each) for each in background(parts)]

    def power_on(self, mac: str, after: float = 0.0) -> None:
        """Plug a phone in, so many seconds from now."""
        self.loop.call_later(after, self._plug_in, self.residents[mac])

    def _plug_in(self, resident: Resident) -> None:
        resident.task = self.loop.create_task(resident.phone.run())

    def power_off(self, mac: str) -> None:
        """Pull a phone's plug."""
        task = self.residents[mac].task
        if task is not None:
            task.cancel()

    def close(self) -> None:
        """Stop everything."""
        running = asyncio.all_tasks(self.loop)
        for task in running:
            task.cancel()
        self._do(asyncio.wait(running))
        if self.traffic is not None:
            self.traffic.close()
        self.parts.dhcp.close()
        self.database.dispose()
        self.loop.close()

    def _do(self, work: Awaitable[object]) -> None:
        async def await_it() -> None:
            await work

        self.loop.run_until_complete(await_it())


@dataclass(frozen=True, slots=True)
class Plan:
    """What a street is built from."""

    site: Site
    database: str
    """A file that holds this site already."""
    firmware: Path
    flashes: Sequence[Flash]
    """One a phone: what is in it when it is plugged in."""
    seed: int = 0
    manners: Manners = ONE_OF_OURS
    speed: float = 1.0
    on_parcel: Callable[[Parcel], None] | None = None
    variants: Mapping[str, Variant] = field(default_factory=dict)
    """By MAC; the others have the street's seed and no peculiarity."""


def open_street(plan: Plan) -> Street:
    """Build a street on which nothing happens yet."""
    loop = StreetLoop(EPOCH)
    asyncio.set_event_loop(loop)
    cable = Cable(loop, plan.on_parcel)
    site = plan.site
    interface = Interface("street0", SERVER_MAC, (str(site.server_address),))
    database = open_database(plan.database)
    options = Options(interface.name, plan.database, plan.firmware, http=False, pbx=False, probe=False)
    parts = server_parts(options, database, machine=street_machine(loop, cable, interface))
    pbx = site.pbx.address or str(site.server_address)
    registrar = Registrar(loop, cable, pbx, parts.recorder.emit, Random(plan.seed), plan.manners)  # noqa: S311
    registrar.site_changed(site)
    registrar.start()
    residents = {flash.mac: _resident(loop, cable, flash, plan) for flash in plan.flashes}
    return Street(loop, cable, database, parts, registrar, residents)


def _resident(loop: StreetLoop, cable: Cable, flash: Flash, plan: Plan) -> Resident:
    host = StreetPhoneHost(loop, cable, flash.mac)
    reports: list[Report] = []
    variant = plan.variants.get(flash.mac) or Variant(seed=plan.seed)
    dice = Random(f"{plan.seed} {flash.mac}")  # noqa: S311 - a phone's dice, not a secret
    phone = EmulatedPhone(
        flash,
        host,
        on_report=reports.append,
        speed=plan.speed,
        variant=variant,
        sip=lambda on_report: SipRunner(on_report, dice, host),
    )
    return Resident(phone, host, reports)
