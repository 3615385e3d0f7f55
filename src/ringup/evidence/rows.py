"""Read a log format by a table: patterns in order, each with the function that turns a match into
observations.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from ringup.evidence.observation import Context, Observations

Read = Callable[[str, Context], Observations | None]
"""Function that reads one line; None: the line is not in this log format."""


class LineKind(NamedTuple):
    """One kind of line: its pattern, and the function for a match."""

    pattern: re.Pattern[str]
    handle: Callable[[re.Match[str], Context], Observations]


def row(pattern: str, handle: Callable[[re.Match[str], Context], Observations]) -> LineKind:
    """Return a row of the table; the pattern may match anywhere in a line."""
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
    """Return no observations: the line is in this log format, but reports nothing about a phone."""
    return []
