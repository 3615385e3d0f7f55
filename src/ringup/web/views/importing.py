"""Import phones from CSV or a spreadsheet: upload, map the columns, read the effect of each row, import."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import Any, NamedTuple

from ringup.change.row_report import RowReport, row_reports
from ringup.change.site import merge_site, planned_merge
from ringup.errors import Problem, SiteErrors, UnsafeChange
from ringup.site.columns import Columns, columns_of
from ringup.site.csv_rows import merge, notes
from ringup.site.csv_table import read_csv
from ringup.site.model import Site
from ringup.site.rows import Rows
from ringup.site.table import OLD_OR_PROTECTED, ZIP, Table
from ringup.site.xlsx_table import read_xlsx
from ringup.store.revisions import current_revision
from ringup.web.answers import Answer, See, WebPage
from ringup.web.ask import Ask, Upload
from ringup.web.changing import APPROVED, approval, author_of, done_text, plan_record
from ringup.web.forms.import_rows import ImportRow, effect_rows, rows_with_mistakes

FILE, NAME = "file", "file.name"
"""The form's fields with the table: first an upload, then its bytes in base64."""
MOST_CELLS = 4
"""Number of rows from which the page shows examples of a column."""
MOST_ROWS_SHOWN = 2000
"""Maximum number of rows on the page; its JSON has all."""
LARGEST = 10 * 1024 * 1024
"""Largest table in bytes."""
TARGETS = (
    "mac", "model", "group", "label", "address", "protocol", "load", "password", "extension", "name",
    "secret", "auth_name", "short_name", "display_name", "voicemail", "voicemail_pin", "line", "vendor",
)  # fmt: skip
"""The fields that the page offers for a column; a `.cnf` parameter can be typed."""


class MappedColumn(NamedTuple):
    """One column of the table, and what it was taken for."""

    header: str
    field: str
    """ringup's field; empty: the column is not used."""
    line: int
    examples: list[str]


def form(_ask: Ask) -> Answer:
    """Show the form for the file."""
    return WebPage("import.html", "Import phones", shown={"problems": []})


def send(ask: Ask) -> Answer:
    """Show what the table would change, row by row; import it once that was shown."""
    upload = _upload(ask)
    if upload is None:
        problems = [Problem("file", "none was chosen.", "Choose a CSV file or a spreadsheet (.xlsx).")]
        return WebPage("import.html", "Import phones", {"problems": problems}, {"problems": problems}, 422)
    try:
        table = table_of(upload)
        columns, problems = columns_of(table, _mapped(ask))
    except SiteErrors as error:
        shown = {"problems": error.problems}
        return WebPage("import.html", "Import phones", {"problems": error.problems}, shown, 422)
    reading = WebImport(table, columns)
    revision = current_revision(ask.web.engine)
    if not problems and ask.field(APPROVED) == str(revision):
        return _import(ask, reading, upload, revision)
    return _dry_run(ask, reading, upload, revision, problems)


class WebImport:
    """A table with its columns, and the site into which it was put last."""

    def __init__(self, table: Table, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        self.stored = Site()
        self._merged: Any = None

    def rows_for(self, stored: Site) -> Rows:
        """Return the site with the table put into it; raises SiteErrors."""
        self.stored = stored
        self._merged = merge(self.table, self.columns, stored)
        rows: Rows = self._merged.rows
        return rows

    def places(self) -> dict[str, tuple[str, ...]]:
        """Return the file and lines of each phone by its MAC."""
        lines = self._merged.lines if self._merged else {}
        return {mac: tuple(map(self.table.place, own)) for mac, own in lines.items()}

    def notes(self) -> list[str]:
        """Return the notes about how the table was read."""
        return list(notes(self._merged, self.columns, self.table)) if self._merged else []

    def mapped(self) -> list[MappedColumn]:
        """Return every column with what it was taken for, and examples of its values."""
        used = {column.index: column for column in self.columns.used}
        rows = self.table.rows[:MOST_CELLS]
        return [
            MappedColumn(
                header, used[index].field if index in used else "", used[index].line if index in used else 0,
                [row.cells[index] for row in rows if index < len(row.cells) and row.cells[index]],
            )
            for index, header in enumerate(self.table.header)
        ]  # fmt: skip


def _dry_run(ask: Ask, reading: WebImport, upload: Upload, revision: int, problems: list[Problem]) -> WebPage:
    """Return the page with the effect of each row, or with all mistakes."""
    rows: list[ImportRow] = []
    plan = None
    found = list(problems)
    if not problems:
        try:
            planned = planned_merge(ask.web.database, reading.rows_for)
            rows = effect_rows(
                list(row_reports(planned.plan, reading.stored, planned.after, reading.places()))
            )
            plan = planned.plan
        except SiteErrors as error:
            found = list(error.problems)
            rows = rows_with_mistakes(reading.table, found, lambda table: _effects(ask, reading, table))
    own = {problem for row in rows for problem in row.problems}
    data = {
        "problems": found, "columns": reading.mapped(), "notes": reading.notes(),
        "rows": [row._asdict() for row in rows],
        "plan": plan_record(plan) if plan else None, "revision": revision,
    }  # fmt: skip
    shown = {
        "file": b64encode(upload.content).decode(), "file_name": upload.name, "targets": TARGETS,
        "made": plan, "most_rows": MOST_ROWS_SHOWN,
        "elsewhere": [problem for problem in found if problem not in own],
        "headers": list(reading.table.header), "phones": len(reading.table.rows),
    }  # fmt: skip
    return WebPage("import_rows.html", f"Import {upload.name}", data, shown, 422 if found else 200)


def _effects(ask: Ask, reading: WebImport, table: Table) -> list[RowReport]:
    """Return what some rows of the table would change; raises SiteErrors if they have mistakes."""
    part = WebImport(table, reading.columns)
    planned = planned_merge(ask.web.database, part.rows_for)
    return list(row_reports(planned.plan, part.stored, planned.after, part.places()))


def _import(ask: Ask, reading: WebImport, upload: Upload, revision: int) -> Answer:
    try:
        with author_of(ask):
            made = merge_site(
                ask.web.database, reading.rows_for, f"import {upload.name}", approval(ask)
            )  # fmt: skip
    except (SiteErrors, UnsafeChange):
        return _dry_run(ask, reading, upload, revision, [])
    ask.web.follower.look_now()
    return See(
        f"/history/{made.revision.id}" if made.plan else "/", done_text(made, "The phones were imported.")
    )


def _upload(ask: Ask) -> Upload | None:
    """Return the uploaded file, or the file that the dry run's form repeats."""
    if FILE in ask.uploads:
        return ask.uploads[FILE] if ask.uploads[FILE].content else None
    try:
        content = b64decode(ask.field(FILE), validate=True)
    except (NotBase64, ValueError):
        return None
    return Upload(ask.field(NAME) or "table", content) if content else None


def table_of(upload: Upload) -> Table:
    """Return the uploaded table; raises SiteErrors."""
    if len(upload.content) > LARGEST:
        cure = "Split it into several files."
        raise SiteErrors([Problem(upload.name, f"has more than {LARGEST >> 20} MB.", cure)])
    if upload.content.startswith((ZIP, OLD_OR_PROTECTED)):
        return read_xlsx(upload.content, upload.name)
    return read_csv(upload.content, upload.name)


def _mapped(ask: Ask) -> dict[str, str]:
    """Return the columns that the form maps by hand: ``map.HEADER``, with ``-`` for "leave it out"."""
    given = {key.removeprefix("map."): value.strip() for key, value in ask.form if key.startswith("map.")}
    return {header: "" if value == "-" else value for header, value in given.items() if value}
