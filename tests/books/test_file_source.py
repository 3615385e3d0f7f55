"""Files as address books: read once, read again when they change."""

import os
from pathlib import Path

import pytest

from ringup.books.reading import BookReading, BookUnreadable, read_book
from ringup.directory.entry import Entry
from ringup.site.model import DirectorySource, Pbx


def reading(path: Path, tag: str = "") -> BookReading | None:
    return read_book(DirectorySource(name="people", url=str(path)), tag, Pbx())


def write(path: Path, text: str, at: int) -> None:
    path.write_text(text)
    os.utime(path, (at, at))


def test_a_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write(file, "name,number\nBob,1\n", 1)
    first = reading(file)
    assert first is not None
    assert first.entries == [Entry("Bob", "1")]
    assert reading(file, first.tag) is None
    write(file, "name,number\nZoe,1\n", 2)
    second = reading(file, first.tag)
    assert second is not None
    assert second.entries == [Entry("Zoe", "1")]


def test_vcards_and_mailboxes_are_known_by_their_contents(tmp_path: Path) -> None:
    cards, boxes = tmp_path / "a", tmp_path / "b"
    write(cards, "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL:0301\nEND:VCARD\n", 1)
    write(boxes, "[default]\n301 => 4711,Zoe\n", 1)
    found = [each for each in (reading(cards), reading(boxes)) if each]
    assert [(each.entries, each.are_inside) for each in found] == [
        ([Entry("Bob", "0301")], False), ([Entry("Zoe", "301")], True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "part"),
    [(None, "No such file or directory."), ("who,what\nZoe,2\n", "no column is a name")],
)
def test_a_file_that_gives_no_names_is_told(tmp_path: Path, text: str | None, part: str) -> None:
    file = tmp_path / "people.csv"
    if text:
        write(file, text, 1)
    with pytest.raises(BookUnreadable) as error:
        reading(file)
    assert part in error.value.answer
    assert error.value.cure


def test_faulty_rows_are_named_a_few_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    write(file, "name,number\nAda,1\n" + "Bob,none\n" * 9, 1)
    found = reading(file)
    assert found is not None
    assert "people.csv:3" in found.left_out
    assert found.left_out.endswith("and 6 more")
