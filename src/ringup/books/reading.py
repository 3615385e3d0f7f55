"""Read an address book of any kind."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ringup.directory.entry import Entry
from ringup.errors import OutsideError, Problem, SiteErrors
from ringup.site.directory_record import DirectorySource, Kind
from ringup.site.model import Pbx

MOST_NAMED = 3
"""Maximum number of faulty rows that are named."""


class BookUnreadable(OutsideError):
    """An address book could not be read: what was tried, the answer, and the cure."""


class BookReading(NamedTuple):
    """The names of an address book."""

    entries: list[Entry]
    tag: str = ""
    """Changes with the book; empty: the source has no such mark."""
    are_inside: bool = False
    """True if every number is an extension of the PBX."""
    left_out: str = ""
    """The faults of single rows or cards, a few of them by name."""


Reader = Callable[[DirectorySource, str, Pbx], BookReading | None]
"""Reads a source whose names have a tag already; None: it has not changed since. It may take a minute.

Raises BookUnreadable, or SiteErrors for contents that are not names.
"""


def read_book(source: DirectorySource, tag: str, pbx: Pbx) -> BookReading | None:
    """Return the names of a source, or None if they still have this tag; raises BookUnreadable."""
    try:
        return _reader(source.kind)(source, tag, pbx)
    except SiteErrors as error:
        first = error.problems[0]
        raise BookUnreadable(f"reading {source.url}", f"{first.where}: {first.what}", first.cure) from error


def named_in_short(problems: list[Problem]) -> str:
    """Return the first problems, and the number of the others."""
    more = f" and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
    return f"{'; '.join(map(str, problems[:MOST_NAMED]))}{more}" if problems else ""


def _reader(kind: Kind) -> Reader:
    """Return what reads this kind; each is imported only where a site has it."""
    import importlib

    module: Reader = importlib.import_module(f"ringup.books.{_MODULES[kind]}").read
    return module


_MODULES: Mapping[Kind, str] = {
    "file": "file_source", "ldap": "ldap_source", "carddav": "carddav_source", "asterisk": "astdb_source",
}  # fmt: skip
