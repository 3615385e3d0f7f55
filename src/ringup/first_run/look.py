"""Look at this machine for the defaults of `ringup init`; nothing is changed."""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from ipaddress import IPv4Address
from pathlib import Path
from zoneinfo import TZPATH

from ringup.change.onboarding import UnknownPhone, is_here
from ringup.check.facts import Listener, OtherDhcp
from ringup.check.probes.machine import clock, interfaces
from ringup.check.probes.ports import listeners
from ringup.check.probes.programs import output_of
from ringup.check.probes.service_unit import unit_user
from ringup.firmware.folder import FirmwareFolder
from ringup.first_run.here import Here, ServiceHere
from ringup.first_run.look_asterisk import asterisk_here
from ringup.first_run.packages import packages_in
from ringup.rule import Unknown
from ringup.site.model import Site
from ringup.site.record_faults import FaultyRecord
from ringup.site.zones import posix_rule

UTC = "Etc/UTC"
LOCAL_TIME, ZONE_NAME = Path("/etc/localtime"), Path("/etc/timezone")
NETWORK_CARDS = Path("/sys/class/net")
SYSTEMD = Path("/run/systemd/system")
"""This folder exists if systemd started the machine (sd_booted(3))."""

NTP_PORT = 123

Listeners = tuple[Listener, ...] | Unknown
Listen = Callable[[str], OtherDhcp | Unknown | None]


def look(
    site: Site,
    firmware: Path,
    settings: Mapping[str, object],
    listen: Listen,
    source: Path,
    database: Path | None,
    unknown: Iterable[UnknownPhone] = (),
) -> Here:
    """Return what was found; `listen` is called once per interface, `source` may contain firmware.

    `database` is the file of the site; None: it is on a database server. `unknown` are the phones that were
    heard and have no record.
    """
    now, sockets = time.time(), listeners(database)
    has_load = not FirmwareFolder(firmware).problems(site.load)
    return Here(
        site=site,
        interfaces=(found := interfaces()),
        physical=frozenset(each.name for each in found if (NETWORK_CARDS / each.name / "device").exists()),
        routers=routers(),
        zone=machine_zone(),
        asterisk=asterisk_here(site.pbx),
        packages=() if has_load else tuple(packages_in(source)),
        has_load=has_load,
        unknown=tuple(each for each in unknown if is_here(each, now)),
        settings=settings,
        service=service(),
        can_send_time=can_send_time(sockets, is_synchronised=clock().is_synchronised),
        is_served=is_served(sockets),
        now=now,
        exists=lambda name: Path(name).expanduser().exists(),
        heard_on=cache(listen),
    )


def routers() -> dict[str, IPv4Address]:
    """Return the default router of each interface; empty if the system does not show them."""
    printed = output_of("ip", "-json", "-4", "route", "show", "default", silent_without=True)
    if isinstance(printed, Unknown) or not printed.strip():
        return {}
    rows = json.loads(printed)
    return {row["dev"]: IPv4Address(row["gateway"]) for row in reversed(rows) if "gateway" in row}


def machine_zone(local_time: Path = LOCAL_TIME, zone_name: Path = ZONE_NAME) -> str:
    """Return the time zone of this machine by its IANA name; Etc/UTC if it is not known."""
    for name in (os.environ.get("TZ", "").removeprefix(":"), _linked(local_time), _written(zone_name)):
        if name and _is_zone(name):
            return name
    return UTC


def _linked(path: Path) -> str:
    target = path.resolve()
    for folder in TZPATH:
        if target.is_relative_to(Path(folder).resolve()):
            return str(target.relative_to(Path(folder).resolve()))
    return ""


def _written(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_zone(name: str) -> bool:
    try:
        posix_rule(name)
    except FaultyRecord:
        return False
    return True


def is_served(found: Listeners) -> bool:
    """Return whether one of the listening sockets is that of a `ringup serve` with the site's database."""
    return not isinstance(found, Unknown) and any(each.has_our_database for each in found)


def can_send_time(found: Listeners, *, is_synchronised: bool | None) -> bool:
    """Return whether ringup could send phones the time of a synchronised clock."""
    if isinstance(found, Unknown) or not is_synchronised:
        return False
    return all(each.is_ringup for each in found if (each.protocol, each.port) == ("udp", NTP_PORT))


def service() -> ServiceHere | None:
    """Return the service of systemd; None if systemd does not run, or if the service is not installed."""
    user = unit_user() if SYSTEMD.is_dir() else ""
    if not user:
        return None
    state = output_of("systemctl", "show", "--property=ActiveState", "--value", "ringup.service")
    return ServiceHere(
        user, isinstance(state, str) and state.strip() in ("active", "activating", "reloading")
    )
