"""The operator's input as rows: every value is a text, and the place of each part is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ringup.errors import Problem

Path = tuple[str | int, ...]
"""The path to a part of the site file, like ``("phones", 3, "lines", 0, "secret")``."""

Plain = dict[str, Any]
"""Dictionaries, lists and texts, in the form of a site file."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A site in the form of a site file, before it is checked."""

    data: Plain
    where: Callable[[Path], str]
    """Returns the place of a part: a file with a line, or the name of a record."""
    problems: tuple[Problem, ...] = ()
    """Mistakes in the file's syntax that were corrected so that reading could continue; `check` reports them
    too.
    """


def by_record(data: Plain) -> Callable[[Path], str]:
    """Return a function that returns the record's name as the place of a part; it is for changes without a
    file.
    """

    def where(path: Path) -> str:
        top = path[0] if path else ""
        named = {
            "phones": ("phone", "mac"),
            "groups": ("group", "name"),
            "network": ("network", "network"),
            "directory": ("directory", "name"),
        }
        if top in named and len(path) > 1:
            word, key = named[str(top)]
            record = data[str(top)][path[1]]
            name = record.get(key) if isinstance(record, dict) else None
            return f"{word} {name or int(path[1]) + 1}"
        return str(top) or "site"

    return where
