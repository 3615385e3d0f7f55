"""Read the first sheet of an .xlsx file; the file may be hostile, and is bounded before it is unpacked."""

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
"""Maximum number of columns that are read: one cell far to the right makes a row of 16,384."""
_EXACT_DIGITS = 15
"""Digits of a number that a spreadsheet keeps."""
_ZEROS = re.compile("0{2,}")
"""Number formats that show leading zeros."""
_FORMULA = re.compile(rb"<f[ />]")
_SAVE = "Save it as .xlsx in a spreadsheet program, without a password; or as CSV."


def read_xlsx(data: bytes, name: str) -> Table:
    """Return the table of the first sheet; the lines are the numbers of its rows.

    Raises SiteErrors for what is not an .xlsx file, is beyond the bounds, or has no header.
    """
    try:
        _look_at_size(data, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions, which no value depends on
            return _read(data, name)
    except SiteErrors:
        raise
    except Exception as error:  # a broken file can make the reader raise any error
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
    """Yield the rows of the first sheet, with the values of formulas or the formulas themselves."""
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=values, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its size is not always so
        yield from sheet.iter_rows(max_col=MOST_COLUMNS)
    finally:
        with suppress(AttributeError):
            book.close()


def _text(cell: Any) -> tuple[str, tuple[str, str] | None]:
    """Return the text of a cell as its sheet shows it, and what is wrong with it."""
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
    """Yield the formulas whose values the file does not hold, because no spreadsheet program saved it."""
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
