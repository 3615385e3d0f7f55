"""The rows of an import's dry run: the effect of each row, or its mistakes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from ringup.change.row_report import RowReport
from ringup.errors import Problem, SiteErrors
from ringup.site.table import Table

MOST_TRIES = 3
"""Maximum number of times that rows with mistakes are left out, to see the effect of the others."""


class ImportRow(NamedTuple):
    """The rows of the table about one phone, or one row with mistakes."""

    line: int
    """The number of the first of its lines in the file."""
    places: tuple[str, ...]
    mac: str
    """The phone's MAC; for a row with mistakes, the beginning of the row."""
    kind: str
    """``added``, ``changed``, ``unchanged`` or ``mistake``."""
    restarts: bool = False
    phone: tuple[str, ...] = ()
    """What changes in the phone's files."""
    asterisk: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


Effects = Callable[[Table], Sequence[RowReport]]
"""Returns the effect of a table on the site; raises SiteErrors if it has mistakes."""


def effect_rows(reports: Sequence[RowReport]) -> list[ImportRow]:
    """Return the rows of a table without mistakes."""
    return [_row(report) for report in reports]


def rows_with_mistakes(table: Table, problems: Sequence[Problem], effects: Effects) -> list[ImportRow]:
    """Return the rows with mistakes, and what the other rows would change without them, by line."""
    found = list(problems)
    reports: Sequence[RowReport] = ()
    for _ in range(MOST_TRIES):
        faulty = {problem.where for problem in found}
        good = tuple(row for row in table.rows if table.place(row.line) not in faulty)
        if len(good) == len(table.rows) or not good:
            break
        try:
            reports = effects(replace(table, rows=good, problems=()))
            break
        except SiteErrors as error:
            found += [problem for problem in error.problems if problem not in found]
    rows = [*_mistakes(table, found), *map(_row, reports)]
    return sorted(rows, key=lambda row: row.line)


def _row(report: RowReport) -> ImportRow:
    line = int(report.places[0].rpartition(":")[2])
    return ImportRow(
        line, report.places, report.mac, report.kind, report.restarts, report.phone, report.asterisk
    )


def _mistakes(table: Table, problems: Sequence[Problem]) -> Iterator[ImportRow]:
    cells = {table.place(row.line): row.cells for row in table.rows}
    by_place: dict[str, list[Problem]] = {}
    for problem in problems:
        file, _, line = problem.where.rpartition(":")
        if file == table.name and line.isdecimal() and int(line) != table.header_line:
            by_place.setdefault(problem.where, []).append(problem)
    for place, own in by_place.items():
        beginning = ", ".join(cell for cell in cells.get(place, ())[:3] if cell)
        number = int(place.rpartition(":")[2])
        yield ImportRow(number, (place,), beginning, "mistake", problems=tuple(own))
