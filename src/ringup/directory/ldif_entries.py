"""Read names and numbers from LDIF (RFC 2849), the text format in which OpenLDAP's programs print entries."""

from base64 import b64decode
from collections.abc import Iterator, Sequence

from ringup.directory.entry import Entry
from ringup.directory.numbers import plain_number
from ringup.errors import Problem

KINDS = {"mobile": "mobile", "homephone": "home", "telephonenumber": "work"}
"""Attributes with numbers, and the word that is added to the name if an entry has several numbers."""


def read_ldif(
    text: str, name: str, names: Sequence[str], numbers: Sequence[str]
) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of an LDIF text without folded lines, and the problems of single entries.

    Messages call the source `name`. `names` and `numbers` are attributes; of `names`, the first one that an
    entry has is used. An entry without a name or a number is left out without a problem.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for found in _records(text):
        titles = [title for each in names for title in found.get(each.lower(), ()) if title.strip()]
        given = [
            (KINDS.get(each.lower(), ""), value) for each in numbers for value in found.get(each.lower(), ())
        ]
        if not titles:
            continue
        dn = found.get("dn", [""])[0]
        problems += [
            Problem(f"{name}, {dn}", f"{number!r} is not a number.", "Correct the entry.")
            for _kind, number in given
            if number.strip() and not plain_number(number)
        ]
        entries += _named(
            titles[0].strip(), [(kind, plain) for kind, each in given if (plain := plain_number(each))]
        )
    return entries, problems


def _named(name: str, numbers: Sequence[tuple[str, str]]) -> Iterator[Entry]:
    several = len(numbers) > 1
    for kind, number in numbers:
        yield Entry(f"{name} ({kind})" if several and kind else name, number)


def _records(text: str) -> Iterator[dict[str, list[str]]]:
    """Yield the values of each entry by their attributes, whose names are in lower case and without
    options.
    """
    for block in text.replace("\r\n", "\n").split("\n\n"):
        found: dict[str, list[str]] = {}
        for line in block.split("\n"):
            attribute, colon, value = line.partition(":")
            if colon and not line.startswith("#"):
                found.setdefault(attribute.lower().partition(";")[0], []).append(_value(value))
        if "dn" in found:
            yield found


def _value(written: str) -> str:
    if not written.startswith(":"):
        return written.strip()
    try:
        return b64decode(written[1:].strip()).decode("utf-8", errors="replace")
    except ValueError:  # not base64; binascii.Error is a ValueError too
        return ""
