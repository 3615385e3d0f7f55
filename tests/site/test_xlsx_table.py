"""The first sheet of an .xlsx file becomes a table."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.site import xlsx_table
from ringup.site.table import LARGEST_FILE, OLD_OR_PROTECTED
from ringup.site.xlsx_table import read_xlsx


def book(*rows: list[object], formats: dict[str, str] | None = None, errors: tuple[str, ...] = ()) -> bytes:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    for row in rows:
        sheet.append(row)
    for place, number_format in (formats or {}).items():
        sheet[place].number_format = number_format
    for place in errors:
        sheet[place].data_type = "e"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def refused(data: bytes) -> list[str]:
    with pytest.raises(SiteErrors) as raised:
        read_xlsx(data, "p.xlsx")
    return [str(problem) for problem in raised.value.problems]


def test_rows_have_the_numbers_of_the_sheet_and_cells_the_text_that_it_shows() -> None:
    data = book(
        [], ["mac", "ext", "name", "voicemail"], [1646000000, 201, " Zoë ", True], [None, None], ["x", 201.5],
        formats={"B3": "0000"},
    )  # fmt: skip
    table = read_xlsx(data, "p.xlsx")
    assert (table.header_line, table.header) == (2, ("mac", "ext", "name", "voicemail"))
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("1646000000", "0201", "Zoë", "yes")),
        (5, ("x", "201.5", "", "")),
    ]


def test_what_a_sheet_lost_is_refused_with_its_cell() -> None:
    data = book(["a"], [date(2024, 1, 2)], [16460000000001230000], ["=1+1"])
    assert refused(data) == [
        "p.xlsx:2: cell A2 is a date or a time. Format the column as text, and write the value again.",
        "p.xlsx:3: cell A3 is a number of more than 15 digits, of which a spreadsheet loses the last."
        " Format the column as text, and write the value again.",
        "p.xlsx:4: cell A4 is a formula, and the file does not hold its value."
        " Open and save the file in a spreadsheet program.",
    ]


def test_an_error_of_the_sheet_stays_for_the_check() -> None:
    table = read_xlsx(book(["a"], ["#REF!"], errors=("A2",)), "p.xlsx")
    assert table.rows[0].cells == ("#REF!",)


@pytest.mark.parametrize("data", [OLD_OR_PROTECTED + bytes(600), b"PK\x03\x04junk", b""])
def test_other_files_are_refused(data: bytes) -> None:
    assert refused(data) == [
        "p.xlsx: this is not an .xlsx file, or it is damaged."
        " Save it as .xlsx in a spreadsheet program, without a password; or as CSV."
    ]


def test_a_file_that_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (LARGEST_FILE + 1))
    monkeypatch.setattr(xlsx_table, "_read", None)
    assert "unpacks to 33,554,433 bytes; the most are 33,554,432." in refused(file.getvalue())[0]


def test_a_cell_far_to_the_right_does_not_widen_every_row() -> None:
    data = book(["a"], ["1"])
    made = openpyxl.load_workbook(io.BytesIO(data))
    made.worksheets[0]["XFD2"] = "far"
    file = io.BytesIO()
    made.save(file)
    assert read_xlsx(file.getvalue(), "p.xlsx").rows[0].cells == ("1",)


@cache
def whole() -> bytes:
    return book(["mac", "ext"], ["0016", 201], ["0017", 202])


@given(st.integers(0, len(whole()) - 1))
def test_a_truncated_file_is_refused(length: int) -> None:
    refused(whole()[:length])


@given(st.integers(0, len(whole()) - 1), st.integers(1, 255))
def test_a_damaged_file_is_read_or_refused(place: int, change: int) -> None:
    data = bytearray(whole())
    data[place] ^= change
    with suppress(SiteErrors):
        assert read_xlsx(bytes(data), "p.xlsx").header
