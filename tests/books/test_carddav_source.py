"""Names from a real CardDAV server, found from its address, and fetched again only when they have changed."""

from collections.abc import Iterator
from typing import Any

import pytest

from ringup.books.dav_answer import DavResource
from ringup.books.dav_session import DavSession
from ringup.books.reading import BookReading, BookUnreadable, read_book
from ringup.directory.entry import Entry
from ringup.site.model import DirectorySource, Pbx
from tests.books import carddav_server
from tests.books.carddav_server import PASSWORD, USER, CardDavServer

pytestmark = pytest.mark.peers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardDavServer]:
    with carddav_server.running(tmp_path_factory.mktemp("carddav")) as found:
        for book in ("clients", "friends"):
            found.make_book(book)
        found.put("clients", 1, "Jörg Müller", "+49 30 1234567")
        found.put("clients", 2, "Bob", "030 (0) 55")
        found.put("friends", 1, "Zoe", "77")
        yield found


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths from which cards are fetched."""
    paths: list[str] = []
    ask = DavSession.ask

    def noted(session: DavSession, method: str, path: str, *rest: Any) -> tuple[str, list[DavResource]]:
        if method == "REPORT":
            paths.append(path)
        return ask(session, method, path, *rest)

    monkeypatch.setattr(DavSession, "ask", noted)
    return paths


def source(server: CardDavServer, path: str = "", **fields: Any) -> DirectorySource:
    given = {
        "name": "cloud", "url": f"{server.url}{path}", "user": USER, "password": PASSWORD,
        "ca": str(server.ca), **fields,
    }  # fmt: skip
    return DirectorySource.model_validate(given)


def read(source: DirectorySource, tag: str = "") -> BookReading | None:
    return read_book(source, tag, Pbx())


@pytest.mark.parametrize("path", ["", "/", f"/{USER}/"])
def test_all_address_books_of_the_account_are_found(server: CardDavServer, path: str) -> None:
    reading = read(source(server, path))
    assert reading is not None
    assert {Entry("Jörg Müller", "+49301234567"), Entry("Zoe", "77")} <= set(reading.entries)


def test_one_address_book_is_read_by_its_own_address(server: CardDavServer) -> None:
    reading = read(source(server, f"/{USER}/friends/"))
    assert reading is not None
    assert reading.entries == [Entry("Zoe", "77")]


def test_cards_are_fetched_again_only_after_a_change(server: CardDavServer, reports: list[str]) -> None:
    clients = source(server, f"/{USER}/clients/")
    first = read(clients)
    assert first is not None
    assert read(clients, first.tag) is None
    assert reports == [f"/{USER}/clients/"]
    server.put("clients", 3, "Eve", "88")
    second = read(clients, first.tag)
    assert second is not None
    assert Entry("Eve", "88") in second.entries


@pytest.mark.parametrize(
    ("path", "fields", "answer", "cure"),
    [
        ("", {"password": "wrong"}, "refuses the account (401", "Check user and password."),
        ("", {"ca": ""}, "certificate", "ca"),
        ("", {"ca": "/nowhere/ca.pem"}, "/nowhere/ca.pem: No such file", "Check ca"),
        ("", {"url": "https://localhost:1"}, "Connection refused", "Check url"),
        (f"/{USER}/nothing/", {}, "is not CardDAV (404", "Check url."),
    ],
)
def test_a_refusal_is_told_with_its_cure(
    server: CardDavServer, path: str, fields: dict[str, str], answer: str, cure: str
) -> None:
    with pytest.raises(BookUnreadable) as error:
        read(source(server, path, **fields))
    assert (answer in error.value.answer, cure in error.value.cure) == (True, True), error.value
