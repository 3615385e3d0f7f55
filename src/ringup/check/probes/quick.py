"""Run the probes that are quick and need no network; the server runs them at its start."""

from dataclasses import dataclass
from pathlib import Path

from ringup.asterisk.include_lines import FOLDER
from ringup.check.facts import Facts, RequiredAccess
from ringup.check.probes import bans, firewall, machine, rtp
from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of the site's server, and its user."""

    database: Path | None
    """None: the site is on a database server."""
    firmware: Path
    user: str = ""
    """Empty: the user of this process."""


def quick(site: Site, places: Places, interface: str, *, dhcp: bool) -> Facts:
    """Return the facts that can be read on this machine within a few tens of milliseconds; firmware is not
    read.
    """
    home = places.database.parent if places.database else places.firmware
    return Facts(
        site,
        dhcp,
        interface,
        interfaces=machine.interfaces(),
        rulesets=firewall.rulesets(),
        rtp=rtp.ports(site),
        bans=bans.bans(),
        clock=machine.clock(),
        disk=machine.disk(home),
        user=machine.service_user(places.user),
        rights=_rights(site, places),
    )


def _rights(site: Site, places: Places) -> tuple[RequiredAccess, ...]:
    found = []
    if places.database is not None:
        found.append(machine.right("the folder of the database", places.database.parent, needs_writing=True))
        if places.database.exists():
            found.append(machine.right("the database", places.database, needs_writing=True))
    if places.firmware.exists():
        found.append(machine.right("the firmware", places.firmware, needs_writing=False))
    if site.pbx.etc and (folder := Path(site.pbx.etc) / FOLDER).exists():
        found.append(machine.right("ringup's files in Asterisk's folder", folder, needs_writing=True))
    return tuple(found)
