"""Characters that the phone lacks get the nearest spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.phone.latin_letters import latin_bytes, nearest_spelling, not_shown


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("Larry Ellison", "Larry Ellison"),
        ("Zoë Müller", "Zoë Müller"),
        ("Дмитрий Щукин", "Dmitriy Shchukin"),
        ("Ольга", "Olga"),
        ("Łukasz Dvořák", "Lukasz Dvorák"),
        ("Ελένη Ψάλτη", "Eleni Psalti"),
        ("“Sales” – 2…", "'Sales' - 2..."),
        ("ﬁle №5", "file No5"),
        ("日本", "日本"),
    ],
)
def test_a_name_is_spelt_as_near_as_the_phone_can_show(text: str, spelling: str) -> None:
    assert nearest_spelling(text).lower() == spelling.lower()


@pytest.mark.parametrize(("text", "signs"), [("Zoë", ""), ("Ада", "Ада"), ("20 €", "€"), ("абба", "аб")])
def test_what_the_phone_cannot_show_is_named_once(text: str, signs: str) -> None:
    assert not_shown(text) == signs


@given(st.text())
def test_any_text_becomes_bytes_and_latin_1_stays_as_it_is(text: str) -> None:
    data = latin_bytes(text)
    if not not_shown(text):
        assert data.decode("latin-1") == text


@given(st.text(st.characters(min_codepoint=0x100)))
def test_no_spelling_ends_a_quoted_value_or_a_line(text: str) -> None:
    assert not {'"', "\n", "\r", "\0", "\x85"} & set(nearest_spelling(text))
