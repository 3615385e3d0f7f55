"""Read names and numbers from Asterisk's database, as its console prints them: ``/cidname/0301 : Bob``."""

import re
from collections.abc import Iterator

from ringup.directory.entry import Entry
from ringup.directory.numbers import plain_number
from ringup.errors import Problem


def read_astdb(printed: str, family: str, name: str) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of a family, whose keys are numbers, and the problems of single ones.

    `printed` is the output of ``database show FAMILY``; `name` is what messages call the source. The key of a
    family below this one is not a number.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for key, value in _pairs(printed, family):
        if (number := plain_number(key)) and value:
            entries.append(Entry(value, number))
        else:
            what = f"{key!r} is not a number." if value else f"{key} has no name."
            problems.append(Problem(f"{name}, /{family}/{key}", what, "Correct it on Asterisk's console."))
    return entries, problems


def _pairs(printed: str, family: str) -> Iterator[tuple[str, str]]:
    # The name may have colons, the number has none.
    row = re.compile(rf"/{re.escape(family)}/([^:]*?)\s*: (.*)")
    for line in printed.splitlines():
        if found := row.fullmatch(line.rstrip()):
            yield found[1], found[2].strip()
