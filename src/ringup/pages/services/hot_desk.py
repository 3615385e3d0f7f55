"""Hot desking by the Services button: bring a line to this phone with its PIN, and send it back.

The change and the restarts take a minute or two, so they run in a thread, and the page shows their progress.
"""

import secrets
import time

from ringup.change.hot_desk import move_line
from ringup.pages.answers import Refreshed, Shown, sentence
from ringup.pages.objects.values import Menu, MenuItem, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.desks import FOLLOWS, RESTARTS, LineMove
from ringup.pages.services.service import Pin, Telephone, service

TITLE = "Hot desk"
RENEWED_AFTER = 10
"""Seconds after which the page about a move is fetched again."""
SHOWN_SECONDS = 900.0
"""Seconds from the beginning of a move in which its result is shown before the menu; Update leads on."""


@service(TITLE, for_named=True)
def hot_desk(caller: KnownCaller, menu: bool = False) -> Shown:
    """Show the last move until it was seen, then the ways to bring a line here and to send one back."""
    guests = [line.extension for line in caller.phone.lines if line.extension in caller.site.away]
    move = caller.sources.desks.latest(set(guests), caller.phone.mac)
    if move is not None and not move.is_over:
        return Refreshed(_progress(caller, move), RENEWED_AFTER)
    if move is not None and not menu and time.monotonic() - move.began < SHOWN_SECONDS:
        return Refreshed(_progress(caller, move), 0, caller.url("service/hot-desk", menu=1))
    items = [MenuItem(caller.say("Bring my line here"), caller.url("service/hot-desk-here"))]
    items += [
        MenuItem(
            caller.say("Send {line} back", line=each), caller.url("service/hot-desk-back", extension=each)
        )
        for each in guests
    ]
    return Menu(items, caller.say(TITLE))


@service(TITLE, listed=False, for_named=True)
def hot_desk_here(caller: KnownCaller, my_number: Telephone, pin: Pin) -> Shown:
    """Bring a line here; its PIN is that of its mailbox in the site's records."""
    desks, mac, now = caller.sources.desks, caller.phone.mac, time.monotonic()
    if not desks.may_try(mac, now):
        return _refused(caller, "Too many wrong PINs. Try again in ten minutes.")
    found = next((each for each in caller.site.lines() if each[1].extension == my_number), None)
    expected = found[1].voicemail_pin if found else ""
    if not expected or not secrets.compare_digest(expected, pin):
        desks.note_wrong(mac, now)
        return _refused(caller, "The number or the PIN is wrong, or the line has no PIN.")
    return _begin(caller, my_number, mac)


@service(TITLE, listed=False, for_named=True)
def hot_desk_back(caller: KnownCaller, extension: str) -> Shown:
    """Send a line back to its own phone."""
    line = caller.own_line(extension)
    if line is None or line.extension not in caller.site.away:
        return _refused(caller, "This phone has no line of another phone.")
    return _begin(caller, line.extension, "")


def _refused(caller: KnownCaller, reason: str) -> Text:
    return sentence(caller.say(TITLE), caller.say(reason))


def _begin(caller: KnownCaller, extension: str, mac: str) -> Shown:
    engine, database = caller.sources.stored(), caller.sources.url
    now = next((phone.mac for phone, line in caller.site.lines() if line.extension == extension), "")
    other = mac or caller.site.away.get(extension, "").partition(" ")[0]
    move = LineMove(extension, (now, other), time.monotonic())
    caller.sources.desks.begin(move, lambda told: move_line(engine, database, extension, mac, told))
    latest = caller.sources.desks.latest({extension}, other)
    return Refreshed(_progress(caller, latest or move), RENEWED_AFTER, caller.url("service/hot-desk"))


def _progress(caller: KnownCaller, move: LineMove) -> Text:
    """Return the state of a move: each phone, and whether it has restarted."""
    title = caller.say(TITLE)
    if move.fault:
        return Text(caller.say("{line} stays. {fault}", line=move.extension, fault=move.fault), title)
    last = FOLLOWS if move.is_over else RESTARTS
    rows = [f"{_name(caller, mac)}: {caller.say(move.results.get(mac, last))}" for mac in move.phones]
    first = "{line} has moved." if move.is_over else "{line} moves."
    return Text("\n".join([caller.say(first, line=move.extension), *rows]), title)


def _name(caller: KnownCaller, mac: str) -> str:
    phone = caller.site.phone(mac)
    return (phone.label or (phone.lines[0].name if phone.lines else "") or mac) if phone else mac
