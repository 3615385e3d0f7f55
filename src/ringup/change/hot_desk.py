"""Hot desking: a line moves to another phone and back, by one revision, and both phones restart.

The phone that the line leaves gets its check-sync through this line, since it may have no other one; so it is
named by its record before the change. A phone whose last line leaves gets a stand-in account, until a line
arrives. Asterisk keeps the account until the phone has fetched its file, so that the check-sync reaches the
phone.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Engine

from ringup.change.plan import Plan
from ringup.change.restart import RestartResult, Restarts, Target, with_new_sync
from ringup.change.restart_run import restart
from ringup.change.site import change_site
from ringup.errors import Problem, SiteErrors, UnsafeChange
from ringup.site.model import Pbx, Site
from ringup.site.rows import Plain
from ringup.site.stand_in import is_stand_in, stand_in
from ringup.store.revisions import read_site

RESTART_SECONDS = 240.0
"""Maximum number of seconds from the check-sync to the boot."""
BOTH = 2
_EXPECTED = ("last-line", 1)
"""The finding of a plan that a move causes, with its number of phones, if ringup cannot give the phone a
stand-in account.
"""


def move_line(
    engine: Engine,
    database: str,
    extension: str,
    mac: str,
    told: Callable[[RestartResult], None] = lambda _result: None,
    wait: float = RESTART_SECONDS,
) -> list[RestartResult]:
    """Move a line to the phone with a MAC, or, if `mac` is empty, back to its own; return how the phones
    restarted.

    Raises SiteErrors if the line cannot be moved, and OutsideError if Asterisk cannot be reached. A line that
    cannot be moved stays, and no phone restarts.
    """
    before = read_site(engine)
    where = mac or _home(before, extension)[0]
    old = next((phone for phone, line in before.lines() if line.extension == extension), None)
    alter = partial(_moved, before, extension, where, time.time())
    phones = [phone for phone in (old, before.phone(where)) if phone is not None]
    hold = [phone.mac for phone in phones if before.protocol_of(phone) == "sip"]
    change_site(database, alter, f"move line {extension} to phone {where}", _approve, hold=hold)
    restarts = Restarts([Target.of(before, phone) for phone in phones], BOTH, wait)
    reported = 0

    def finished() -> None:
        nonlocal reported
        for result in restarts.results[reported:]:
            told(result)
        reported = len(restarts.results)

    macs = tuple(phone.mac for phone in phones)
    asyncio.run(restart(before.pbx, engine, restarts, macs, lambda: None, lambda _target: None, finished))
    return restarts.results


def _approve(plan: Plan) -> None:
    """Approve only what the move itself does: one phone may lose its last line."""
    if unsafe := [found.sentence for found in plan.unsafe if (found.code, found.number) != _EXPECTED]:
        raise UnsafeChange(unsafe, "")


def _home(site: Site, extension: str) -> tuple[str, int]:
    """Return the MAC of a line's own phone and the number of its line button there."""
    mac, _, key = site.away.get(extension, "").partition(" ")
    if not mac:
        raise _problem(extension, "is at its own phone.", "Name another phone.")
    return mac, int(key) if key.isascii() and key.isdigit() else 1


def _moved(before: Site, extension: str, mac: str, now: float, data: Plain) -> None:
    """Move the line in the plain form of a site, and set a new ``sync``, so that phones restart."""
    source, index = _place(data, extension)
    target = next((phone for phone in data["phones"] if phone["mac"] == mac), None)
    if target is None:
        raise _problem(extension, f"there is no phone {mac}.", "Name a phone of the site.")
    if source is target:
        raise _problem(extension, "is at this phone already.", "Nothing is to be done.")
    line = source["lines"].pop(index)
    away = data["site"].setdefault("away", {})
    home, key = str(away.get(extension) or f"{source['mac']} {index + 1}").split(" ")
    target["lines"].insert(int(key) - 1 if mac == home else 0, line)
    away.pop(extension, None)
    if mac != home:
        away[extension] = f"{home} {key}"
    has_accounts = writes_accounts(before.pbx)
    for phone in (source, target):
        own = [line for line in phone["lines"] if not is_stand_in(line["extension"])]
        phone["lines"] = own or ([_stand_in(before, phone["mac"])] if has_accounts else [])
    data["site"]["sync"] = with_new_sync(before, now).sync


def _stand_in(site: Site, mac: str) -> dict[str, Any]:
    phone = site.phone(mac)
    return stand_in(mac, site.language_of(phone) if phone else site.language)


def writes_accounts(pbx: Pbx) -> bool:
    """Return whether ringup can add accounts to Asterisk; in FreePBX, only its administrator can."""
    return bool(pbx.etc or pbx.realtime) and not pbx.freepbx


def _place(data: Plain, extension: str) -> tuple[dict[str, Any], int]:
    for phone in data["phones"]:
        for index, line in enumerate(phone.get("lines", ())):
            if line["extension"] == extension:
                return phone, index
    raise _problem(extension, "is not in the site.", "Name an extension of the site.")


def _problem(extension: str, what: str, cure: str) -> SiteErrors:
    return SiteErrors([Problem(f"line {extension}", what, cure)])
