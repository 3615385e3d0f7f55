"""Asks all probes, or the quick ones, and puts their answers together."""

from dataclasses import dataclass, replace
from pathlib import Path

from ringup.asterisk.include_lines import FOLDER
from ringup.check.facts import Facts, OtherDhcp, PbxState, Refusal, Right, SntpReply
from ringup.check.probes import bans, firewall, machine, pbx, ports, sntp
from ringup.check.rule import NotKnown, Unknown
from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Site
from ringup.site.wanted import required_loads


@dataclass(frozen=True, slots=True)
class Places:
    """Where the site's server keeps its things, and as whom it runs."""

    database: Path | None
    """None: on a database server."""
    firmware: Path
    user: str = ""
    """Empty: who runs this."""


def quick(site: Site, places: Places, interface: str, *, dhcp: bool, folder: FirmwareFolder) -> Facts:
    """Return what this machine tells at once, in some tens of milliseconds."""
    home = places.database.parent if places.database else places.firmware
    return Facts(
        site,
        dhcp,
        interface,
        interfaces=machine.interfaces(),
        rulesets=firewall.rulesets(),
        loads=loads(site, folder),
        bans=bans.bans(),
        clock=machine.clock(),
        disk=machine.disk(home),
        user=machine.service_user(places.user),
        rights=_rights(site, places),
    )


def loads(site: Site, folder: FirmwareFolder) -> dict[str, tuple[Problem, ...]]:
    """Return what is wrong with each load that a phone of the site needs."""
    needed = {load for load, wanted in required_loads(site).items() if wanted.phones}
    return {load: tuple(folder.problems(load)) for load in sorted(needed)}


def everything(
    site: Site, places: Places, interface: str, *, dhcp: bool, other_dhcp: OtherDhcp | Unknown | None
) -> Facts:
    """Return all facts; the other DHCP server is heard by the caller, who has the sockets for it."""
    folder = FirmwareFolder(places.firmware)
    facts = quick(site, places, interface, dhcp=dhcp, folder=folder)
    state = pbx.state(site)
    return replace(
        facts,
        listeners=ports.listeners(places.database),
        other_dhcp=other_dhcp,
        pbx_files=pbx.files(site),
        pbx=state if isinstance(state, PbxState | Unknown) else Unknown("first: Asterisk's manager"),
        refusal=state if isinstance(state, Refusal) else None,
        sntp=_sntp(facts),
    )


def _sntp(facts: Facts) -> SntpReply | Unknown:
    """Ask at the address that phones are given: the site's NTP server, else this machine's."""
    try:
        return sntp.ask(facts.site.ntp_server or facts.server())
    except NotKnown as error:
        return Unknown(str(error))


def _rights(site: Site, places: Places) -> tuple[Right, ...]:
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
