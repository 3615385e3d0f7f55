"""Boot all phones of a site in a simulation: find out when each is in service, which fail and why, and the
load.

Strategy: the site, with the change to try, is copied into a separate database; the operator's database is not
touched. Phones, server and PBX then run on one simulated clock until all phones are in service or the time is
over. Phones of other subnets are on segments of their own, whose routers relay DHCP.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from random import Random
from shutil import copytree

from ringup.emulator.firmware import loader_version_of
from ringup.emulator.flash import Flash
from ringup.fleet.glance import read_fleet, read_rows
from ringup.journey.stages import stage
from ringup.site.model import Line, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit
from ringup.street.cable import Datagram
from ringup.street.faults import FAULTS, schedule
from ringup.street.reasons import reason
from ringup.street.registrar import PbxBehaviour
from ringup.street.street import EPOCH, Street, StreetPlan, open_street

OUR_NETWORK = IPv4Network("198.18.0.0/15")
"""The network of a rehearsal if the site has no subnet; the range is reserved for network tests (RFC 2544).
"""
OUR_SERVER, OUR_PBX = IPv4Address("198.18.0.1"), "198.19.255.254"
FAULT_SECONDS = 120.0
"""Seconds for which a fault lasts, if it is one that ends."""
STEP = 5.0
"""Simulated seconds between two checks of the phones."""
EACH = 8
"""Number of datagrams between two counts of the TFTP transfers that run."""
FIRST_MAC = 0x001646A00000
FIRST_EXTENSION = 20_000


@dataclass(frozen=True, slots=True)
class RehearsalScript:
    """The settings of one rehearsal."""

    site: Site
    firmware: Path
    flashes: Mapping[str, Flash]
    """The contents of each phone's flash at the beginning, by MAC."""
    faults: tuple[str, ...] = ()
    """Keys of FAULTS; each begins while the phones boot and lasts FAULT_SECONDS."""
    power_cut: bool = False
    """True if the power of the building fails after all phones are in service."""
    window: float = 10.0
    """Seconds within which all phones get power."""
    most: float = 3_600.0
    """Maximum seconds of the rehearsal."""
    seed: int = 0
    fold: bool = False
    """True: an image that one phone has fetched comes to the other phones in a few large blocks."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """The last known address of phones, by MAC: it shows the subnet of a phone."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A phone that did not get into service."""

    mac: str
    extensions: tuple[str, ...]
    stage: str
    """The title of the phone's boot stage at the end."""
    last: str
    """The phone's last event, as a sentence."""
    why: str
    """The phone's trouble, or its overdue stage."""


@dataclass(frozen=True, slots=True)
class RehearsalResult:
    """The result of a rehearsal; times are in seconds since power-on."""

    phones: int
    in_service: Mapping[str, float]
    """The time when each phone was first in service, by MAC."""
    again: float | None
    """Seconds until all phones were in service again after the power cut; None: there was no power cut, or
    not all came back.
    """
    failures: tuple[Failure, ...]
    seconds: float
    """The simulated seconds that passed on the street."""
    datagrams: int
    boots: int
    most_transfers: int
    """The largest number of simultaneous TFTP transfers."""
    busiest: int
    """The largest number of datagrams in one second."""
    folded: int
    """Number of transfers in which most blocks were left out; 0 without `fold`."""

    def share_in_service(self, part: float) -> float | None:
        """Return the seconds until this share of all phones was in service; None: never."""
        times = sorted(self.in_service.values())
        needed = max(1, round(part * self.phones))
        return times[needed - 1] if len(times) >= needed else None


OnProgress = Callable[[float, int], None]
"""Called with the simulated seconds so far and the number of phones in service."""


def rehearse(
    script: RehearsalScript, folder: Path, on_progress: OnProgress = lambda _seconds, _phones: None
) -> RehearsalResult:
    """Boot the site; `folder` is an empty folder for the street's database."""
    site = _on_a_street(script.site)
    database = str(folder / "street.db")
    engine = open_database(database)
    commit(engine, site, author="rehearsal", summary="the site", at=EPOCH - 60)
    engine.dispose()
    load = _Load()
    street = open_street(_plan(script, site, database, _firmware(script, folder), load))
    load.street = street
    try:
        return _Rehearsal(script, street, load, on_progress).run()
    finally:
        street.close()


def building(phones: int, like: Site) -> Site:
    """Return a site with the settings of the site `like` and this many invented phones."""
    records = tuple(
        Phone(mac=f"{FIRST_MAC + number:012X}", lines=(_line(number),)) for number in range(phones)
    )
    return like.model_copy(update={"phones": records, "groups": (), "subnets": ()})


def from_factory(phones: Iterable[Phone]) -> dict[str, Flash]:
    """Return the flash contents of new phones, which run SCCP."""
    return {phone.mac: Flash(phone.mac, phone.model) for phone in phones}


def with_load(phones: Iterable[Phone], load: str, loader: str) -> dict[str, Flash]:
    """Return the flash contents of phones that already run this load."""
    version = loader_version_of(loader)
    return {phone.mac: Flash(phone.mac, phone.model, load, loader, version) for phone in phones}


def _line(number: int) -> Line:
    return Line(extension=str(FIRST_EXTENSION + number), secret=f"rehearsal-{number}")


def _on_a_street(site: Site) -> Site:
    """Return the site with what a simulation needs in addition: a subnet, and the server's address in it."""
    if site.subnets and site.server_address:
        return site
    if site.subnets:
        return site.model_copy(update={"server_address": next(site.subnets[0].network.hosts())})
    ours = Subnet(network=OUR_NETWORK, first=OUR_SERVER + 256, last=OUR_SERVER + 65_536)
    return site.model_copy(update={"server_address": OUR_SERVER, "subnets": (ours,)})


def _firmware(script: RehearsalScript, folder: Path) -> Path:
    """Return the folder with the images; if a fault may damage them, a copy of it."""
    if all(FAULTS[key].where != "firmware" for key in script.faults):
        return script.firmware
    copytree(script.firmware, folder / "firmware")
    return folder / "firmware"


def _plan(script: RehearsalScript, site: Site, database: str, firmware: Path, load: "_Load") -> StreetPlan:
    named = site.pbx.address
    is_name = bool(named) and not named.replace(".", "").isdigit()
    pbx = OUR_PBX if is_name else named or str(site.server_address)
    return StreetPlan(
        site,
        database,
        firmware,
        list(script.flashes.values()),
        seed=script.seed,
        fold=script.fold,
        on_datagram=load.see,
        behaviour=PbxBehaviour(site.pbx.driver),
        pbx=pbx,
        names={named: pbx} if is_name else {},
        relays=relays_of(site, script.addresses),
    )


def relays_of(site: Site, addresses: Mapping[str, str]) -> dict[str, str]:
    """Return the address of the relaying router, by MAC, for each phone on another segment.

    A phone is in the subnet of its reserved address, or else of its last address. Without either, it is on
    the server's segment, or in the first subnet if the server is in none.
    """
    own = next((each for each in site.subnets if site.server_address in each.network), site.subnets[0])
    found = {}
    for phone in site.phones:
        address = phone.address or IPv4Address(addresses.get(phone.mac) or 0)
        home = next((each for each in site.subnets if address in each.network), own)
        if site.server_address not in home.network:
            found[phone.mac] = str(home.router or next(home.network.hosts()))
    return found


class _Load:
    """Counts the datagrams on the street and the transfers of the server."""

    street: Street
    most_transfers = 0
    busiest = 0
    _second = 0
    _datagrams = 0

    def see(self, _datagram: Datagram) -> None:
        """Count one datagram that was sent."""
        second = int(self.street.loop.time())
        if second != self._second:
            self._second, self._datagrams = second, 0
        self._datagrams += 1
        self.busiest = max(self.busiest, self._datagrams)
        parts = self.street.server.parts
        if parts is not None and self._datagrams % EACH == 1:
            self.most_transfers = max(self.most_transfers, parts.tftp.live)


class _Rehearsal:
    """One run of a rehearsal."""

    def __init__(self, script: RehearsalScript, street: Street, load: _Load, on_progress: OnProgress) -> None:
        self._script = script
        self._street = street
        self._on_progress = on_progress
        self._in_service: dict[str, float] = {}
        self._load = load

    def run(self) -> RehearsalResult:
        street, script = self._street, self._script
        street.start_server()
        dice = Random(script.seed)  # noqa: S311 - a script's dice, not a secret
        for mac in street.phones:
            street.power_on(mac, after=dice.uniform(0.1, script.window))
        for key in script.faults:
            fault_dice = Random(f"{script.seed} {key}")  # noqa: S311 - a fault's dice, not a secret
            schedule(street, key, dice.uniform(0.0, script.window), FAULT_SECONDS, fault_dice)
        self._until_all_are_up(script.most)
        again = self._cut_the_power() if script.power_cut and not self._street.missing() else None
        return RehearsalResult(
            phones=len(street.phones),
            in_service=self._in_service,
            again=again,
            failures=tuple(self._failures()),
            seconds=street.loop.time(),
            datagrams=street.cable.counts.sent,
            boots=street.boots,
            most_transfers=self._load.most_transfers,
            busiest=self._load.busiest,
            folded=street.folding.folded if street.folding else 0,
        )

    def _until_all_are_up(self, most: float) -> bool:
        street = self._street
        until = street.loop.time() + most
        while self._street.missing() and street.loop.time() < until:
            street.run(STEP)
            self._look()
        return not self._street.missing()

    def _look(self) -> None:
        street = self._street
        for mac, phone in street.phones.items():
            if phone.registered and mac not in self._in_service:
                self._in_service[mac] = street.loop.time()
        self._on_progress(street.loop.time(), len(street.phones) - len(self._street.missing()))

    def _cut_the_power(self) -> float | None:
        street = self._street
        for mac in street.phones:
            street.power_off(mac)
        street.run(STEP)
        began = street.loop.time()
        for mac in street.phones:
            street.power_on(mac, after=0.1)
        return street.loop.time() - began if self._until_all_are_up(self._script.most) else None

    def _failures(self) -> Iterable[Failure]:
        missing = self._street.missing()
        street = self._street
        if not missing:
            return
        street.run(2.0)  # the last events reach the database
        engine, now = street.server.database, street.server_time
        for row in read_rows(engine, read_fleet(engine, now), missing):
            why = reason(row, now) or "on its way"
            yield Failure(row.mac, row.extensions, stage(row.journey.stage).title, row.journey.last, why)
