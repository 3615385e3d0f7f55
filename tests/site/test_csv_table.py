"""The bytes of a CSV file become a table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.errors import SiteErrors
from ringup.site import csv_table, table
from ringup.site.csv_table import read_csv

TEXT = "MAC;Name\r\n\r\n0016; Zoë \r\n;\r\n0017;a,b\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("separator", ";,\t|")
def test_encoding_and_separator_are_recognised(encoding: str, separator: str) -> None:
    text = TEXT.replace("a,b", '"a,b"').replace(";", separator)
    found = read_csv(text.encode(encoding), "p.csv")
    assert found.header == ("MAC", "Name")
    assert [(row.line, row.cells) for row in found.rows] == [(3, ("0016", "Zoë")), (5, ("0017", "a,b"))]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised_by_its_latin_half(encoding: str) -> None:
    header = "mac,name,номер,отдел,город"  # a third of the characters contain no zero byte
    found = read_csv(f"{header}\n0016,Ann,201,,\n".encode(encoding), "p.csv")
    assert found.header == tuple(header.split(","))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised_by_its_beginning(encoding: str) -> None:
    rows = "Анна Каренина\n" * 100
    text = f"mac,name,extension,department{' ' * 100}\n{rows}"
    assert read_csv(text.encode(encoding), "p.csv").header[0] == "mac"


def test_excel_s_row_about_the_separator_is_followed() -> None:
    found = read_csv(b"sep=|\r\na,b|c\r\n1|2\r\n", "p.csv")
    assert (found.header_line, found.header, found.rows[0].line) == (2, ("a,b", "c"), 3)


def test_a_value_may_have_lines_and_quotes() -> None:
    found = read_csv(b'a,b\n"1\n2","x""y"\n3,4\n', "p.csv")
    assert [(row.line, row.cells) for row in found.rows] == [(2, ("1\n2", 'x"y')), (4, ("3", "4"))]


def test_another_encoding_is_refused_with_its_line_or_named() -> None:
    data = "mac,name\n1,Ann\n2,Zoë\n".encode("cp1252")
    with pytest.raises(SiteErrors) as raised:
        read_csv(data, "p.csv")
    assert str(raised.value) == (
        "p.csv:3: byte 0xEB is not valid UTF-8."
        " In Excel, save as `CSV UTF-8`, or name the encoding: --encoding cp1252"
    )
    with pytest.raises(SiteErrors, match="byte 0xEB is not valid UTF-8\\."):
        read_csv(b"\xef\xbb\xbf" + data, "p.csv")
    assert read_csv(data, "p.csv", "cp1252").rows[1].cells == ("2", "Zoë")
    with pytest.raises(SiteErrors, match="--encoding: klingon is not an encoding"):
        read_csv(data, "p.csv", "klingon")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "p.csv:1: the file is empty"),
        (b"\n;;;\n\n", "p.csv:1: the file is empty"),
        (b'a,b\n1,2\n3,"4\n5,6\n', "p.csv:3: the quote that begins in this row does not end"),
        (b'a,b\n"1"2,3\n', "p.csv:2: this is not CSV"),
        (b"a\n" + b"x" * 200_000, "p.csv:2: a value is too long"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(SiteErrors) as raised:
        read_csv(data, "p.csv")
    assert words in str(raised.value)


def test_every_row_with_too_many_values_is_reported() -> None:
    found = read_csv(b"a,b\n1,2,3\n4,5,,,\n6,7,8\n", "p.csv")
    assert [problem.where for problem in found.problems] == ["p.csv:2", "p.csv:4"]


def test_files_beyond_the_bounds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    with pytest.raises(SiteErrors, match=r"p\.csv:4: the table has more than 2 rows"):
        read_csv(b"a\n1\n2\n3\n", "p.csv")
    monkeypatch.setattr(csv_table, "LARGEST_FILE", 8)
    with pytest.raises(SiteErrors, match="9 bytes; the most are 8"):
        read_csv(b"a\n1\n2\n3\n4"[:9], "p.csv")


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        found = read_csv(data, "p.csv")
    except SiteErrors:
        return
    assert all(len(row.cells) == len(found.header) for row in found.rows)


@given(st.integers(0, len(TEXT.encode("utf-16"))), st.sampled_from(["utf-8", "utf-16"]))
def test_a_truncated_file_is_a_shorter_table_or_refused(length: int, encoding: str) -> None:
    complete = read_csv(TEXT.encode(encoding), "p.csv")
    try:
        found = read_csv(TEXT.encode(encoding)[:length], "p.csv")
    except SiteErrors:
        return
    assert found.rows[:-1] == complete.rows[: max(len(found.rows) - 1, 0)]
