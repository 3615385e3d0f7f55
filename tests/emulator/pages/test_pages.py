"""Pages as the phone shows them: objects, limits, the text of each fault, and the navigation."""

import asyncio
from collections.abc import Mapping

import pytest

from ringup.emulator.pages.browser import Browser
from ringup.emulator.pages.fetch import HttpAnswer, fetch
from ringup.emulator.pages.objects import Page, PageEntry, PageError, PageRefusedError, read

XML = "text/xml; charset=ISO-8859-1"
MENU = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<CiscoIPPhoneMenu><Title>Directory</Title><Prompt>201</Prompt>
<MenuItem><Name>Search</Name><URL>http://10.0.0.1/s</URL></MenuItem>
<MenuItem><Name>Zo\xeb</Name><URL>http://10.0.0.1/a?x=1&amp;y=2</URL></MenuItem></CiscoIPPhoneMenu>"""
FORM = b"""<CiscoIPPhoneInput><URL>http://10.0.0.1/s?part=1</URL><InputItem><DisplayName>Name</DisplayName>
<QueryStringParam>q</QueryStringParam><InputFlags>A</InputFlags><DefaultValue/></InputItem></CiscoIPPhoneInput>"""
FOUND = b"""<CiscoIPPhoneDirectory><DirectoryEntry><Name>Ada</Name><Telephone>202</Telephone></DirectoryEntry>
</CiscoIPPhoneDirectory>"""


def test_a_menu_is_read_with_its_entries_in_the_phones_charset() -> None:
    entries = (PageEntry("Search", "http://10.0.0.1/s"), PageEntry("Zoë", "http://10.0.0.1/a?x=1&y=2"))
    assert read(MENU, XML) == Page("Menu", "Directory", "201", entries=entries)


def test_what_is_no_xml_by_its_type_is_text() -> None:
    assert read(b"<b>x</b>", "text/html") == Page("Text", text="<b>x</b>")


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"", PageError.NO_OBJECT),
        (b"<html/>", PageError.NO_OBJECT),
        (b"<CiscoIPPhoneMenu>", PageError.NO_OBJECT),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><CiscoIPPhoneText>&a;</CiscoIPPhoneText>', PageError.NO_OBJECT),
        (b"<CiscoIPPhoneIconMenu/>", PageError.UNSUPPORTED),
        (b"<CiscoIPPhoneExecute/>", PageError.UNSUPPORTED),
        (b"<CiscoIPPhoneText><Title>%b</Title></CiscoIPPhoneText>" % (b"x" * 33), PageError.NO_OBJECT),
        (b"<CiscoIPPhoneText><Text>%b</Text></CiscoIPPhoneText>" % (b"x" * 4001), PageError.NO_OBJECT),
        (
            b"<CiscoIPPhoneDirectory>%b</CiscoIPPhoneDirectory>" % (b"<DirectoryEntry/>" * 33),
            PageError.NO_OBJECT,
        ),
        (b"<CiscoIPPhoneInput>%b</CiscoIPPhoneInput>" % (b"<InputItem/>" * 6), PageError.NO_OBJECT),
    ],
)
def test_a_page_that_the_phone_does_not_show_has_its_words(data: bytes, shown: PageError) -> None:
    with pytest.raises(PageRefusedError) as caught:
        read(data, XML)
    assert caught.value.shown is shown


class Desk:
    """A browser that gets prepared responses."""

    def __init__(self, answers: Mapping[str, HttpAnswer]) -> None:
        self.asked: list[str] = []
        self.told: list[tuple[str, dict[str, object]]] = []
        self.browser = Browser(self._fetch, lambda kind, **detail: self.told.append((kind, detail)))
        self._answers = answers

    async def _fetch(self, url: str) -> HttpAnswer:
        self.asked.append(url)
        if url not in self._answers:
            raise PageRefusedError(PageError.HTTP_STATUS, "404")
        return self._answers[url]


def test_a_search_leads_from_the_menu_over_a_form_to_a_number() -> None:
    desk = Desk({
        "http://10.0.0.1/d": HttpAnswer(XML, MENU), "http://10.0.0.1/s": HttpAnswer(XML, FORM),
        "http://10.0.0.1/s?part=1&q=ada+l": HttpAnswer(XML, FOUND),
    })  # fmt: skip

    async def search() -> str:
        await desk.browser.open("http://10.0.0.1/d")
        assert await desk.browser.select(1) == ""
        await desk.browser.submit("ada l")
        return await desk.browser.select(1)

    assert asyncio.run(search()) == "202"
    assert [detail["kind_of_page"] for _kind, detail in desk.told] == ["Menu", "Input", "Directory"]
    assert desk.browser.page is None, "a number is dialled from an empty screen"


def test_update_fetches_what_the_answer_names_or_the_same_page_again() -> None:
    desk = Desk({"http://a/1": HttpAnswer(XML, FOUND, "http://a/2"), "http://a/2": HttpAnswer(XML, FOUND)})

    async def turn() -> None:
        await desk.browser.open("http://a/1")
        await desk.browser.update()
        await desk.browser.update()

    asyncio.run(turn())
    assert desk.asked == ["http://a/1", "http://a/2", "http://a/2"]


def test_a_page_that_cannot_be_had_is_told_by_the_words_on_the_screen() -> None:
    desk = Desk({})
    asyncio.run(desk.browser.open("http://a/1"))
    ((kind, detail),) = desk.told
    assert (kind, detail["shown"], detail["url"]) == ("page-refused", "HTTP Error[8]", "http://a/1")


@pytest.mark.parametrize("action", ["select", "submit", "update"])
def test_a_key_without_its_page_is_an_error(action: str) -> None:
    browser = Desk({}).browser
    keys = {
        "select": lambda: browser.select(1),
        "submit": lambda: browser.submit("x"),
        "update": browser.update,
    }
    with pytest.raises(ValueError, match=r"no form|no page|0 entries"):
        asyncio.run(keys[action]())


async def _served(said: bytes) -> HttpAnswer:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await fetch("127.0.0.1", f"http://127.0.0.1:{port}/phone/directory?x=1")


def test_an_answer_is_read_with_its_type_and_its_update_key() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 2\r\nRefresh: 0; url=http://a/2\r\n\r\n"
    assert asyncio.run(_served(head + b"<>")) == HttpAnswer("text/xml", b"<>", "http://a/2")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", PageError.HTTP_STATUS),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", PageError.HTTP_STATUS),
        (b"", PageError.HTTP_STATUS),
    ],
)
def test_redirects_and_chunks_are_not_taken(said: bytes, shown: PageError) -> None:
    with pytest.raises(PageRefusedError) as caught:
        asyncio.run(_served(said))
    assert caught.value.shown is shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [("https://127.0.0.1/", PageError.NO_HOST), ("http://127.0.0.1:1/", PageError.NO_CONNECTION)],
)
def test_a_server_that_is_not_there_has_its_words(url: str, shown: PageError) -> None:
    with pytest.raises(PageRefusedError) as caught:
        asyncio.run(fetch("127.0.0.1", url))
    assert caught.value.shown is shown
