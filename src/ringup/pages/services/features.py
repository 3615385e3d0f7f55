"""The pages for the call forward and the do-not-disturb of a phone's lines.

The URL of an entry states the new state ("on", not "change"), because a phone may fetch the URL twice.
"""

from ringup.asterisk.call_features import CallFeatures, features_of, set_dnd, set_forward
from ringup.pages.answers import Shown, sentence
from ringup.pages.objects.values import Menu, MenuItem
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import Telephone, service
from ringup.render.dialplan_xml import ECHO_TEST
from ringup.site.model import Line

TITLE = "Forward calls"
_NO_LINE = "This phone has no such line."


@service(TITLE, name="forward")
def forward(caller: KnownCaller) -> Shown:
    """Show the call features of the phone's lines, as entries with which the user changes them."""
    return _menu(caller)


@service(TITLE, listed=False)
def forward_to(caller: KnownCaller, number: Telephone, extension: str = "") -> Shown:
    """Forward a line to a number; with an empty number, the line rings again."""
    line = caller.own_line(extension)
    if line is None:
        return sentence(caller.say(TITLE), caller.say(_NO_LINE))
    if fault := _fault_of(caller, line, number):
        return sentence(caller.say(TITLE), fault)
    set_forward(caller.sources.pbx, line.extension, number)
    return _menu(caller, "Saved.")


@service(TITLE, listed=False)
def do_not_disturb(caller: KnownCaller, on: bool, extension: str = "") -> Shown:
    """Switch a line's do-not-disturb on or off."""
    line = caller.own_line(extension)
    if line is None:
        return sentence(caller.say(TITLE), caller.say(_NO_LINE))
    set_dnd(caller.sources.pbx, line.extension, on=on)
    return _menu(caller, "Saved.")


def _menu(caller: KnownCaller, prompt: str = "") -> Menu:
    items: list[MenuItem] = []
    for line in caller.phone.lines:
        items += _entries(caller, line, features_of(caller.sources.pbx, line.extension))
    return Menu(items, caller.say(TITLE), caller.say(prompt or "Select an entry to change it."))


def _entries(caller: KnownCaller, line: Line, now: CallFeatures) -> tuple[MenuItem, MenuItem]:
    own = line.extension
    forwarded = caller.url("service/forward-to", extension=own, number="" if now.forward else None)
    disturbed = caller.url("service/do-not-disturb", extension=own, on=int(not now.is_dnd))
    forward_text = "{line} forward: {number}" if now.forward else "{line} forward: off"
    dnd_text = "{line} do not disturb: on" if now.is_dnd else "{line} do not disturb: off"
    return (
        MenuItem(caller.say(forward_text, line=own, number=now.forward), forwarded),
        MenuItem(caller.say(dnd_text, line=own), disturbed),
    )


def _fault_of(caller: KnownCaller, line: Line, number: str) -> str:
    """Return the reason why calls cannot be forwarded to a number, as a sentence; empty if they can."""
    pbx = caller.site.pbx
    if number == line.extension:
        return caller.say("A line cannot be forwarded to itself.")
    if number == pbx.messages:
        return caller.say("That is the voicemail. Do not disturb sends calls there.")
    known = {"", ECHO_TEST, *(each.extension for _phone, each in caller.site.lines())}
    is_outside = pbx.outside_dial and number.startswith(pbx.outside_prefix)
    if number in known or is_outside:
        return ""
    return caller.say("Nobody has the number {number}.", number=number)
