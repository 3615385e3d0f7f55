"""One name of the directory with its number."""

from collections.abc import Iterable
from typing import NamedTuple

from ringup.directory.folding import words


class Entry(NamedTuple):
    """A person or a room, and the number that a phone dials."""

    name: str
    number: str


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries sorted by name, without duplicates; an entry without a name gets its number as its
    name.
    """
    once: dict[tuple[tuple[str, ...], str], Entry] = {}
    for entry in entries:
        named = entry if entry.name.strip() else Entry(entry.number, entry.number)
        once.setdefault((words(named.name), named.number), named)
    return [entry for (_words, _number), entry in sorted(once.items(), key=lambda item: item[0])]
