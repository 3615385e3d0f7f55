"""The table of the texts on displays: each language has each text, with the same values, in its room."""

import string
from typing import get_args

import pytest

from ringup.phone.latin_letters import latin_bytes
from ringup.phone.words import WORDS, Language, Room, say

LANGUAGES: tuple[Language, ...] = get_args(Language)
SAMPLES: dict[str, object] = {
    "code": "481516",
    "field": "Name oder Tasten",
    **{"first": 1000, "last": 1032, "all": 5000, "new": 999, "old": 999, "seconds": 45},
    **{"line": "10005", "number": "004930123456789", "who": "70: Ada Lovelace", "searched": "Lovelace"},
    "fault": "line 201: there is no phone 001646C0FFEE. Name a phone of the site.",
    "why": "Permission denied. The user needs the permission user.",
}
"""Values that are as long as those of large sites."""


def values_in(text: str) -> list[str]:
    return sorted(name for _text, name, _format, _conversion in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("text", WORDS)
def test_each_language_has_the_text_with_the_same_values(text: str) -> None:
    row = WORDS[text]
    assert values_in(row.de) == values_in(text)
    assert row.de.strip() == row.de != ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", WORDS)
def test_a_text_fits_its_place_and_has_only_letters_that_phones_show(text: str, language: Language) -> None:
    shown = say(text, language, **{name: SAMPLES[name] for name in values_in(text)})
    assert len(shown) <= WORDS[text].room, shown
    assert latin_bytes(shown).decode("latin-1") == shown


def test_an_unknown_text_is_shown_as_it_is_even_with_braces() -> None:
    assert say("Weather {of} today", "de") == "Weather {of} today"
    assert say("Search", "en") == "Search"
    assert say("Search", "de") == "Suchen"


def test_the_languages_are_the_columns_of_the_table() -> None:
    assert set(LANGUAGES) == {"en", "de"}
    assert {Room.LABEL, Room.TITLE, Room.ENTRY, Room.TEXT} == {row.room for row in WORDS.values()}
