"""Read names and numbers from a file of any kind that is known; its beginning tells the kind."""

import codecs

from ringup.directory.csv_entries import read_entries
from ringup.directory.entry import Entry
from ringup.errors import Problem

_FIRST = b"BEGIN:VCARD"


def read_file(data: bytes, name: str) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of a file called `name` in messages, and the problems of single rows or cards.

    Raises SiteErrors for a file that gives no names.
    """
    if is_vcards(data):
        from ringup.directory.vcard_entries import read_vcards  # its library takes 40 ms to load

        return read_vcards(data, name)
    return read_entries(data, name)


def is_vcards(data: bytes) -> bool:
    """Return whether a file begins as vCards do."""
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[: len(_FIRST)].upper() == _FIRST
