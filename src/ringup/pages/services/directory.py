"""The pages of the Directory button: a search, and a list of all names.

Only phones of the site get these pages, because they contain other people's names. A Directory has at most 32
entries, and none of them can lead to further ones (P-XML-15). So the Update key leads to the rest of a longer
list, and the prompt says so.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from ringup.directory.entry import Entry
from ringup.pages.answers import Refreshed, Shown
from ringup.pages.objects.limits import DIRECTORY_ENTRIES, TELEPHONE
from ringup.pages.objects.values import Directory, DirectoryEntry, Menu, MenuItem, Text
from ringup.pages.services.caller import KnownCaller
from ringup.pages.services.service import service

TITLE = "Directory"
Start = Annotated[int, Field(ge=0, le=1_000_000)]


@service(TITLE)
def directory(caller: KnownCaller) -> Menu:
    """Show the menu of the Directory button."""
    has_own = any(line.numbers for line in caller.phone.lines)
    own = [MenuItem(caller.say("My numbers"), caller.url("service/directory-own"))] if has_own else []
    return Menu(
        [
            MenuItem(caller.say("Search"), caller.url("service/directory-search")),
            MenuItem(caller.say("All names"), caller.url("service/directory-names")),
            *own,
        ],
        caller.say(TITLE),
        caller.line.extension if caller.line else "",
    )


@service(TITLE, listed=False)
def directory_search(caller: KnownCaller, name_or_keys: str, start: Start = 0) -> Shown:
    """Show the entries that match a text: a name, the digits that spell it, or the beginning of a number.

    The personal numbers of the phone's lines come first.
    """
    found = caller.books.search(caller.site, caller.phone, name_or_keys)
    if not found:
        return Text(caller.say("Nobody is found by {searched}.", searched=name_or_keys), caller.say(TITLE))
    return _part(caller, found, "directory-search", start, name_or_keys)


@service(TITLE, listed=False)
def directory_own(caller: KnownCaller, start: Start = 0) -> Shown:
    """Show the personal numbers of this phone's lines."""
    entries = caller.books.own(caller.site, caller.phone)
    if not entries:
        return Text(caller.say("No numbers yet."), caller.say(TITLE))
    return _part(caller, entries, "directory-own", start)


@service(TITLE, listed=False)
def directory_names(caller: KnownCaller, start: Start = 0) -> Shown:
    """Show all names."""
    entries = caller.books.of(caller.site).entries
    if not entries:
        return Text(caller.say("No names yet."), caller.say(TITLE))
    return _part(caller, entries, "directory-names", start)


def _part(
    caller: KnownCaller, entries: Sequence[Entry], page: str, start: int, searched: str | None = None
) -> Shown:
    """Return the page with the entries from `start` on; its Update key leads to the next entries."""
    first = start if start < len(entries) else 0
    last = min(first + DIRECTORY_ENTRIES, len(entries))
    shown = [DirectoryEntry(each.name, each.number) for each in entries[first:last] if _fits(each.number)]
    place = {"first": first + 1, "last": last, "all": len(entries)}
    title = caller.say(TITLE)
    if last == len(entries):
        return Directory(shown, title, caller.say("{first}-{last} of {all}", **place) if first else "")
    following = caller.url(f"service/{page}", name_or_keys=searched, start=last)
    prompt = caller.say("{first}-{last} of {all}. Update: more", **place)
    return Refreshed(Directory(shown, title, prompt), url=following)


def _fits(number: str) -> bool:
    """Return whether a phone can dial this number, which must not contain letters."""
    return 0 < len(number) <= TELEPHONE and not set(number) - set("0123456789*#+")
