"""vCards as the usual address books write them, and invalid ones."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.directory.file_entries import is_vcards
from ringup.directory.vcard_entries import read_vcards
from ringup.errors import SiteErrors


def card(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in ("BEGIN:VCARD", *lines, "END:VCARD"))


def entries(text: str) -> list[tuple[str, str]]:
    found, problems = read_vcards(text.encode(), "people.vcf")
    assert problems == []
    return [(entry.name, entry.number) for entry in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["VERSION:3.0", "FN:Ada King", "N:King;Ada;;;", "TEL:+49 (0)30 12-34"], [("Ada King", "+49301234")]),
        (
            ["VERSION:3.0", "FN:Ada", "TEL;TYPE=WORK,VOICE:1", "item1.TEL;TYPE=CELL:2", "TEL;TYPE=home:3"],
            [("Ada (work)", "1"), ("Ada (mobile)", "2"), ("Ada (home)", "3")],
        ),
        (
            [
                "VERSION:2.1",
                "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6=",
                "rg;;;",
                "TEL;CELL:7",
            ],
            [("Jörg Müller", "7")],
        ),
        (["VERSION:4.0", "FN:Bo", 'TEL;VALUE=uri;TYPE="voice,home":tel:+1-555;ext=3'], [("Bo", "+1555")]),
        (["VERSION:3.0", "FN:", "ORG:Acme\\, Ltd.;Sales", "TEL:8"], [("Acme, Ltd.", "8")]),
        (["VERSION:3.0", "FN:Long", " er", "TEL:8"], [("Longer", "8")]),
        (["VERSION:3.0", "FN:Fax", "TEL;TYPE=FAX,WORK:8", "TEL;TYPE=FAX,VOICE:9"], [("Fax", "9")]),
        (["VERSION:3.0", "FN:No number"], []),
    ],
)
def test_cards_of_the_usual_address_books(lines: list[str], expected: list[tuple[str, str]]) -> None:
    assert entries(card(*lines)) == expected


def test_a_broken_card_costs_only_itself_and_is_told_with_its_line() -> None:
    good = card("VERSION:3.0", "FN:Ada", "TEL:1")
    text = good + card("VERSION:3.0", "nonsense", "TEL:2") + card("VERSION:3.0", "TEL:3")
    text += card("VERSION:3.0", "FN:Bo", "TEL:ask", "TEL:4") + "BEGIN:VCARD\r\nFN:Cut"
    found, problems = read_vcards(text.encode(), "people.vcf")
    assert [tuple(entry) for entry in found] == [("Ada", "1"), ("Bo", "4")]
    assert [(problem.where, problem.what) for problem in problems] == [
        ("people.vcf:6", "the card cannot be read."),
        ("people.vcf:11", "the card has no name."),
        ("people.vcf:15", "'ask' is not a number."),
        ("people.vcf:21", "the card cannot be read."),
    ]


def test_a_file_without_a_readable_card_is_refused() -> None:
    with pytest.raises(SiteErrors, match="cannot be read"):
        read_vcards(b"BEGIN:VCARD\r\nFN:Cut", "people.vcf")


def test_a_file_in_the_encoding_of_windows_is_read() -> None:
    found, _problems = read_vcards(card("VERSION:3.0", "FN:Jörg", "TEL:1").encode("cp1252"), "people.vcf")
    assert found[0].name == "Jörg"


def test_vcards_are_known_by_their_beginning() -> None:
    assert is_vcards(("\ufeff\r\nbegin:vcard\r\nFN:" + "Ö" * 99).encode())
    assert not is_vcards(b"name,number\nBEGIN:VCARD,1\n")
    assert not is_vcards(b"")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["FN", "N", "ORG", "TEL", "PHOTO;ENCODING=b", "BDAY", "ADR", "REV", "VERSION", "END"]
            ),
            st.sampled_from(["", ";ENCODING=QUOTED-PRINTABLE", ";CHARSET=x", ";TYPE", ";;"]),
            st.text(max_size=8),
        ),
        max_size=6,
    )
)
def test_no_card_raises(lines: list[tuple[str, str, str]]) -> None:
    with suppress(SiteErrors):
        read_vcards(card(*(f"{name}{more}:{value}" for name, more, value in lines)).encode(), "people.vcf")
