"""Servers that redirect, that give address books no tag, or that break the connection."""

import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ringup.books.reading import BookReading, BookUnreadable, read_book
from ringup.site.model import DirectorySource, Pbx
from tests.books.test_dav_answer import answer, prop

BOOK = f"<d:href>/book/</d:href>{prop('<d:resourcetype><c:addressbook/></d:resourcetype>')}"
CARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Bob\nTEL:1\nEND:VCARD\n"


class Script:
    """What the server answers, by method and path; the test changes it."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Mapping[str, str], bytes]] = {}
        self.asked: list[str] = []
        self.port = 0

    def read(self, path: str, tag: str = "") -> BookReading | None:
        url = f"http://127.0.0.1:{self.port}{path}"
        source = DirectorySource(name="cloud", url=url, encrypted=False, user="ada", password="p")
        return read_book(source, tag, Pbx())


@pytest.fixture
def script() -> Iterator[Script]:
    plan = Script()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            words = f"{self.command} {self.path} {self.headers.get('Depth', '')}"
            plan.asked.append(words)
            status, headers, body = plan.answers.get(words, (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_PROPFIND = do_REPORT = answer  # as http.server calls them

        def log_message(self, *_said: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        plan.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield plan
        server.shutdown()
        thread.join()


def card(etag: str) -> str:
    found = prop(f"<d:getetag>{etag}</d:getetag><c:address-data>{CARD}</c:address-data>")
    return f"<d:href>/book/1.vcf</d:href>{found}"


def test_without_a_tag_of_the_book_those_of_its_cards_count(script: Script) -> None:
    script.answers = {
        "PROPFIND /book/ 0": (207, {}, answer(BOOK)), "PROPFIND /book/ 1": (207, {}, answer(card("a"))),
        "REPORT /book/ 1": (207, {}, answer(card("a"))),
    }  # fmt: skip
    first = script.read("/book/")
    assert first is not None
    assert script.read("/book/", first.tag) is None
    script.answers["PROPFIND /book/ 1"] = (207, {}, answer(card("b")))
    assert script.read("/book/", first.tag) is not None


def test_a_redirection_on_the_same_server_is_followed(script: Script) -> None:
    script.answers = {
        "PROPFIND /old/ 0": (301, {"Location": "/book/"}, b""),
        "PROPFIND /book/ 0": (207, {}, answer(BOOK)), "PROPFIND /book/ 1": (207, {}, answer(card("a"))),
        "REPORT /book/ 1": (207, {}, answer(card("a"))),
    }  # fmt: skip
    reading = script.read("/old/")
    assert reading is not None
    assert [entry.name for entry in reading.entries] == ["Bob"]


def test_a_redirection_to_another_server_gets_no_password(script: Script) -> None:
    script.answers = {"PROPFIND /book/ 0": (302, {"Location": "https://evil.example/x"}, b"")}
    with pytest.raises(BookUnreadable, match=r"another server: https://evil.example/x"):
        script.read("/book/")


def test_redirections_without_end_are_given_up(script: Script) -> None:
    script.answers = {"PROPFIND /book/ 0": (301, {"Location": "/book/"}, b"")}
    with pytest.raises(BookUnreadable, match="do not end"):
        script.read("/book/")
    assert len(script.asked) < 10


def test_an_account_without_address_books_is_told(script: Script) -> None:
    script.answers = {"PROPFIND /dav/ 0": (207, {}, answer("<d:href>/dav/</d:href>"))}
    with pytest.raises(BookUnreadable, match="no address book"):
        script.read("/dav/")
