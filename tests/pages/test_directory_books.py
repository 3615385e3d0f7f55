"""The directory's files are read once, read again when they change, and kept if they cannot be read."""

import os
from pathlib import Path

from ringup.pages.directory_books import LOOK_SECONDS, DirectoryBooks
from ringup.site.model import Line, Phone, Site

SITE = Site(phones=(Phone(mac="00000000000A", lines=(Line(extension="201", name="Ada", secret="s"),)),))


class Shelf:
    """A file, its directory and a clock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []
        self.now = 0.0
        self.books = DirectoryBooks([path], self.faults.append, lambda: self.now)
        self._changes = 0

    def write(self, text: str) -> None:
        self._changes += 1
        self.path.write_text(text)
        os.utime(self.path, (self._changes, self._changes))

    def names(self, *, later: float = LOOK_SECONDS) -> list[tuple[str, str]]:
        self.now += later
        return [(entry.name, entry.number) for entry in self.books.of(SITE).entries]


def test_names_of_a_file_stand_beside_the_sites_own(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    shelf.write("name,number\nBob,0301\nAda Mobile,201\n")
    assert shelf.names() == [("Ada", "201"), ("Ada Mobile", "201"), ("Bob", "90301")]
    assert shelf.faults == []


def test_vcards_are_read_and_the_last_good_ones_stay(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.vcf")
    shelf.write("BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL:0301\nEND:VCARD\n")
    assert shelf.names() == [("Ada", "201"), ("Bob", "90301")]
    shelf.write("BEGIN:VCARD\nVERSION:3.0\nFN:Bo")
    assert ("Bob", "90301") in shelf.names()
    assert ["cannot be read" in fault for fault in shelf.faults] == [True]


def test_mailboxes_of_the_pbx_are_dialled_without_the_outside_prefix(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "voicemail.conf")
    shelf.write("[default]\n301 => 4711,Zoe\n")
    assert shelf.names() == [("Ada", "201"), ("Zoe", "301")]


def test_a_file_is_read_again_when_it_has_changed_but_not_at_every_page(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    shelf.write("name,number\nBob,1\n")
    first = shelf.books.of(SITE)
    shelf.write("name,number\nZoe,2\n")
    assert shelf.names(later=1) == [("Ada", "201"), ("Bob", "91")]
    assert shelf.names() == [("Ada", "201"), ("Zoe", "92")]
    assert shelf.books.of(SITE) is not first
    same = shelf.books.of(SITE)
    shelf.now += LOOK_SECONDS
    assert shelf.books.of(SITE) is same, "nothing has changed"


def test_the_last_good_names_stay_and_the_fault_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    shelf.write("name,number\nBob,1\n")
    shelf.names()
    shelf.write("who,what\nZoe,2\n")
    assert ("Bob", "91") in shelf.names()
    shelf.path.unlink()
    assert ("Bob", "91") in shelf.names()
    assert ["no column is a name" in shelf.faults[0], "cannot be read" in shelf.faults[1]] == [True, True]


def test_a_file_that_is_not_there_yet_is_read_when_it_comes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    assert shelf.names() == [("Ada", "201")]
    shelf.write("name,number\nBob,1\n")
    assert ("Bob", "91") in shelf.names()


def test_faulty_rows_are_told_a_few_at_a_time(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    shelf.write("name,number\n" + "Bob,none\n" * 9)
    shelf.names()
    (fault,) = shelf.faults
    assert "people.csv:2" in fault
    assert fault.endswith("and 6 more")


def test_another_revision_of_the_site_has_another_book(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "people.csv")
    shelf.write("name,number\nBob,202\n")
    assert ("Bob", "9202") in shelf.names()
    line = Line(extension="202", name="Bob", secret="s")
    other = SITE.model_copy(update={"phones": (*SITE.phones, Phone(mac="00000000000B", lines=(line,)))})
    assert [(each.name, each.number) for each in shelf.books.of(other).entries] == [
        ("Ada", "201"),
        ("Bob", "202"),
    ]
