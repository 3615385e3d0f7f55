"""Read names and numbers from a CSV file that an address book or a spreadsheet exported.

The headers of the columns show their meaning, in any order and in upper or lower case. A row with several
numbers becomes one entry per number.
"""

from collections.abc import Mapping

from ringup.directory.entry import Entry
from ringup.directory.numbers import plain_number
from ringup.errors import Problem, SiteErrors
from ringup.site.csv_table import read_csv
from ringup.site.table import Table, TableRow

WHOLE_NAMES = ("name", "full name", "display name", "displayname", "contact", "fn", "cn")
FIRST_NAMES = ("first name", "firstname", "given name", "givenname", "forename")
LAST_NAMES = ("last name", "lastname", "surname", "family name", "familyname", "sn")
COMPANIES = ("company", "organisation", "organization", "org")
"""Headers of columns whose text is used as the name if a row has no name."""
NUMBERS: Mapping[str, str] = {
    **dict.fromkeys(
        ("number", "phone", "telephone", "tel", "phone number", "telephonenumber", "extension"), ""
    ),
    **dict.fromkeys(("business phone", "work phone", "work", "office"), "work"),
    **dict.fromkeys(("mobile", "mobile phone", "cell", "cell phone"), "mobile"),
    **dict.fromkeys(("home phone", "home"), "home"),
}
"""Headers of columns with numbers, and the word that is added to the name if a row has several numbers."""


def read_entries(data: bytes, name: str) -> tuple[list[Entry], list[Problem]]:
    """Return the entries of a CSV file, and the problems of single rows; messages call the file `name`.

    A number keeps its ``+``, digits, ``*`` and ``#``. Raises SiteErrors for a file without a table, or
    without columns for names and numbers.
    """
    table = read_csv(data, name)
    columns = [each.casefold() for each in table.header]
    if not set(columns) & {*WHOLE_NAMES, *FIRST_NAMES, *LAST_NAMES, *COMPANIES}:
        raise _without(table, "a name", "name")
    if not set(columns) & NUMBERS.keys():
        raise _without(table, "a number", "number")
    entries: list[Entry] = []
    problems = list(table.problems)
    for row in table.rows:
        found, bad = _row(columns, row)
        entries += found
        problems += [
            Problem(table.place(row.line), what, "Correct the row, or leave it out.") for what in bad
        ]
    return entries, problems


def _without(table: Table, what: str, example: str) -> SiteErrors:
    cure = f"Give a column the name {example}."
    return SiteErrors([Problem(table.place(table.header_line), f"no column is {what}.", cure)])


def _row(columns: list[str], row: TableRow) -> tuple[list[Entry], list[str]]:
    cells = list(zip(columns, row.cells, strict=True))
    given = [(NUMBERS[column], cell) for column, cell in cells if column in NUMBERS and cell]
    numbers = [(kind, plain) for kind, cell in given if (plain := plain_number(cell))]
    bad = [f"{cell!r} is not a number." for _kind, cell in given if not plain_number(cell)]
    name = _name(dict(reversed(cells)))
    if not name and numbers:
        return [], [*bad, "the row has no name."]
    several = len(numbers) > 1
    return [Entry(f"{name} ({kind})" if several and kind else name, number) for kind, number in numbers], bad


def _name(cells: Mapping[str, str]) -> str:
    def first(headers: tuple[str, ...]) -> str:
        return next((cells[header] for header in headers if cells.get(header)), "")

    return first(WHOLE_NAMES) or f"{first(FIRST_NAMES)} {first(LAST_NAMES)}".strip() or first(COMPANIES)
