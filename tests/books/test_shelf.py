"""The shelf: which books are read when, and which names stay."""

from pathlib import Path

from ringup.books.reading import BookReading, BookUnreadable
from ringup.books.shelf import FILE_SECONDS, RETRY_SECONDS, Shelf, ShelfBook
from ringup.directory.entry import Entry
from ringup.site.model import DirectorySource, Site

PEOPLE = DirectorySource(name="people", url="/people.csv")
STAFF = DirectorySource(name="staff", url="ldap://10.0.0.5", base="dc=x", minutes=15)
SITE = Site(directory=(PEOPLE, STAFF))
ADA, BOB = Entry("Ada", "1"), Entry("Bob", "2")
REFUSED = BookUnreadable("reading ldap://10.0.0.5", "Invalid credentials.", "Check user and password.")


def names(shelf: Shelf, site: Site = SITE) -> list[str]:
    return [entry.name for book in shelf.books(site) for entry in book.entries]


def due(shelf: Shelf, now: float, site: Site = SITE) -> list[str]:
    return [source.name for source in shelf.due(site, now)]


def test_files_are_looked_at_often_and_servers_as_the_site_says() -> None:
    shelf = Shelf()
    assert due(shelf, 0) == ["people", "staff"]
    for source in SITE.directory:
        shelf.take(source, BookReading([ADA]), 0)
        shelf.looked(source, 0)
    assert due(shelf, FILE_SECONDS - 1) == []
    assert due(shelf, FILE_SECONDS) == ["people"]
    assert due(shelf, 15 * 60) == ["people", "staff"]


def test_a_source_that_failed_is_tried_again_soon() -> None:
    shelf = Shelf()
    shelf.failed(STAFF, REFUSED)
    shelf.looked(STAFF, 0)
    assert "staff" not in due(shelf, RETRY_SECONDS - 1)
    assert "staff" in due(shelf, RETRY_SECONDS)


def test_a_changed_source_is_read_at_once() -> None:
    shelf = Shelf()
    shelf.take(STAFF, BookReading([ADA]), 0)
    shelf.looked(STAFF, 0)
    other = Site(directory=(STAFF.model_copy(update={"password": "another", "user": "cn=x"}),))
    assert due(shelf, 1, other) == ["staff"]


def test_names_of_a_failed_source_stay_and_its_fault_is_told_once() -> None:
    shelf = Shelf()
    shelf.take(STAFF, BookReading([ADA]), 5)
    state = shelf.failed(STAFF, REFUSED)
    assert state is not None
    assert (state.fault, state.cure, state.count, state.read_at) == (REFUSED.answer, REFUSED.cure, 1, 5)
    assert shelf.failed(STAFF, REFUSED) is None
    assert names(shelf) == ["Ada"]
    assert shelf.take(STAFF, BookReading([BOB]), 9).state.fault == ""
    assert names(shelf) == ["Bob"]


def test_an_unchanged_book_loses_its_fault() -> None:
    shelf = Shelf()
    shelf.take(PEOPLE, BookReading([ADA], tag="1"), 0)
    assert shelf.unchanged(PEOPLE) is None
    shelf.failed(PEOPLE, REFUSED)
    state = shelf.unchanged(PEOPLE)
    assert state is not None
    assert state.fault == ""


def test_names_of_another_origin_are_not_shown_under_the_same_name() -> None:
    shelf = Shelf()
    shelf.take(STAFF, BookReading([ADA], tag="1"), 5)
    moved = STAFF.model_copy(update={"url": "ldap://10.0.0.6"})
    site = Site(directory=(moved,))
    assert names(shelf, site) == []
    assert shelf.state(moved).tag == "", "the old tag says nothing about the new place"
    failed = shelf.failed(moved, REFUSED)
    assert failed is not None
    assert (failed.count, names(shelf, site)) == (0, [])


def test_a_removed_source_gives_no_names() -> None:
    shelf = Shelf()
    shelf.take(STAFF, BookReading([ADA]), 0)
    assert names(shelf, Site()) == []


def test_the_version_grows_with_names_only() -> None:
    shelf = Shelf()
    shelf.take(STAFF, BookReading([ADA]), 0)
    version = shelf.version
    shelf.take(STAFF, BookReading([ADA]), 900)
    shelf.failed(STAFF, REFUSED)
    assert shelf.version == version
    shelf.take(STAFF, BookReading([ADA, BOB]), 1800)
    assert shelf.version > version


def test_files_of_the_command_line_come_after_the_sites_sources() -> None:
    file = Path("/etc/ringup/more.csv")
    shelf = Shelf(files=[file])
    own = shelf.sources(SITE)[-1]
    shelf.take(own, BookReading([BOB]), 0)
    shelf.take(PEOPLE, BookReading([ADA]), 0)
    assert names(shelf) == ["Ada", "Bob"]
    assert own.name == str(file)
    again = Shelf([ShelfBook(shelf.state(own), [BOB])], [file])
    assert names(again) == ["Bob"], "as after a restart"
