"""Simulate one site (a street) per seed, and check that every property holds.

A seed gives a script (phones, faults and times), and the script is run. If a property fails, the script is
shortened as long as it still fails.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from os import link
from pathlib import Path
from random import Random
from shutil import copy, copytree

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.emulator.flash import Flash
from ringup.events import ServerFault
from ringup.fleet.glance import read_fleet, read_rows
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.revisions import commit
from ringup.street.cable import Datagram
from ringup.street.faults import FAULTS, schedule
from ringup.street.packet_log import PacketLog
from ringup.street.properties import Properties, Violation, unexplained
from ringup.street.reasons import reason
from ringup.street.registrar import PbxBehaviour
from ringup.street.script import MOST_PHONES, Act, FlashState, Script
from ringup.street.street import EPOCH, Street, StreetPlan, open_street

LOAD, LOADER = "P0S3-8-12-00", "P003-8-12-00"
OLDER_LOAD, OLDER_LOADER = "P0S3-07-5-00", "P003-07-5-00"
SERVER = IPv4Address("10.0.0.1")
ROUTER = "10.0.1.1"
"""The address of the router that relays DHCP from the other segment."""
SETTLE = 1_800.0
"""Seconds after the last fault within which all phones must be in service again."""
LONGEST_ACT = 30.0
"""Maximum seconds of a fault that ends by itself."""
QUIET_SECONDS = 120.0
MOST_AT_REST = 30
"""Maximum number of datagrams per phone in QUIET_SECONDS if all are in service: REGISTER, OPTIONS and their
answers.
"""
MOST_TRANSFERS = 8
"""Maximum number of simultaneous transfers per phone: requests repeated from new ports, and finished
transfers that are still remembered.
"""


@dataclass(frozen=True, slots=True)
class ScriptOutcome:
    """The result of running a script."""

    script: Script
    violations: tuple[Violation, ...]
    came_up: bool
    """True if all phones were in service at the end."""
    boots: int
    datagrams: int
    files: int
    acknowledged: int
    seconds: float
    """The simulated seconds that passed on the street."""


class SharedFolder:
    """The folder that all streets share: the firmware, and a database for each number of phones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.firmware = folder / "firmware"
        self.sites = {count: _site(count) for count in range(1, MOST_PHONES + 1)}
        write_package(self.firmware, make_sip_package(LOAD))
        for count, site in self.sites.items():
            (folder / f"{count}").mkdir(exist_ok=True)
            engine = open_database(str(folder / f"{count}" / "ringup.db"))
            commit(engine, site, author="the street", summary="the site", at=EPOCH - 60)
            engine.dispose()

    def firmware_for(self, script: Script, place: Path) -> Path:
        """Return the folder with the images; if a fault may damage them, a copy for this street."""
        if all(FAULTS[act.key].where != "firmware" for act in script.acts):
            return self.firmware
        own = place / "firmware"
        copytree(self.firmware, own, copy_function=link)
        return own

    def database(self, phones: int, place: Path) -> Path:
        """Return a new copy of the database of a site with this many phones."""
        for path in (self.folder / f"{phones}").iterdir():
            copy(path, place / path.name)
        return place / "ringup.db"


def play(
    script: Script, stage: SharedFolder, place: Path, packet_log: PacketLog | None = None
) -> ScriptOutcome:
    """Run a script; `place` is an empty folder. `packet_log` records all datagrams and actions."""
    with opened(script, stage, place, packet_log) as (street, properties):
        set_going(street, script, packet_log)
        last = max((act.begins + act.lasts for act in script.acts), default=0.0)
        street.run(last + LONGEST_ACT)
        is_over = all(act.lasts or _ends_by_itself(act) for act in script.acts)
        came_up = street.run_until(lambda: not street.missing(), most=SETTLE, step=5.0)
        at_the_end = _at_the_end(street, properties, is_over=is_over, came_up=came_up)
        return ScriptOutcome(
            script,
            (*properties.violations, *at_the_end),
            came_up,
            street.boots,
            street.cable.counts.sent,
            properties.files,
            properties.acknowledged,
            street.loop.time(),
        )


def shortened(script: Script, stage: SharedFolder, places: Iterator[Path]) -> Script:
    """Return the script without the faults and phones that are not needed to make it fail."""
    for act in script.acts:
        without = replace(script, acts=tuple(each for each in script.acts if each is not act))
        if play(without, stage, next(places)).violations:
            return shortened(without, stage, places)
    if script.phones > 1:
        smaller = replace(script, phones=script.phones - 1)
        if play(smaller, stage, next(places)).violations:
            return shortened(smaller, stage, places)
    return script


def set_going(street: Street, script: Script, packet_log: PacketLog | None = None) -> None:
    """Start the server and the phones, and schedule the faults of a script."""
    street.start_server()
    for mac in street.phones:
        street.power_on(mac)
    for act in script.acts:
        _schedule(street, act, packet_log)


@contextmanager
def opened(
    script: Script, stage: SharedFolder, place: Path, packet_log: PacketLog | None = None
) -> Iterator[tuple[Street, Properties]]:
    """Make the street of a script and check its properties from now on; nothing runs on it yet."""
    site = stage.sites[script.phones]
    database = stage.database(script.phones, place)
    firmware = stage.firmware_for(script, place)
    properties = Properties(
        site,
        database,
        lambda name, data: street.images.was_ever(name, data),
        lambda: street.loop.time(),
        str(SERVER),
    )

    def see(datagram: Datagram) -> None:
        properties.see(datagram)
        if packet_log is not None:
            packet_log.add_datagram(street.loop.time(), datagram)

    plan = StreetPlan(
        site,
        str(database),
        firmware,
        [flash_of(phone.mac, script.flash) for phone in site.phones],
        seed=script.seed,
        behaviour=PbxBehaviour(script.driver),
        on_datagram=see,
        on_file=properties.receive,
        relays={phone.mac: ROUTER for phone in site.phones} if script.segment == "relayed" else {},
    )
    street = open_street(plan)
    street.loop.set_exception_handler(lambda _loop, context: properties.raised(context))
    try:
        yield street, properties
    finally:
        street.close()


def _schedule(street: Street, act: Act, packet_log: PacketLog | None) -> None:
    def log(text: str) -> None:
        if packet_log is not None:
            packet_log.add(street.loop.time(), text)

    dice = Random(act.dice)  # noqa: S311 - a fault's dice, not a secret
    schedule(street, act.key, act.begins, act.lasts, dice, log)


def _ends_by_itself(act: Act) -> bool:
    return not FAULTS[act.key].hides_registration and FAULTS[act.key].where != "cable"


def _at_the_end(street: Street, properties: Properties, *, is_over: bool, came_up: bool) -> list[Violation]:
    properties.look_at_the_leases()
    found: list[str] = []
    if is_over and not came_up:
        missing = ", ".join(street.missing())
        found.append(f"all faults have ended, but {missing} did not register within {SETTLE:.0f} s")
    if not came_up and not street.server.disk_refuses:
        # While the disk refuses reads, the state of the phones is unknown.
        registered = {mac: phone.registered for mac, phone in street.phones.items()}
        silent = unexplained(registered, _said(street))
        found += [f"{mac} is out of service, and nothing says so" for mac in silent]
    if came_up and is_over:
        found += _restlessness(street)
    if not street.server.disk_refuses:
        found += _faults_of_the_server(street)
    parts = street.server.parts
    if parts is None:
        if is_over and not street.server.disk_refuses:
            found.append("the server does not run")
    elif parts.tftp.live > MOST_TRANSFERS * len(street.phones):
        found.append(f"{parts.tftp.live} transfers are under way")
    return [Violation(street.loop.time(), what) for what in found]


def _faults_of_the_server(street: Street) -> list[str]:
    """Return the errors that the server reported about itself, without those of a disk that refuses writes.

    The server continues after an error: its phones come up later, so that only these reports show the error.
    """
    events = (each for _, each in read_events(street.server.database))
    faults = (each for each in events if isinstance(each, ServerFault))
    return [f"the server reports: {each.what}" for each in faults if "disk I/O error" not in each.what]


def _said(street: Street) -> dict[str, str]:
    """Return, for each phone, why it is not in service: its trouble, its overdue stage, or a state that
    explains it.
    """
    engine, now = street.server.database, street.server_time
    said = {}
    for row in read_rows(engine, read_fleet(engine, now), list(street.phones)):
        # While the PBX still has the registration of the previous boot, the phone counts as in service.
        is_held = set(row.extensions) <= set(street.registrar.contacts)
        unseen = "not seen yet" if row.journey.stage == "new" else ""
        said[row.mac] = reason(row, now) or unseen or ("held by the PBX" if is_held else "")
    return said


def _restlessness(street: Street) -> Sequence[str]:
    before = street.cable.counts.sent
    street.run(QUIET_SECONDS)
    sent = street.cable.counts.sent - before
    if sent <= MOST_AT_REST * len(street.phones):
        return ()
    return (f"{sent} datagrams in {QUIET_SECONDS:.0f} s although all phones are in service",)


def flash_of(mac: str, state: FlashState) -> Flash:
    """Return flash contents of this kind; together, the kinds cover each row of the emulated behaviour."""
    if state == "fresh":
        return Flash(mac, "7960")
    load, loader = (LOAD, LOADER) if state == "current" else (OLDER_LOAD, OLDER_LOADER)
    return Flash(mac, "7960", load, loader)


def _site(phones: int) -> Site:
    records = tuple(
        Phone(mac=f"{0x001646000000 + number:012X}", lines=(_line(number),)) for number in range(phones)
    )
    subnet = Subnet(
        network=IPv4Network("10.0.0.0/24"), first=IPv4Address("10.0.0.10"), last=IPv4Address("10.0.0.99")
    )
    other = Subnet(
        network=IPv4Network("10.0.1.0/24"),
        first=IPv4Address("10.0.1.10"),
        last=IPv4Address("10.0.1.99"),
        router=IPv4Address(ROUTER),
    )
    # The registrar emits the events of Asterisk's manager interface.
    pbx = Pbx(address="10.0.0.2", manager_user="ringup")
    return Site(server_address=SERVER, load=LOAD, subnets=(subnet, other), phones=records, pbx=pbx)


def _line(number: int) -> Line:
    return Line(extension=str(201 + number), secret=f"Street-secret-{number}")
