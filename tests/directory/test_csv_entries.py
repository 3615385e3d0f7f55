"""Address books as CSV: headers of other programs, several numbers, and rows that are reported."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.directory.csv_entries import read_entries
from ringup.directory.entry import Entry
from ringup.directory.numbers import dialled, plain_number
from ringup.errors import SiteErrors


def read(text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    entries, problems = read_entries(text.encode(encoding), "people.csv")
    assert problems == []
    return [(entry.name, entry.number) for entry in entries]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("Name,Number\nAda,+49 30 1234-5\n", [("Ada", "+4930" + "12345")]),
        ("NUMBER;NAME\n(089) 12/3;Zoë\n", [("Zoë", "089123")]),
        ("First Name,Last Name,Company,Business Phone,Mobile Phone\nAda,Lovelace,,030 1,0171 2\n,,ACME,5,\n",
         [("Ada Lovelace (work)", "0301"), ("Ada Lovelace (mobile)", "01712"), ("ACME", "5")]),
        ("name,phone\nAda,+49 (0)30 1\n\nBob,\n", [("Ada", "+49301")]),
    ],
)  # fmt: skip
def test_names_and_numbers_are_found_by_their_headers(text: str, entries: list[tuple[str, str]]) -> None:
    assert read(text) == entries


def test_excels_encodings_are_read() -> None:
    assert read("name\tnumber\nZoë\t1\n", "utf-16") == [("Zoë", "1")]


def test_rows_without_a_name_or_with_no_number_are_told_with_their_line() -> None:
    entries, problems = read_entries(b"name,number\n,12\nBob,none\nAda,7\n", "people.csv")
    assert entries == [Entry("Ada", "7")]
    assert [problem.where for problem in problems] == ["people.csv:2", "people.csv:3"]
    assert "'none' is not a number" in str(problems[1])


@pytest.mark.parametrize(
    ("text", "missing"), [("number\n1\n", "a name"), ("name\nx\n", "a number"), ("", "empty")]
)
def test_a_table_without_its_columns_is_refused(text: str, missing: str) -> None:
    with pytest.raises(SiteErrors, match=missing):
        read_entries(text.encode(), "people.csv")


def test_a_number_of_the_site_is_dialled_as_it_is_and_others_get_the_outside_prefix() -> None:
    entries = [Entry("Ada", "201"), Entry("Bob", "0301")]
    assert list(dialled(entries, "9", frozenset({"201"}))) == [Entry("Ada", "201"), Entry("Bob", "90301")]


@given(st.text(max_size=40))
def test_a_plain_number_has_only_what_can_be_dialled(text: str) -> None:
    assert not set(plain_number(text)) - set("+0123456789*#")


@given(st.binary(max_size=200))
def test_no_file_raises_anything_but_its_mistakes(data: bytes) -> None:
    try:
        read_entries(data, "people.csv")
    except SiteErrors:
        return
