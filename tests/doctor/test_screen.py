"""The words on a phone's screen are recognised however people copy them, and lead to causes that exist."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.doctor.rules.table import RULES
from ringup.doctor.screen import SCREEN_TEXTS, meaning_of


@pytest.mark.parametrize("row", SCREEN_TEXTS, ids=lambda row: row.text)
def test_each_text_is_found_however_it_is_written(row: object) -> None:
    text = row.text  # type: ignore[attr-defined]
    assert meaning_of(text) is row
    assert meaning_of(f"  {text.upper()}... ") is row
    assert meaning_of(f"it says: {text} and stops") is row
    assert meaning_of(text.replace("i", "l", 1)) is row


def test_every_cause_of_a_text_exists() -> None:
    assert {code for row in SCREEN_TEXTS for code in row.causes} <= set(RULES)


@pytest.mark.parametrize("text", ["", "   ", "...", "Call forwarded", "P", "Not In Service"])
def test_other_words_have_no_meaning(text: str) -> None:
    assert meaning_of(text) is None


@given(st.text())
def test_any_words_are_taken(text: str) -> None:
    assert meaning_of(text) in (None, *SCREEN_TEXTS)
