"""Read names and numbers from a file of any known format; the beginning of the file shows its format."""

import codecs
from typing import NamedTuple

from ringup.directory.csv_entries import read_entries
from ringup.directory.entry import Entry
from ringup.directory.voicemail_entries import is_voicemail, read_voicemail
from ringup.errors import Problem

_FIRST = b"BEGIN:VCARD"


class FileEntries(NamedTuple):
    """The entries of a file, and the problems of single rows or cards."""

    entries: list[Entry]
    problems: list[Problem]
    are_inside: bool = False
    """True if every number is an extension of the PBX, so that no number gets the outside prefix."""


def read_file(data: bytes, name: str) -> FileEntries:
    """Return the entries of a file; messages call the file `name`.

    Raises SiteErrors for a file without a name in it.
    """
    if is_vcards(data):
        from ringup.directory.vcard_entries import read_vcards  # the vCard library takes 40 ms to load

        return FileEntries(*read_vcards(data, name))
    if is_voicemail(data):
        return FileEntries(read_voicemail(data, name), [], are_inside=True)
    return FileEntries(*read_entries(data, name))


def is_vcards(data: bytes) -> bool:
    """Return whether a file begins with a vCard."""
    return data.removeprefix(codecs.BOM_UTF8).lstrip()[: len(_FIRST)].upper() == _FIRST
