"""The pages with the present calls, and with the parked calls that the phone can take."""

from ringup.asterisk.calls_now import ParkedCall, PresentCall, calls_now, parked_calls
from ringup.errors import AmiRefused
from ringup.pages.answers import Refreshed, Shown, sentence
from ringup.pages.objects.labels import is_dialable
from ringup.pages.objects.limits import DIRECTORY_ENTRIES
from ringup.pages.objects.values import Directory, DirectoryEntry, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service

RENEWED_AFTER = 10
"""Seconds after which a phone fetches these pages again."""
_UP = "Up"


@service("Who is on the phone", name="talking")
def talking(caller: KnownCaller) -> Shown:
    """Show the lines of the site that are in a call."""
    names = {line.extension: line.name for _phone, line in caller.site.lines()}
    rows = [_row(each, names) for each in calls_now(caller.sources.pbx) if each.extension in names]
    return Refreshed(
        Text("\n".join(rows) or caller.say("Nobody."), caller.say("Who is on the phone")), RENEWED_AFTER
    )


def _row(call: PresentCall, names: dict[str, str]) -> str:
    who = f"{names[call.extension] or call.extension} ({call.extension})"
    return f"{who}: {call.other}, {call.duration if call.state == _UP else call.state}"


@service("Parked calls", name="parked")
def parked(caller: KnownCaller) -> Shown:
    """Show the parked calls; the phone takes the call that the user selects."""
    try:
        found = [each for each in parked_calls(caller.sources.pbx) if is_dialable(each.space)]
    except AmiRefused:
        return sentence(caller.say("Parked calls"), caller.say("The PBX does not park calls."))
    if not found:
        return Refreshed(Text(caller.say("No calls are parked."), caller.say("Parked calls")), RENEWED_AFTER)
    entries = [DirectoryEntry(_shown(caller, each), each.space) for each in found[:DIRECTORY_ENTRIES]]
    return Refreshed(Directory(entries, caller.say("Parked calls")), RENEWED_AFTER)


def _shown(caller: KnownCaller, call: ParkedCall) -> str:
    who = f"{call.space}: {call.name or call.number or caller.say('unknown')}"
    return caller.say("{who}, {seconds} s left", who=who, seconds=call.seconds_left)
