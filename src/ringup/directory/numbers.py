"""Numbers as people write them, as they are plainly, and as the site dials them."""

import re
from collections.abc import Iterator

from ringup.directory.entry import Entry

LEAST, MOST = 1, 31
"""Number of digits: a Directory has 32 characters for one (P-XML-15), and an outside number gets a prefix."""

_FILLING = re.compile(r"[\s()/.–-]|\(0\)")
_NUMBER = re.compile(r"\+?[0-9*#]+")


def plain_number(text: str) -> str:
    """Return a number without the spaces and signs between its digits; empty for any other text."""
    plain = _FILLING.sub("", text.replace("(0)", ""))
    return plain if _NUMBER.fullmatch(plain) and LEAST <= len(plain) <= MOST else ""


def dialled(entries: list[Entry], prefix: str, inside: frozenset[str]) -> Iterator[Entry]:
    """Yield the entries as the site dials them: a number that is not an extension gets the outside prefix."""
    for entry in entries:
        yield entry if entry.number in inside else Entry(entry.name, prefix + entry.number)
