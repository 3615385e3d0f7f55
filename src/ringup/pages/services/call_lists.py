"""The lists of missed, received and placed calls of the phone's lines, made from the events of the PBX."""

import enum
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ringup.events import CallAnswered, CallMissed, CallStarted, Event
from ringup.pages.answers import Shown, sentence
from ringup.pages.objects.labels import is_dialable
from ringup.pages.objects.limits import DIRECTORY_ENTRIES
from ringup.pages.objects.values import Directory, DirectoryEntry, Menu, MenuItem
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service
from ringup.store.history import latest_of_kinds

TITLE = "Calls"
MOST_READ = 300
"""Maximum number of events that are read for a list; a call causes one or two."""


class CallKind(enum.Enum):
    """The kinds of lists."""

    MISSED = "missed"
    RECEIVED = "received"
    PLACED = "placed"


class ListWords(NamedTuple):
    """The texts of one kind of list."""

    entry: str
    title: str
    empty: str


_WORDS: Mapping[CallKind, ListWords] = {
    CallKind.MISSED: ListWords("Missed", "Missed calls", "No missed calls."),
    CallKind.RECEIVED: ListWords("Received", "Received calls", "No received calls."),
    CallKind.PLACED: ListWords("Placed", "Placed calls", "No placed calls."),
}


class ListedCall(NamedTuple):
    """One call of one line."""

    kind: CallKind
    at: float
    """The time of the call, in Unix seconds."""
    number: str
    """The number at the other end."""


@service(TITLE, name="calls")
def call_lists(caller: KnownCaller) -> Menu:
    """Show the menu of the lists."""
    return Menu(
        [
            MenuItem(caller.say(words.entry), caller.url("service/calls-of", which=kind.value))
            for kind, words in _WORDS.items()
        ],
        caller.say(TITLE),
    )


@service(TITLE, listed=False)
def calls_of(caller: KnownCaller, which: CallKind) -> Shown:
    """Show one list, the latest call first; if the user dials an entry, the phone calls back."""
    found = [each for each in listed(_events(caller)) if each.kind is which]
    if not found:
        return sentence(caller.say(TITLE), caller.say(_WORDS[which].empty))
    names = {line.extension: line.name for _phone, line in caller.site.lines() if line.name}
    zone = ZoneInfo(caller.site.time_zone)
    entries = [
        DirectoryEntry(f"{_hour(each.at, zone)} {names.get(each.number, each.number)}", each.number)
        for each in reversed(found)
        if is_dialable(each.number)
    ]
    return Directory(entries[:DIRECTORY_ENTRIES], caller.say(_WORDS[which].title))


def listed(events: Sequence[Event]) -> Iterator[ListedCall]:
    """Yield the calls in a phone's events, oldest first.

    The same event reports that a placed call was answered, and that a received call was answered. It belongs
    to a call that the line placed if that call has the same number and was not answered yet.
    """
    dialled: dict[str, str] = {}
    for event in events:
        if isinstance(event, CallStarted):
            dialled[event.extension] = event.to
            yield ListedCall(CallKind.PLACED, event.at, event.to)
        elif isinstance(event, CallMissed):
            yield ListedCall(CallKind.MISSED, event.at, event.caller)
        elif isinstance(event, CallAnswered) and dialled.pop(event.extension, None) != event.to:
            yield ListedCall(CallKind.RECEIVED, event.at, event.to)


def _events(caller: KnownCaller) -> Sequence[Event]:
    kinds = (CallStarted, CallAnswered, CallMissed)
    return latest_of_kinds(caller.sources.stored(), caller.phone.mac, kinds, MOST_READ)


def _hour(at: float, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%d.%m. %H:%M")
