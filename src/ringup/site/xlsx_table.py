"""Read the first sheet of an .xlsx file; its size is limited before it is unpacked, because it may be
hostile.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, time, timedelta
from typing import Any

import openpyxl

from ringup.errors import Problem, SiteErrors
from ringup.site.table import LARGEST_FILE, Table, TableBuilder, too_large

MOST_COLUMNS = 1024
"""Maximum number of columns that are read; a single cell far to the right makes a row of 16,384 cells."""
_EXACT_DIGITS = 15
"""Number of digits of a number that a spreadsheet stores exactly."""
_ZEROS = re.compile("0{2,}")
"""Matches number formats that show leading zeros."""
_FORMULA = re.compile(rb"<f[ />]")
_SAVE = "Save it as .xlsx in a spreadsheet program, without a password; or as CSV."


def read_xlsx(data: bytes, name: str) -> Table:
    """Return the table in the first sheet; the line numbers are the numbers of its rows.

    Raises SiteErrors for a file that is not an .xlsx file, is too large, or has no header.
    """
    try:
        _look_at_size(data, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings about styles and extensions; no value depends on them
            return _read(data, name)
    except SiteErrors:
        raise
    except Exception as error:  # the library may raise any error for a broken file
        raise SiteErrors([Problem(name, "this is not an .xlsx file, or it is damaged.", _SAVE)]) from error


def _look_at_size(data: bytes, name: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > LARGEST_FILE:
        raise too_large(name, f"the file unpacks to {size:,} bytes; the most are {LARGEST_FILE:,}.")


def _read(data: bytes, name: str) -> Table:
    builder = TableBuilder(name)
    problems: list[Problem] = []
    for line, cells in enumerate(_rows(data, values=True), 1):
        texts = []
        for cell in cells:
            text, fault = _text(cell)
            texts.append(text)
            if fault:
                problems.append(Problem(f"{name}:{line}", f"cell {cell.coordinate} {fault[0]}", fault[1]))
        builder.add(line, texts)
    problems += _unknown_results(data, name)
    if problems:
        raise SiteErrors(problems)
    return builder.table()


def _rows(data: bytes, *, values: bool) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the first sheet, either with the values of formulas or with the formulas
    themselves.
    """
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # the size that the file states for its sheet may be wrong
        yield from sheet.iter_rows(max_col=MOST_COLUMNS)
    finally:
        with suppress(AttributeError):
            book.close()


def _text(cell: Any) -> tuple[str, tuple[str, str] | None]:
    """Return the text of a cell as a spreadsheet shows it, and the fault of the cell or an empty text."""
    value = cell.value
    if value is None:
        return "", None
    if isinstance(value, bool):
        return ("yes" if value else "no"), None
    if isinstance(value, date | time | timedelta):
        return "", ("is a date or a time.", "Format the column as text, and write the value again.")
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return str(value), None


def _number(value: float, number_format: str) -> tuple[str, tuple[str, str] | None]:
    if abs(value) >= 10**_EXACT_DIGITS:
        what = f"is a number of more than {_EXACT_DIGITS} digits, of which a spreadsheet loses the last."
        return "", (what, "Format the column as text, and write the value again.")
    if value != int(value):
        return repr(value), None
    width = len(number_format) if _ZEROS.fullmatch(number_format) else 0
    return str(int(value)).zfill(width), None


def _unknown_results(data: bytes, name: str) -> Iterator[Problem]:
    """Yield a problem for each formula whose value is missing, because no spreadsheet program has saved the
    file.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        if not any(_FORMULA.search(archive.read(part)) for part in sheets):
            return
    pairs = zip(_rows(data, values=True), _rows(data, values=False), strict=True)
    for line, (results, formulas) in enumerate(pairs, 1):
        for result, formula in zip(results, formulas, strict=True):
            if result.value is None and formula.value is not None:
                what = f"cell {formula.coordinate} is a formula, and the file does not hold its value."
                yield Problem(f"{name}:{line}", what, "Open and save the file in a spreadsheet program.")
