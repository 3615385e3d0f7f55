"""Values that spreadsheets change."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.site.spreadsheet_habits import (
    EMPTY,
    fault_of_cell,
    guarded,
    lost_zeros,
    meant,
    spelled,
    unguarded,
)

TEXTS = st.text() | st.from_regex(r"'{0,3}[=+@-]?0?[0-9]{0,4}([.,/e-][0-9]{1,3})?", fullmatch=True)


@given(TEXTS)
def test_a_guard_is_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(TEXTS | st.from_regex(r"\\{0,3}\(empty\)", fullmatch=True))
def test_a_present_value_is_read_as_it_was(text: str) -> None:
    assert meant(spelled(text)) == text
    assert spelled(text) != ""


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+49", "-1", "@x", "0201", "001646000000", "1.64E+11", "1e5", "2-1", "1/2", "12:30", "jan 5",
     "5. Jan", "MAR1", "1,50", "TRUE", "#N/A"],
)  # fmt: skip
def test_what_a_spreadsheet_alters_is_guarded(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["201", "Sales 1", "7960", "P0S3-8-12-00", "10.0.0.10", "Ann", "", "Marc 7 x"]
)
def test_what_it_leaves_alone_is_not_guarded(text: str) -> None:
    assert guarded(text) == text


def test_an_empty_value_can_be_told_from_none() -> None:
    assert (spelled(""), meant(EMPTY)) == (EMPTY, "")


@pytest.mark.parametrize(
    ("field", "cell", "words"),
    [
        ("mac", "1646000000", "10 digits: a spreadsheet drops leading zeros. If it is 00:16:46:00:00:00"),
        ("mac", "1.64E+11", "short form, which has lost digits."),
        ("mac", "1,64E+11", "short form, which has lost digits."),
        ("extension", "2E+3", "short form"),
        ("secret", "1.2E+15", "short form"),
        ("extension", "201.0", "decimals that a spreadsheet added. Write 201,"),
        ("name", "#REF!", "a spreadsheet's error"),
    ],
)
def test_what_a_spreadsheet_did_is_said_with_a_cure(field: str, cell: str, words: str) -> None:
    fault = fault_of_cell(field, cell)
    assert fault is not None
    assert words in " ".join(fault)


@pytest.mark.parametrize(
    ("field", "cell"),
    [("mac", "001646000000"), ("mac", "1646E0012345"), ("extension", "201"), ("name", "1E5"),
     ("secret", "1.0"), ("mac", ""), ("label", "201.0")],
)  # fmt: skip
def test_other_values_pass(field: str, cell: str) -> None:
    assert fault_of_cell(field, cell) is None


def test_lost_zeros_are_found_by_what_is_known() -> None:
    known = {"0201", "202"}
    assert lost_zeros("201", known) == "0201"
    assert [lost_zeros(text, known) for text in ("202", "0201", "01", "2010", "x")] == [""] * 5
