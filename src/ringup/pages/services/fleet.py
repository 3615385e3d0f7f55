"""The pages about the fleet for phones of operators: how many phones are in service, and which phones are
not.
"""

import time
from collections import Counter

from ringup.fleet.glance import FleetAtAGlance, read_fleet, read_row, read_rows
from ringup.fleet.rows import STATES, FleetRow
from ringup.fleet.verdicts import judged
from ringup.pages.answers import Refreshed, Shown, sentence
from ringup.pages.objects.limits import MENU_ITEMS
from ringup.pages.objects.values import Menu, MenuItem, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service

TITLE = "Fleet"
RENEWED_AFTER = 15
"""Seconds after which a phone fetches the page again."""
_SHOWN = ("trouble", "coming", "waiting")
"""The states whose phones are listed, the most urgent first."""


@service(TITLE, name="fleet", for_named=True)
def fleet(caller: KnownCaller) -> Shown:
    """Show the number of phones in each state, and the phones that are not in service."""
    engine = caller.sources.stored()
    now = read_fleet(engine, time.time())
    rows = sorted(read_rows(engine, now, _not_in_service(now)), key=lambda row: _SHOWN.index(row.state))
    items = [MenuItem(_shown(caller, row), caller.url("service/fleet-phone", mac=row.mac)) for row in rows]
    if not items:
        return Refreshed(Text(_counts(caller, now), caller.say(TITLE)), RENEWED_AFTER)
    return Refreshed(Menu(items, caller.say(TITLE), _counts(caller, now)), RENEWED_AFTER)


@service(TITLE, listed=False, for_named=True)
def fleet_phone(caller: KnownCaller, mac: str) -> Shown:
    """Show the state of a phone, and the result of `ringup why`."""
    engine = caller.sources.stored()
    now = read_fleet(engine, time.time())
    row = read_row(engine, now, mac)
    if row is None or row.phone is None:
        return sentence(caller.say(TITLE), caller.say("There is no such phone."))
    (row,) = judged([row], engine, now, caller.site)
    return Refreshed(Text(_why(caller, row), row.name), RENEWED_AFTER)


def _not_in_service(now: FleetAtAGlance) -> list[str]:
    """Return the MACs of the phones that are listed; there are at most as many as a menu can hold."""
    ours = [each for each in now.phones if each.state in _SHOWN]
    ours.sort(key=lambda each: _SHOWN.index(each.state))
    return [each.mac for each in ours[:MENU_ITEMS]]


def _counts(caller: KnownCaller, now: FleetAtAGlance) -> str:
    counts = Counter(each.state for each in now.phones)
    lights = f"{caller.say('PBX lost.')} " if now.pbx_lost else ""
    shown = (f"{counts[state]} {caller.say(style.words)}" for state, style in STATES.items() if counts[state])
    return f"{lights}{', '.join(shown)}"


def _shown(caller: KnownCaller, row: FleetRow) -> str:
    return f"{' '.join((*row.extensions, row.name))}: {caller.say(STATES[row.state].words)}"


def _why(caller: KnownCaller, row: FleetRow) -> str:
    what = row.verdict.what if row.verdict else row.trouble.text if row.trouble else ""
    return "\n".join([f"{caller.say(STATES[row.state].words)}, {row.mac}", *([what] if what else [])])
