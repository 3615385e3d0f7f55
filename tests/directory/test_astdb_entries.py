"""Names in Asterisk's database as its console prints them."""

from hypothesis import given
from hypothesis import strategies as st

from ringup.directory.astdb_entries import read_astdb
from ringup.directory.entry import Entry

SHOWN = """\
/cidname/+49301234567                             : Bob Miller
/cidname/0301                                     : Ada: at home
/cidname/sub/77                                   : not a number
/cidname/88                                       :
/other/99                                         : another family
4 results found.
"""


def test_numbers_and_names_of_the_family_are_read() -> None:
    entries, problems = read_astdb(SHOWN, "cidname", "pbx")
    assert entries == [Entry("Bob Miller", "+49301234567"), Entry("Ada: at home", "0301")]
    assert [each.where for each in problems] == ["pbx, /cidname/sub/77"]


@given(st.text(max_size=100))
def test_nothing_that_asterisk_prints_raises(text: str) -> None:
    read_astdb(f"/cidname/{text}\n{text}", "cidname", "pbx")
