"""Streets (simulated sites) for tests: a few phones as they leave the factory, and synthetic firmware."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.emulator.flash import Flash
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit
from ringup.street.street import EPOCH, Street, StreetPlan, open_street

LOAD = "P0S3-8-12-00"
SERVER = IPv4Address("10.0.0.1")
FIRST_MAC = 0x001646000000


def mac_of(number: int) -> str:
    return f"{FIRST_MAC + number:012X}"


def site_of(phones: int) -> Site:
    records = tuple(
        Phone(mac=mac_of(number), lines=(Line(extension=str(200 + number), secret=f"secret-{number}"),))
        for number in range(phones)
    )
    subnet = Subnet(
        network=IPv4Network("10.0.0.0/16"), first=IPv4Address("10.0.1.0"), last=IPv4Address("10.0.9.255")
    )
    pbx = Pbx(address=str(SERVER), manager_user="ringup")
    return Site(server_address=SERVER, load=LOAD, subnets=(subnet,), phones=records, pbx=pbx)


def application_flash(mac: str) -> Flash:
    """Return the flash of a phone that already runs the site's load."""
    return Flash(mac, "7960", LOAD, "P003-8-12-00")


def prepared(folder: Path, site: Site) -> tuple[str, Path]:
    """Make the database of a site, and the folder with its firmware."""
    firmware = folder / "firmware"
    write_package(firmware, make_sip_package(LOAD))
    database = str(folder / "ringup.db")
    engine = open_database(database)
    commit(engine, site, author="test", summary="the site", at=EPOCH - 60)
    engine.dispose()
    return database, firmware


@contextmanager
def street(
    folder: Path, phones: int = 1, *, fresh: bool = False, changes: Mapping[str, Any] | None = None
) -> Iterator[Street]:
    """Return a street whose server runs; its phones have the site's load, or are `fresh` from the factory."""
    site = site_of(phones)
    database, firmware = prepared(folder, site)
    flashes = [Flash(one.mac, "7960") if fresh else application_flash(one.mac) for one in site.phones]
    opened = open_street(StreetPlan(site, database, firmware, flashes, **(changes or {})))
    try:
        opened.start_server()
        yield opened
    finally:
        opened.close()


def all_registered(opened: Street) -> bool:
    return not opened.missing()
