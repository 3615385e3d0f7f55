"""Names from the database of a real Asterisk, over its manager interface."""

from pathlib import Path

import pytest

from ringup.books.reading import BookUnreadable, read_book
from ringup.site.model import DirectorySource, Pbx
from tests.end_to_end.demo_runs import run_script


@pytest.mark.peers
@pytest.mark.parametrize("version", ["16", "22"])
def test_names_of_asterisks_database_are_read(version: str) -> None:
    told = run_script(Path(__file__).with_name("read_astdb.py"), version)
    assert told["names"] == [["Jörg Müller", "+49301234567"], ["Ada: at home", "0301"]]
    assert (told["empty"], told["other"]) == ([], [])
    assert "Authentication failed" in told["wrong"]


def test_without_a_manager_user_the_setting_is_named() -> None:
    with pytest.raises(BookUnreadable, match=r"pbx\.manager_user"):
        read_book(DirectorySource(name="pbx", url="asterisk:cidname"), "", Pbx())
