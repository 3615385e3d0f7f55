"""Names and numbers in LDIF as `ldapsearch` prints it."""

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st

from ringup.directory.entry import Entry
from ringup.directory.ldif_entries import read_ldif

NAMES, NUMBERS = ("displayName", "cn"), ("telephoneNumber", "mobile", "homePhone")


def entries(text: str) -> list[Entry]:
    found, problems = read_ldif(text, "staff", NAMES, NUMBERS)
    assert problems == []
    return found


def test_the_first_name_attribute_that_an_entry_has_counts() -> None:
    both = "dn: uid=a\ncn: A. Lovelace\ndisplayName: Ada Lovelace\ntelephoneNumber: 201\n"
    only = "dn: uid=b\ncn: Bob\ntelephoneNumber: 202\n"
    assert entries(f"{both}\n{only}") == [Entry("Ada Lovelace", "201"), Entry("Bob", "202")]


def test_several_numbers_are_told_apart() -> None:
    text = "dn: uid=a\ncn: Ada\nmobile: +49 171 5\ntelephoneNumber: 030 (0) 77\nhomePhone: 9\n"
    assert entries(text) == [
        Entry("Ada (work)", "03077"), Entry("Ada (mobile)", "+491715"), Entry("Ada (home)", "9"),
    ]  # fmt: skip


def test_names_outside_ascii_and_attributes_with_options_are_read() -> None:
    name = b64encode("Jörg".encode()).decode()
    assert entries(f"dn: uid=a\ncn;lang-de:: {name}\nTELEPHONENUMBER: 5\n") == [Entry("Jörg", "5")]


def test_comments_references_and_entries_without_a_name_are_passed_over() -> None:
    text = "# refldap://other/\n\ndn: uid=a\ntelephoneNumber: 5\n\ndn: uid=b\ncn: Bob\n\nref: ldap://x\n"
    assert entries(text) == []


def test_a_number_that_is_none_is_named_with_its_entry() -> None:
    found, problems = read_ldif("dn: uid=a,dc=x\ncn: Ada\ntelephoneNumber: ask\n", "staff", NAMES, NUMBERS)
    assert found == []
    assert [str(each) for each in problems] == [
        "staff, uid=a,dc=x: 'ask' is not a number. Correct the entry."
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_nothing_that_a_server_sends_raises(text: str) -> None:
    read_ldif(f"dn: x\ncn:: {text}\ntelephoneNumber: {text}\n\n{text}", "staff", NAMES, NUMBERS)
