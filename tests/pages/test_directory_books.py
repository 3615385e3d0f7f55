"""The directory of the site's own lines and of its address books."""

from ringup.books.reading import BookReading
from ringup.books.shelf import Shelf
from ringup.directory.entry import Entry
from ringup.pages.directory_books import DirectoryBooks
from ringup.site.model import DirectorySource, Line, Pbx, Phone, Site

STAFF = DirectorySource(name="staff", url="ldap://10.0.0.5", base="dc=x")
PEOPLE = DirectorySource(name="people", url="/people.csv")
LINE = Line(extension="201", name="Ada", secret="s")
SITE = Site(phones=(Phone(mac="00000000000A", lines=(LINE,)),), directory=(STAFF, PEOPLE))


def names(books: DirectoryBooks, site: Site = SITE) -> list[tuple[str, str]]:
    return [(entry.name, entry.number) for entry in books.of(site).entries]


def with_books(**readings: BookReading) -> tuple[Shelf, DirectoryBooks]:
    shelf = Shelf()
    for source in SITE.directory:
        if source.name in readings:
            shelf.take(source, readings[source.name], 0)
    return shelf, DirectoryBooks(shelf)


def test_names_of_books_stand_beside_the_sites_own() -> None:
    _shelf, books = with_books(people=BookReading([Entry("Bob", "0301"), Entry("Ada Mobile", "201")]))
    assert names(books) == [("Ada", "201"), ("Ada Mobile", "201"), ("Bob", "90301")]


def test_a_name_that_several_books_have_is_listed_once() -> None:
    site = SITE.model_copy(update={"country": "DE"})
    _shelf, books = with_books(
        staff=BookReading([Entry("Bob Miller", "+49 30 1234567".replace(" ", "")), Entry("Ada", "201")]),
        people=BookReading([Entry("BOB MILLER", "0301234567")]),
    )
    assert names(books, site) == [("Ada", "201"), ("Bob Miller", "90301234567")]


def test_mailboxes_of_the_pbx_are_dialled_without_the_outside_prefix() -> None:
    _shelf, books = with_books(people=BookReading([Entry("Zoe", "301")], are_inside=True))
    assert ("Zoe", "301") in names(books)


def test_the_book_is_made_again_only_when_names_have_changed() -> None:
    shelf, books = with_books(staff=BookReading([Entry("Bob", "1")]))
    first = books.of(SITE)
    shelf.take(STAFF, BookReading([Entry("Bob", "1")]), 900)
    assert books.of(SITE) is first
    shelf.take(STAFF, BookReading([Entry("Zoe", "2")]), 1800)
    assert names(books) == [("Ada", "201"), ("Zoe", "92")]


def test_another_revision_of_the_site_has_another_book() -> None:
    _shelf, books = with_books(people=BookReading([Entry("Bob", "202")]))
    assert ("Bob", "9202") in names(books)
    line = Line(extension="202", name="Bob", secret="s")
    other = SITE.model_copy(update={"phones": (*SITE.phones, Phone(mac="00000000000B", lines=(line,)))})
    assert names(books, other) == [("Ada", "201"), ("Bob", "202")]
    without_prefix = SITE.model_copy(update={"pbx": Pbx(outside_prefix="")})
    assert ("Bob", "202") in names(books, without_prefix)
