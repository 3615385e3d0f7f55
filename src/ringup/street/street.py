"""One street: a server, its phones and a PBX on one cable, for as long as the caller lets time pass."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from ringup.emulator.behaviour import Variant
from ringup.emulator.flash import Flash
from ringup.emulator.phone import EmulatedPhone
from ringup.emulator.report import Report
from ringup.emulator.sip.runner import SipRunner
from ringup.errors import RingupError
from ringup.events import Event
from ringup.site.model import Site
from ringup.street.cable import Cable, Parcel
from ringup.street.folding import Folding
from ringup.street.images import Images
from ringup.street.loop import StreetLoop
from ringup.street.phone_host import NO_ADDRESS, StreetPhoneHost
from ringup.street.registrar import Manners, Registrar
from ringup.street.server import StreetServer

EPOCH = 1_790_000_000.0
"""Unix seconds at which every street begins: a Monday in September 2026."""
RESTART_SECONDS = 5.0
"""Seconds between two starts of a server that fails: `RestartSec` of the service unit."""
ONE_OF_OURS = Manners()
"""PJSIP as ringup sets it up."""


class Resident:
    """A phone of the street: what is in its flash, what it reported, and its life while it has power."""

    def __init__(self, flash: Flash, build: "Callable[[Flash, Resident], EmulatedPhone]") -> None:
        self.flash = flash
        self.reports: list[Report] = []
        self.boots = 0
        self.writes_to_fail = 0
        """How many of the next images cannot be written to flash."""
        self.phone: EmulatedPhone | None = None
        self.task: asyncio.Task[None] | None = None
        self.lines: dict[object, object] = {}
        """The last state of each line, by its number."""
        self.host: StreetPhoneHost | None = None
        """Its place on the network, in its present life or its last."""
        self._build = build

    def hear(self, report: Report) -> None:
        """Take a report."""
        self.reports.append(report)
        if report.kind in ("power-on", "reboot", "power-off"):
            self.boots += report.kind != "power-off"
            self.lines.clear()
        elif report.kind == "line":
            self.lines[report.detail.get("line")] = report.detail.get("state")

    @property
    def address(self) -> str:
        """Return the address that it has; 0.0.0.0 before its first lease."""
        return self.host.address if self.host is not None else NO_ADDRESS

    @property
    def registered(self) -> bool:
        """Return whether all its lines are registered."""
        return bool(self.lines) and all(state == "registered" for state in self.lines.values())

    def power_on(self, loop: StreetLoop) -> None:
        """Begin a life with what is in the flash; a phone that has power goes on."""
        if self.task is None:
            self.phone = self._build(self.flash, self)
            self.phone.fail_writes(self.writes_to_fail)
            self.task = loop.create_task(self.phone.run())

    def power_off(self) -> None:
        """End its life at once."""
        if self.task is not None:
            self.task.cancel()
            self.task = self.phone = None

    def keep(self, flash: Flash) -> None:
        """Write the flash."""
        self.flash = flash


@dataclass(slots=True)
class Street:
    """All that is on one street; made by `open_street`."""

    loop: StreetLoop
    cable: Cable
    server: StreetServer
    registrar: Registrar
    residents: dict[str, Resident]
    """By MAC."""
    site: Site
    """As it is at the beginning."""
    images: Images
    """The images in the server's folder."""
    folding: Folding | None = None
    """What its phones know of images, if repeated transfers are folded."""

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

    def missing(self) -> list[str]:
        """Return the MACs of the phones that are not registered."""
        return [mac for mac, resident in self.residents.items() if not resident.registered]

    @property
    def server_time(self) -> float:
        """Return Unix seconds by the server's own clock."""
        return self.loop.unix_time() + self.server.clock_is_ahead

    @property
    def boots(self) -> int:
        """Return how often phones have booted, all together."""
        return sum(resident.boots for resident in self.residents.values())

    def start_server(self) -> None:
        """Start the server in the next turn of the loop."""
        self.loop.create_task(self._start_server())

    async def _start_server(self) -> None:
        """Try until it starts, as the service manager does."""
        while True:
            with suppress(RingupError):
                return await self.server.start()
            await asyncio.sleep(RESTART_SECONDS)

    def power_on(self, mac: str, after: float = 0.0) -> None:
        """Plug a phone in, so many seconds from now."""
        self.loop.call_later(after, self.residents[mac].power_on, self.loop)

    def power_off(self, mac: str) -> None:
        """Pull a phone's plug."""
        self.residents[mac].power_off()

    def close(self) -> None:
        """Stop everything."""
        self.server.kill()
        self.run(0.001)
        running = asyncio.all_tasks(self.loop)
        for task in running:
            task.cancel()
        if running:
            self.loop.run_until_complete(asyncio.wait(running))
        self.server.close()
        self.loop.close()


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
    """Hears of every datagram, before any fault."""
    on_file: Callable[[str, str, bytes, str], None] | None = None
    """Hears of every file that a phone received: its MAC, the name, the bytes, and the server."""
    pbx: str = ""
    """The address of the PBX; empty: the one that the site names, which must then be an address."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What DNS answers."""
    fold: bool = False
    """True: an image that a phone has fetched comes to the others in a few large blocks."""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    """By MAC; the others have the street's seed and no peculiarity."""


def open_street(plan: Plan) -> Street:
    """Build a street on which nothing happens yet."""
    loop = StreetLoop(EPOCH)
    asyncio.set_event_loop(loop)
    cable = Cable(loop, plan.on_parcel)
    site = plan.site
    server = StreetServer(loop, cable, str(site.server_address), plan.database, plan.firmware)
    dice = Random(plan.seed)  # noqa: S311 - a PBX's dice on a street, not a secret
    pbx = plan.pbx or site.pbx.address or server.address
    registrar = Registrar(loop, cable, pbx, _telling(server), dice, plan.manners)
    registrar.site_changed(site)
    registrar.start()
    folding = Folding(cable) if plan.fold else None
    build = _builder(loop, cable, plan, {}, folding)
    residents = {flash.mac: Resident(flash, build) for flash in plan.flashes}
    return Street(loop, cable, server, registrar, residents, site, Images(plan.firmware), folding)


def _telling(server: StreetServer) -> Callable[[Event], None]:
    """Return what hands ringup an event of the PBX, if ringup runs to hear it."""

    def tell(event: Event) -> None:
        if server.parts is not None:
            server.parts.recorder.emit(event)

    return tell


def _builder(
    loop: StreetLoop, cable: Cable, plan: Plan, shared: dict[bytes, bytes], folding: Folding | None
) -> Callable[[Flash, Resident], EmulatedPhone]:
    """Return what builds a phone for each of its lives."""

    def build(flash: Flash, resident: Resident) -> EmulatedPhone:
        host = StreetPhoneHost(loop, cable, flash.mac, plan.on_file, plan.names, shared, folding)
        resident.host = host
        dice = Random(f"{plan.seed} {flash.mac} {resident.boots}")  # noqa: S311 - a phone's dice, not a secret
        return EmulatedPhone(
            flash,
            host,
            on_report=resident.hear,
            save=resident.keep,
            speed=plan.speed,
            variant=plan.variants.get(flash.mac) or Variant(seed=plan.seed),
            sip=lambda on_report: SipRunner(on_report, dice, host),
        )

    return build
