"""Make a site with many phones, as a database for ringup and as a folder of files for other servers."""

import random
import shutil
import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.files.find import File, FileFinder, Requester
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import DialRule, Line, Pbx, Phone, Ring, Site, Subnet
from ringup.store.database import open_database
from ringup.store.revisions import commit

FIRST_MAC = 0x00070E000000
"""The first MAC, the same as in storm_client.c."""

IMAGE, IMAGE_SIZE = "P0S3-8-12-00.sb2", 749_000
LOADER, LOADER_SIZE = "P003-8-12-00.sbn", 130_000
RENDERED = ("SIPDefault.cnf", "XMLDefault.cnf.xml", "RINGLIST.DAT", "dialplan.xml")

FIRST_LEASE, LAST_LEASE = IPv4Address("10.65.0.0"), IPv4Address("10.66.255.255")


def fleet(
    phones: int, server: str, network: IPv4Network | None = None, pbx: Pbx | None = None, lines: int = 2
) -> Site:
    """Return a site of phones that have this number of lines each; a network has addresses for twice as many
    phones.

    Its dial rules and ring tones make its five small files 20 blocks long, as in the measurements that set
    the bars.
    """
    subnets = (Subnet(network=network, first=FIRST_LEASE, last=LAST_LEASE),) if network else ()
    return Site(
        server_address=IPv4Address(server),
        pbx=pbx or Pbx(address=server),
        subnets=subnets,
        dial_rules=tuple(DialRule(match=f"9,1{area}.......") for area in range(200, 275)),
        rings=tuple(Ring(name=f"Ring {number}", file=f"ring{number}.raw") for number in range(60)),
        phones=tuple(_phone(number, lines) for number in range(phones)),
    )


def _phone(number: int, lines: int) -> Phone:
    first = 20_000 + lines * number
    return Phone(
        mac=f"{FIRST_MAC + number:012X}",
        lines=tuple(
            Line(extension=f"{first + key}", name=f"Person {number}", secret=f"secret-{number}")
            for key in range(lines)
        ),
    )


def write_database(path: Path, site: Site) -> None:
    """Write a database with this site and no events."""
    database = open_database(str(path))
    try:
        commit(database, site, author="storm", summary="the fleet", at=time.time())
    finally:
        database.dispose()


def copy_database(prepared: Path, folder: Path) -> None:
    """Copy the database from the folder `prepared` to `folder`, with the key that decrypts its secrets."""
    for file in prepared.glob("ringup.db*"):
        shutil.copy(file, folder)


def write_images(folder: Path) -> None:
    """Write the large files; they have the same random bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    choose = random.Random(7960)  # noqa: S311 - bytes that do not compress, no secret
    write_rings(folder)
    for name, size in ((IMAGE, IMAGE_SIZE), (LOADER, LOADER_SIZE)):
        (folder / name).write_bytes(choose.randbytes(size))


def write_rings(folder: Path) -> None:
    """Write the sound files that the list of ring tones names."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(60):
        (folder / f"ring{number}.raw").write_bytes(bytes(480))


def write_rendered(folder: Path, site: Site, server: str) -> None:
    """Write the same bytes that ringup serves to this fleet, for servers that only serve files."""
    finder = FileFinder(site, FirmwareFolder(None), server, check_owner=False)
    for name in (*RENDERED, *(f"SIP{phone.mac}.cnf" for phone in site.phones)):
        file = finder.find(name, Requester(""))
        if not isinstance(file, File):
            raise SystemExit(f"{name} is not rendered any more: {file.reason}")
        (folder / name).write_bytes(file.data)
