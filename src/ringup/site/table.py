"""A table of texts with the line number of each row, read from a spreadsheet or a CSV file."""

from dataclasses import dataclass

from ringup.errors import Problem, SiteErrors

MOST_ROWS = 50_000
"""Maximum number of rows, which limits the memory; it is ten times the largest fleet that was measured."""
LARGEST_FILE = 32 << 20
"""Maximum number of bytes of a file, and of an unpacked .xlsx file."""
ZIP = b"PK\x03\x04"
"""The first bytes of an .xlsx file."""
OLD_OR_PROTECTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of an .xls file, and of an .xlsx file with a password."""
BLANKS = " \t\r\n\u00a0"
"""Characters that spreadsheets leave around a value, including the no-break space."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row that is not empty."""

    line: int
    """Number of the row's first line in its file, counted from 1."""
    cells: tuple[str, ...]
    """The texts of the cells; there are as many as in the header."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header and the rows that follow it."""

    name: str
    """The file's name for messages."""
    header_line: int
    header: tuple[str, ...]
    """Names of the columns as they were written, without spaces around them; empty for a column without a
    name.
    """
    rows: tuple[TableRow, ...]
    problems: tuple[Problem, ...] = ()
    """Mistakes in the form of single rows; a row that cannot be read is not in `rows`."""

    def place(self, line: int) -> str:
        """Return the name of a line for messages."""
        return f"{self.name}:{line}"


class TableBuilder:
    """Collects the rows of a file; the first row that is not empty is the header."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._header: TableRow | None = None
        self._rows: list[TableRow] = []
        self._problems: list[Problem] = []

    def add(self, line: int, cells: list[str]) -> None:
        """Add a row; an empty row is dropped, and so are empty cells to the right of the header's last
        column.
        """
        cells = [cell.strip(BLANKS) for cell in cells]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            return
        if self._header is None:
            self._header = TableRow(line, tuple(cells))
            return
        width = len(self._header.cells)
        if len(cells) > width:
            what = f"has {len(cells)} values, and the header has {width} columns."
            cure = "Quote a value that holds the separator, or give the column a name."
            self._problems.append(Problem(f"{self._name}:{line}", f"the row {what}", cure))
            cells = cells[:width]
        if len(self._rows) == MOST_ROWS:
            raise too_large(f"{self._name}:{line}", f"the table has more than {MOST_ROWS:,} rows.")
        self._rows.append(TableRow(line, (*cells, *[""] * (width - len(cells)))))

    def table(self) -> Table:
        """Return the table; raises SiteErrors if the file has no header."""
        if self._header is None:
            what, cure = "the file is empty.", "Begin with a row of column names, like mac,extension,name."
            raise SiteErrors([Problem(f"{self._name}:1", what, cure)])
        header = self._header
        return Table(self._name, header.line, header.cells, tuple(self._rows), tuple(self._problems))

    def refuse(self, line: int, what: str, cure: str) -> SiteErrors:
        """Return the error that ends the reading at this line; it contains the earlier problems too."""
        return SiteErrors([*self._problems, Problem(f"{self._name}:{line}", what, cure)])


def too_large(place: str, what: str) -> SiteErrors:
    """Return the error for a file that is too large."""
    return SiteErrors([Problem(place, what, "Split it into several files.")])
