"""A form as a table: patterns in order, and the function that turns the first match into observations."""

import re
from collections.abc import Callable
from typing import NamedTuple

from ringup.evidence.observation import Context, Observations

Read = Callable[[str, Context], Observations | None]
"""Reads one line; None: the line is not of this form."""


class LineKind(NamedTuple):
    """One kind of line."""

    pattern: re.Pattern[str]
    handle: Callable[[re.Match[str], Context], Observations]


def row(pattern: str, handle: Callable[[re.Match[str], Context], Observations]) -> LineKind:
    """Return a row; the pattern is searched for anywhere in a line."""
    return LineKind(re.compile(pattern, re.ASCII), handle)


def reader_of(rows: tuple[LineKind, ...]) -> Read:
    """Return the function that reads a line by the first row that matches."""

    def read(line: str, context: Context) -> Observations | None:
        for pattern, handle in rows:
            if found := pattern.search(line):
                return handle(found, context)
        return None

    return read


def nothing(_found: re.Match[str], _context: Context) -> Observations:
    """Return no observations: the line matches the form, but reports nothing about a phone."""
    return []
