"""Read the table of `ringup import`, put it into the site, and show the progress."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ringup.errors import Problem, SiteErrors
from ringup.site.columns import columns_of
from ringup.site.csv_rows import MergedSite, merge, notes
from ringup.site.csv_table import read_csv
from ringup.site.model import Site
from ringup.site.rows import Rows
from ringup.site.table import LARGEST_FILE, OLD_OR_PROTECTED, ZIP, Table, too_large

STANDARD_INPUT = Path("-")
_ROWS_PER_STEP = 500


class ProgressLine:
    """Shows progress in one line on a terminal's standard error; without a terminal, shows nothing."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty()
        self._width = 0

    def step(self, text: str) -> None:
        """Show the current step."""
        if self._is_shown:
            click.echo(f"\r{text:<{self._width}}", nl=False, err=True)
            self._width = len(text)

    def end(self) -> None:
        """Clear the line."""
        if self._width:
            click.echo(f"\r{'':<{self._width}}\r", nl=False, err=True)
            self._width = 0


class ImportedTable:
    """A table, and the last site into which it was put."""

    def __init__(self, file: Path, mapped: dict[str, str], encoding: str) -> None:
        """Raises SiteErrors for a file or a mapping that cannot be used."""
        self.progress = ProgressLine()
        self.progress.step("reading")
        self.table: Table = _read(file, encoding)
        self.columns, problems = columns_of(self.table, mapped)
        if problems:
            self.progress.end()
            raise SiteErrors(problems)
        self.stored = Site()
        self._merged: MergedSite | None = None

    def rows_for(self, stored: Site) -> Rows:
        """Return the site with the table put into it."""
        self.stored = stored
        self._merged = merge(self.table, self.columns, stored, self._show)
        self.progress.step(f"checking and planning {len(self.table.rows)} rows")
        return self._merged.rows

    def _show(self, done: int) -> None:
        if done % _ROWS_PER_STEP == 0:
            self.progress.step(f"row {done} of {len(self.table.rows)}")

    def places(self) -> dict[str, tuple[str, ...]]:
        """Return the file and lines of each phone by its MAC."""
        lines = self._merged.lines if self._merged else {}
        return {mac: tuple(map(self.table.place, own)) for mac, own in lines.items()}

    def notes(self) -> Iterator[str]:
        """Yield the notes for the operator about how the table was read."""
        return notes(self._merged, self.columns, self.table) if self._merged else iter(())


def _read(file: Path, encoding: str) -> Table:
    name = "standard input" if file == STANDARD_INPUT else str(file)
    try:
        if file == STANDARD_INPUT:
            data = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SiteErrors([Problem(name, f"{error.strerror}.", "Check its name.")]) from error
    if len(data) > LARGEST_FILE:
        raise too_large(name, f"the file has more than {LARGEST_FILE:,} bytes.")
    if data.startswith((ZIP, OLD_OR_PROTECTED)):
        from ringup.site.xlsx_table import (
            read_xlsx,
        )  # imports openpyxl: 200 ms, which a CSV file need not pay

        return read_xlsx(data, name)
    return read_csv(data, name, encoding)
