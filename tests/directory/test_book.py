"""The directory: words, accents, keypad digits, numbers, duplicates, and a search that agrees with a simple
one.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.directory.book import Book
from ringup.directory.entry import Entry, joined
from ringup.directory.folding import keys, words
from ringup.directory.site_entries import entries_of
from ringup.site.model import Line, Phone, Site

ANNA, ZOE, HALL, BOB = (
    Entry("Anna Löfgren-Weiß", "201"), Entry("Zoë", "202"), Entry("Meeting Room 2", "4711"),
    Entry("Bob Annan", "2662"),
)  # fmt: skip
BOOK = Book([ZOE, HALL, ANNA, BOB])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("anna", [ANNA, BOB]),
        ("ANNA L", [ANNA]),
        ("lof", [ANNA]),
        ("weiss anna", [ANNA]),
        ("zoe", [ZOE]),
        ("Zoë", [ZOE]),
        ("nna", []),
        ("room 2", [HALL]),
        ("2662", [ANNA, BOB]),
        ("47", [HALL]),
        ("963", [ZOE]),
        ("?", []),
        ("", [ANNA, BOB, HALL, ZOE]),
    ],
)
def test_a_search_finds_names_keys_and_numbers(text: str, found: list[Entry]) -> None:
    assert BOOK.search(text) == found


def test_words_are_plain_letters_and_keys_are_those_of_the_keypad() -> None:
    assert words("Ærø & Łódź-Straße 7") == ("aero", "lodz", "strasse", "7")
    assert words("Владимир") == ()
    assert keys("adgjmptwz") == "234567899"


def test_the_same_name_with_the_same_number_is_one_entry() -> None:
    given_twice = [Entry("Zoë", "202"), Entry("ZOE", "202"), Entry("Zoe", "203"), Entry(" ", "204")]
    assert joined(given_twice) == [Entry("204", "204"), Entry("Zoë", "202"), Entry("Zoe", "203")]


def test_every_line_of_the_site_is_in_the_book() -> None:
    lines = (Line(extension="201", name="Anna", secret="s"), Line(extension="202", secret="s"))
    site = Site(phones=(Phone(mac="00000000000A", label="Hall", lines=lines),))
    assert list(entries_of(site)) == [Entry("Anna", "201"), Entry("Hall", "202")]


NAMES = st.lists(st.sampled_from(["anna", "ann", "bob", "zoë", "an-na", "room", "ÄNNE"]), max_size=3).map(
    " ".join
)
ENTRIES = st.lists(st.builds(Entry, NAMES, st.from_regex(r"[0-9]{1,4}", fullmatch=True)), max_size=12)


@given(ENTRIES, NAMES | st.from_regex(r"[0-9]{1,3}", fullmatch=True))
def test_the_indexes_find_what_looking_at_every_entry_finds(entries: list[Entry], text: str) -> None:
    def fits(entry: Entry) -> bool:
        spelt = words(entry.name)
        if text.isdigit():
            return entry.number.startswith(text) or any(keys(word).startswith(text) for word in spelt)
        return all(any(word.startswith(each) for word in spelt) for each in words(text))

    assert Book(entries).search(text) == [entry for entry in joined(entries) if fits(entry)]
