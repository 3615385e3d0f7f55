"""The operator's input as rows: every scalar as text, and the place of each part."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ringup.errors import Problem

Path = tuple[str | int, ...]
"""The path of a part from the top: ``("phones", 3, "lines", 0, "secret")``."""

Plain = dict[str, Any]
"""Mappings, lists and text, in the form of a site file."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A site in the form of a site file, not yet checked."""

    data: Plain
    where: Callable[[Path], str]
    """The place of a part: a file and line, or the record's name."""
    problems: tuple[Problem, ...] = ()
    """Mistakes in the file's form that were mended to read on; `check` reports them with its own problems."""


def by_record(data: Plain) -> Callable[[Path], str]:
    """Return the record's name as the place of a part, for changes that come from no file."""

    def where(path: Path) -> str:
        top = path[0] if path else ""
        named = {"phones": ("phone", "mac"), "groups": ("group", "name"), "network": ("network", "network")}
        if top in named and len(path) > 1:
            word, key = named[str(top)]
            record = data[str(top)][path[1]]
            name = record.get(key) if isinstance(record, dict) else None
            return f"{word} {name or int(path[1]) + 1}"
        return str(top) or "site"

    return where
