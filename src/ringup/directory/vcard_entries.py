"""Read names and numbers from a file of vCards (versions 2.1, 3.0 and 4.0) that an address book exported.

Each card is parsed separately, so an invalid card loses only its own names. A card with several numbers
becomes one entry per number.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import vobject
from vobject.base import Component, ContentLine, VObjectError

from ringup.directory.entry import Entry
from ringup.directory.numbers import plain_number
from ringup.errors import Problem, SiteErrors
from ringup.site.table import LARGEST_FILE, too_large

KINDS: Mapping[str, str] = {"WORK": "work", "CELL": "mobile", "HOME": "home"}
"""Types of numbers, and the word that is added to the name if a card has several numbers."""
NOT_DIALLED = frozenset({"FAX", "PAGER", "MODEM", "BBS", "TEXT", "TEXTPHONE"})
"""Types of numbers that are not for voice calls; a number that also has the type VOICE is kept."""
CURE = "Export the card again, or leave it out."

_BEGIN = re.compile(r"^[ \t]*BEGIN[ \t]*:[ \t]*VCARD[ \t]*$", re.IGNORECASE | re.MULTILINE)
_PARSING = (VObjectError, ValueError, LookupError, TypeError, AttributeError)
"""Exceptions that the library raises for invalid cards; not all of them are the library's own."""


def read_vcards(data: bytes, name: str) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of a file, and the problems of single cards; messages call the file `name`.

    Cards without a number are left out without a problem, and so are fax and pager numbers. Raises SiteErrors
    if no card can be read, or if the file is larger than `LARGEST_FILE`.
    """
    if len(data) > LARGEST_FILE:
        raise too_large(name, f"the file has {len(data):,} bytes; the most are {LARGEST_FILE:,}.")
    entries: list[Entry] = []
    problems: list[Problem] = []
    for line, text in _cards(_text(data)):
        found, bad = _card(text)
        entries += found
        problems += [Problem(f"{name}:{line}", what, CURE) for what in bad]
    if problems and not entries:
        raise SiteErrors(problems)
    return entries, problems


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cards(text: str) -> Iterator[tuple[int, str]]:
    """Yield each card together with the number of its first line."""
    starts = [match.start() for match in _BEGIN.finditer(text)]
    line = 1 + text.count("\n", 0, starts[0]) if starts else 1
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield line, text[start:end]
        line += text.count("\n", start, end)


def _card(text: str) -> tuple[list[Entry], list[str]]:
    try:
        card: Component = next(vobject.readComponents(text, allowQP=True), None)
        lines: Mapping[str, list[ContentLine]] = card.contents
        given = [(_kind(each), str(each.value)) for each in lines.get("tel", []) if _is_dialled(each)]
        name = _name(lines)
    except _PARSING:
        return [], ["the card cannot be read."]
    numbers = [(kind, plain) for kind, value in given if (plain := _number(value))]
    bad = [f"{value!r} is not a number." for _kind, value in given if value.strip() and not _number(value)]
    if numbers and not name:
        return [], [*bad, "the card has no name."]
    several = len(numbers) > 1
    return [Entry(f"{name} ({kind})" if several and kind else name, number) for kind, number in numbers], bad


def _types(line: ContentLine) -> frozenset[str]:
    """Return the types of a number: version 2.1 writes them without a key, 4.0 may write a quoted list."""
    given: Iterable[str] = [*line.params.get("TYPE", []), *line.singletonparams]
    return frozenset(each.strip() for some in given for each in some.upper().split(","))


def _is_dialled(line: ContentLine) -> bool:
    types = _types(line)
    return "VOICE" in types or not types & NOT_DIALLED


def _kind(line: ContentLine) -> str:
    types = _types(line)
    return next((word for kind, word in KINDS.items() if kind in types), "")


def _number(value: str) -> str:
    """Return a number without the scheme and the parameters of a tel: URI."""
    bare = value.strip()
    return plain_number(bare[4:].split(";")[0] if bare[:4].casefold() == "tel:" else bare)


def _name(lines: Mapping[str, list[Any]]) -> str:
    """Return the formatted name of a card, otherwise its first and last name, otherwise its company."""
    whole = str(lines["fn"][0].value).strip() if "fn" in lines else ""
    if not whole and "n" in lines:
        parts = lines["n"][0].value
        whole = " ".join(_words(parts.given) + _words(parts.family))
    if not whole and "org" in lines:
        company = _words(lines["org"][0].value)
        whole = company[0] if company else ""
    return whole


def _words(value: str | list[str]) -> list[str]:
    return [each.strip() for each in ([value] if isinstance(value, str) else value) if each.strip()]
