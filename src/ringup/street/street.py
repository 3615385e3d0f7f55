"""One street, which is a simulated site: a server, its phones and a PBX on one cable, on a simulated clock.

The caller lets the simulated time pass.
"""

import asyncio
import gc
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from ringup.emulator.behaviour import Variant
from ringup.emulator.boot.dhcp import DEFAULT_MASK, HeldLease
from ringup.emulator.flash import Flash
from ringup.emulator.phone import EmulatedPhone
from ringup.emulator.report import Report
from ringup.emulator.sip.runner import SipRunner
from ringup.errors import RingupError
from ringup.events import Event
from ringup.site.model import Site
from ringup.street.cable import Cable, Datagram
from ringup.street.folding import Folding
from ringup.street.images import Images
from ringup.street.loop import StreetLoop
from ringup.street.phone_host import NO_ADDRESS, StreetPhoneHost
from ringup.street.registrar import PbxBehaviour, Registrar
from ringup.street.relay import Relay
from ringup.street.server import StreetServer

EPOCH = 1_790_000_000.0
"""Unix seconds at which every street begins: a Monday in September 2026."""
RESTART_SECONDS = 5.0
"""Seconds before a server that failed is started again: `RestartSec` of the service unit."""
AS_RENDERED = PbxBehaviour()
"""PJSIP with the settings that ringup writes."""


STREETS_KEPT = 8
"""Number of closed streets that stay in memory, about 4 MB each, because freeing one takes a quarter of a
run's time.
"""
_closed = count(1)


def _free_closed_streets() -> None:
    """Free the closed streets: servers exclude their objects from garbage collection, because they normally
    never end.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class StreetPhone:
    """One phone of the street: its flash, its reports, and, while it has power, its running program."""

    def __init__(self, flash: Flash, build: "Callable[[Flash, StreetPhone], EmulatedPhone]") -> None:
        self.flash = flash
        self.reports: list[Report] = []
        self.boots = 0
        self.writes_to_fail = 0
        """Number of upcoming images whose writing to flash will fail."""
        self.program: EmulatedPhone | None = None
        self.task: asyncio.Task[None] | None = None
        self.lines: dict[object, object] = {}
        """The last state of each line, by its number."""
        self.host: StreetPhoneHost | None = None
        """The phone's network connection since its last power-on."""
        self.by_hand: HeldLease | None = None
        """The address and servers that a person entered in the phone's menu; None: it uses DHCP."""
        self.alternate_tftp = ""
        """The TFTP server in the phone's menu, from the next power-on; empty: the phone uses the one that
        DHCP names.
        """
        self._build = build

    def add_report(self, report: Report) -> None:
        """Add a report, and update the boots and the lines."""
        self.reports.append(report)
        if report.kind in ("power-on", "reboot", "power-off"):
            self.boots += report.kind != "power-off"
            self.lines.clear()
        elif report.kind == "line":
            self.lines[report.detail.get("line")] = report.detail.get("state")

    @property
    def address(self) -> str:
        """Return the phone's address; 0.0.0.0 before its first lease."""
        return self.host.address if self.host is not None else NO_ADDRESS

    @property
    def registered(self) -> bool:
        """Return whether all lines of the phone are registered."""
        return bool(self.lines) and all(state == "registered" for state in self.lines.values())

    def power_on(self, loop: StreetLoop) -> None:
        """Switch the phone on with the contents of its flash; do nothing if it has power."""
        if self.task is None:
            self.program = self._build(self.flash, self)
            self.program.fail_writes(self.writes_to_fail)
            self.task = loop.create_task(self.program.run())

    def power_off(self) -> None:
        """Cut the phone's power."""
        if self.task is not None:
            self.task.cancel()
            self.task = self.program = None

    def write_flash(self, flash: Flash) -> None:
        """Save the new contents of the flash."""
        self.flash = flash


@dataclass(slots=True)
class Street:
    """The server, phones and PBX of one street; made by `open_street`."""

    loop: StreetLoop
    cable: Cable
    server: StreetServer
    registrar: Registrar
    phones: dict[str, StreetPhone]
    """The phones, by MAC."""
    site: Site
    """The site's configuration at the beginning."""
    build: "Callable[[Flash, StreetPhone], EmulatedPhone]"
    """Builds the program of a phone from its flash."""
    images: Images
    """The images in the server's firmware folder."""
    folding: Folding | None = None
    """The images that phones have fetched, if repeated transfers are folded; None: they are not."""

    def run(self, seconds: float) -> None:
        """Let this many simulated seconds pass."""
        self.loop.run_until_complete(asyncio.sleep(seconds))

    def run_until(self, happened: Callable[[], bool], *, most: float, step: float = 1.0) -> bool:
        """Let time pass until a condition is true; return whether it became true within `most` seconds."""
        until = self.loop.time() + most
        while not happened():
            if self.loop.time() >= until:
                return False
            self.run(step)
        return True

    def missing(self) -> list[str]:
        """Return the MACs of the phones that are not registered."""
        return [mac for mac, phone in self.phones.items() if not phone.registered]

    @property
    def server_time(self) -> float:
        """Return Unix seconds by the server's own clock."""
        return self.loop.unix_time() + self.server.clock_is_ahead

    @property
    def boots(self) -> int:
        """Return the total number of boots of all phones."""
        return sum(phone.boots for phone in self.phones.values())

    def start_server(self) -> None:
        """Start the server in the next turn of the loop."""
        self.loop.create_task(self._start_server())

    async def _start_server(self) -> None:
        """Try to start the server until it runs, as systemd does."""
        while True:
            with suppress(RingupError):
                return await self.server.start()
            await asyncio.sleep(RESTART_SECONDS)

    def power_on(self, mac: str, after: float = 0.0) -> None:
        """Connect a phone to power after this many seconds."""
        self.loop.call_later(after, self.phones[mac].power_on, self.loop)

    def power_off(self, mac: str) -> None:
        """Disconnect a phone from power."""
        self.phones[mac].power_off()

    def twin_of(self, mac: str, address: str) -> StreetPhone:
        """Return a second phone with this MAC, the same firmware, and an address from its menu."""
        twin = StreetPhone(self.phones[mac].flash, self.build)
        server = self.server.address
        twin.by_hand = HeldLease(address, DEFAULT_MASK, "", "", server, "the menu")
        return twin

    def close(self) -> None:
        """Stop the server, the phones and the PBX."""
        self.server.kill()
        self.run(0.001)
        running = asyncio.all_tasks(self.loop)
        for task in running:
            task.cancel()
        if running:
            self.loop.run_until_complete(asyncio.wait(running))
        self.server.close()
        self.loop.close()
        if next(_closed) % STREETS_KEPT == 0:
            _free_closed_streets()


@dataclass(frozen=True, slots=True)
class StreetPlan:
    """The settings of a street."""

    site: Site
    database: str
    """A database file that already holds this site."""
    firmware: Path
    flashes: Sequence[Flash]
    """The contents of each phone's flash at the beginning."""
    seed: int = 0
    behaviour: PbxBehaviour = AS_RENDERED
    speed: float = 1.0
    on_datagram: Callable[[Datagram], None] | None = None
    """Called with every datagram, before any fault applies."""
    on_file: Callable[[str, str, bytes, str], None] | None = None
    """Called for every file that a phone received, with the phone's MAC, the name, the bytes, and the server.
    """
    pbx: str = ""
    """The address of the PBX; empty: pbx.address of the site, which must then be an IP address."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The host names that DNS resolves, with their addresses."""
    fold: bool = False
    """True: an image that one phone has fetched comes to the other phones in a few large blocks."""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    """Special behaviour of single phones, by MAC; all other phones behave normally, with the street's seed.
    """
    relays: Mapping[str, str] = field(default_factory=dict)
    """The router that relays DHCP, by the MAC of each phone on another segment."""


def open_street(plan: StreetPlan) -> Street:
    """Build a street; nothing runs on it until the caller starts it."""
    loop = StreetLoop(EPOCH)
    asyncio.set_event_loop(loop)
    cable = Cable(loop, plan.on_datagram)
    site = plan.site
    server = StreetServer(loop, cable, str(site.server_address), plan.database, plan.firmware)
    dice = Random(plan.seed)  # noqa: S311 - a PBX's dice on a street, not a secret
    pbx = plan.pbx or site.pbx.address or server.address
    registrar = Registrar(loop, cable, pbx, _emitter(server), dice, plan.behaviour)
    registrar.site_changed(site)
    registrar.start()
    relays = {address: Relay(cable, address, server.address) for address in set(plan.relays.values())}
    cable.relays.update((mac, relays[address].forward) for mac, address in plan.relays.items())
    folding = Folding(cable) if plan.fold else None
    build = _builder(loop, cable, plan, {}, folding)
    phones = {flash.mac: StreetPhone(flash, build) for flash in plan.flashes}
    return Street(loop, cable, server, registrar, phones, site, build, Images(plan.firmware), folding)


def _emitter(server: StreetServer) -> Callable[[Event], None]:
    """Return a function that passes an event of the PBX to ringup, if the server runs."""

    def emit(event: Event) -> None:
        if server.parts is not None:
            server.parts.recorder.emit(event)

    return emit


def _builder(
    loop: StreetLoop, cable: Cable, plan: StreetPlan, shared: dict[bytes, bytes], folding: Folding | None
) -> Callable[[Flash, StreetPhone], EmulatedPhone]:
    """Return the function that builds a phone's program at each power-on."""

    def build(flash: Flash, phone: StreetPhone) -> EmulatedPhone:
        host = StreetPhoneHost(loop, cable, flash.mac, plan.on_file, plan.names, shared, folding)
        phone.host = host
        host.by_hand, host.alternate_tftp = phone.by_hand, phone.alternate_tftp
        dice = Random(f"{plan.seed} {flash.mac} {phone.boots}")  # noqa: S311 - a phone's dice, not a secret
        return EmulatedPhone(
            flash,
            host,
            on_report=phone.add_report,
            save=phone.write_flash,
            speed=plan.speed,
            variant=plan.variants.get(flash.mac) or Variant(seed=plan.seed),
            sip=lambda on_report: SipRunner(on_report, dice, host),
            sccp=None,  # no CallManager on this street
            browses=False,  # no HTTP either
        )

    return build
