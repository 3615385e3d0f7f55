"""Read names and numbers from a file of any kind that is known; its beginning shows the kind."""

import codecs
from typing import NamedTuple

from ringup.directory.csv_entries import read_entries
from ringup.directory.entry import Entry
from ringup.directory.voicemail_entries import is_voicemail, read_voicemail
from ringup.errors import Problem

_FIRST = b"BEGIN:VCARD"


class FileEntries(NamedTuple):
    """The entries of a file, and the problems of its single rows or cards."""

    entries: list[Entry]
    problems: list[Problem]
    are_inside: bool = False
    """Every number is an extension of the PBX: none gets the outside prefix."""


def read_file(data: bytes, name: str) -> FileEntries:
    """Return what a file called `name` in messages gives.

    Raises SiteErrors for a file that gives no names.
    """
    if is_vcards(data):
        from ringup.directory.vcard_entries import read_vcards  # its library takes 40 ms to load

        return FileEntries(*read_vcards(data, name))
    if is_voicemail(data):
        return FileEntries(read_voicemail(data, name), [], are_inside=True)
    return FileEntries(*read_entries(data, name))


def is_vcards(data: bytes) -> bool:
    """Return whether a file begins as vCards do."""
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[: len(_FIRST)].upper() == _FIRST
