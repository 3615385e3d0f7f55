"""Pages over HTTP, as embedded clients request them; the requests of a 7921 and a 7965 are P-XML-28 and
P-XML-29.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from ringup.pages.application import PhonePages
from ringup.pages.files import FilesOverHttp
from ringup.pages.objects.limits import SMALLEST_PANE
from ringup.pages.page_request import OBJECTS_OF_3_0, page_request
from ringup.pages.routes import Routes
from ringup.serve.http import HttpService
from ringup.site.model import Line, Phone, Site
from ringup.site.page_tokens import token_of
from tests.pages.http_client import MAC, Told, ask, find, say, serving
from tests.pages.objects.schema import check

SITE = Site(phones=(Phone(mac=MAC, lines=(Line(extension="101", name="Zoë", secret="secretsecret"),)),))
THIS_PHONE = "/phone/service/this-phone"

OF_A_7921 = (
    "User-Agent: Allegro-Software-WebClient/3.12",
    "Host:10.0.0.1:80",
    "x-CiscoIPPhoneModelName: CP-7921G",
    "x-CiscoIPPhoneDisplay: 176, 140, 16, C",
    "x-CiscoIPPhoneSDKVersion: 4.1.3",
    "Accept: x-CiscoIPPhone/Directory, x-CiscoIPPhone/Execute, x-CiscoIPPhone/IconMenu, x-CiscoIPPhone/Menu, "
    "x-CiscoIPPhone/Text, image/png, text/*",
    "Accept-Language: en",
    "Accept-Charset: iso-8859-1",
    "Connection: Close",
)
OF_A_7965 = (
    "User-Agent: Allegro-Software-WebClient/4.34",
    "Accept: x-CiscoIPPhone/*, text/*,image/png,*/*",
    "Accept-Language: de",
    "Accept-Charset: utf-8,iso-8859-1;q=0.8",
    "x-CiscoIPPhoneModelName: CP-7965G",
    "x-CiscoIPPhoneSDKVersion: 8.5.1",
    "x-CiscoIPPhoneDisplay: 298,156,16,C",
)


@asynccontextmanager
async def pages(holder: str = MAC, site: Site = SITE) -> AsyncIterator[tuple[HttpService, Told]]:
    told = Told()

    def who(_address: str) -> str:
        return holder

    made = Routes(FilesOverHttp(find, who, told.hear), lambda: PhonePages(lambda: site, who, told.hear))
    async with serving(made) as service:
        yield service, told


def headers(*lines: str) -> Headers:
    pairs = [line.partition(":") for line in lines]
    return Headers(raw=[(name.lower().encode(), value.strip().encode()) for name, _, value in pairs])


@pytest.mark.asyncio
async def test_a_7921_gets_its_page_over_http_1_0_and_the_connection_ends() -> None:
    request = "\r\n".join([f"GET {THIS_PHONE} HTTP/1.0", *OF_A_7921, "", ""]).encode()
    async with pages() as (service, _):
        head, _, body = (await say(service, request)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert b"content-type: text/xml; charset=ISO-8859-1" in head
    assert f"content-length: {len(body)}".encode() in head
    assert b"transfer-encoding" not in head.lower()
    assert "101 Zoë".encode("latin-1") in body
    check(body)


@pytest.mark.asyncio
async def test_a_7965_gets_utf_8_and_may_ask_twice_with_its_own_parameters() -> None:
    target = f"{THIS_PHONE}?locale=germany&name=SEP{MAC}"
    async with pages() as (service, _):
        first, second = await ask(service, target, *OF_A_7965), await ask(service, target, *OF_A_7965)
    assert first.headers["content-type"] == "text/xml; charset=UTF-8"
    assert "101 Zoë".encode() in first.body
    assert (first.status, first.body) == (second.status, second.body)


@pytest.mark.asyncio
async def test_a_7960_that_says_nothing_gets_xml_3_0_in_iso_8859_1() -> None:
    async with pages() as (service, _):
        answer = await ask(service, "/phone/services")
    assert answer.headers["content-type"] == "text/xml; charset=ISO-8859-1"
    assert b"<CiscoIPPhoneMenu>" in answer.body
    assert b"http://ringup/phone/service/this-phone" in answer.body
    check(answer.body)


@pytest.mark.asyncio
async def test_a_host_that_is_no_phone_gets_no_phones_page() -> None:
    async with pages(holder="") as (service, _):
        answer = await ask(service, f"{THIS_PHONE}?name=SEP{MAC}")
    assert b"not known" in answer.body
    assert b"101" not in answer.body


TOKENS = SITE.model_copy(update={"page_tokens": "all", "page_tokens_secret": "s1te"})
BEGINS = f"/phone/~{token_of(TOKENS, TOKENS.phones[0])}"


@pytest.mark.asyncio
async def test_a_token_identifies_its_phone_at_any_address_and_the_links_repeat_it() -> None:
    async with pages(holder="", site=TOKENS) as (service, _):
        menu = await ask(service, f"{BEGINS}/services")
        page = await ask(service, f"{BEGINS}/service/this-phone")
        form = await ask(service, f"{BEGINS}/service/directory-search")
    assert f"http://ringup{BEGINS}/service/this-phone".encode() in menu.body
    assert f"http://ringup{BEGINS}/service/directory-search".encode() in form.body
    assert "101 Zoë".encode("latin-1") in page.body
    check(menu.body)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "begins",
    [
        "/phone",
        "/phone/~",
        "/phone/~/",
        BEGINS[:-1],
        BEGINS + "a",
        BEGINS.upper().replace("/PHONE", "/phone"),
        f"/phone/~{MAC}-",
        f"/phone/~{MAC}-{'%C3%BC' * 26}",
        f"/phone/~001646000000-{BEGINS.partition('-')[2]}",
    ],
)
async def test_an_address_or_another_token_does_not_identify_a_phone_with_a_token(begins: str) -> None:
    async with pages(site=TOKENS) as (service, _):
        answer = await ask(service, f"{begins}/service/this-phone")
    assert b"101" not in answer.body
    assert b"not known" in answer.body or b"no such page" in answer.body


@pytest.mark.asyncio
async def test_a_head_has_the_headers_and_no_body_and_other_methods_are_refused() -> None:
    async with pages() as (service, _):
        head = await ask(service, "/phone/services", method="HEAD")
        got = await ask(service, "/phone/services")
        posted = await ask(service, "/phone/services", method="POST")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.body))
    assert (head.status, head.body, posted.status) == (200, b"", 405)


@pytest.mark.asyncio
async def test_a_page_that_does_not_exist_is_a_sentence_and_files_are_files() -> None:
    async with pages() as (service, told):
        page = await ask(service, "/phone/service/none")
        file = await ask(service, "/SIPDefault.cnf")
    check(page.body)
    assert b"no such page" in page.body
    assert file.body == b"proxy1_address: 10.0.0.1\r\n"
    assert not [event for event in told.events if type(event).__name__ == "ServerFault"]


@pytest.mark.asyncio
async def test_a_host_that_no_url_can_hold_is_not_repeated() -> None:
    async with pages() as (service, _):
        request = b'GET /phone/services HTTP/1.0\r\nHost: a"<b>\r\n\r\n'
        body = (await say(service, request)).partition(b"\r\n\r\n")[2]
    check(body)
    assert f"http://127.0.0.1:{service.ports[0] if service.ports else ''}".encode()[:16] in body


def test_the_headers_of_later_models_say_what_they_show() -> None:
    later = page_request("10.0.0.1", "/", b"", headers(*OF_A_7965))
    assert (later.model, later.charset, later.language, later.pane.width) == ("7965", "UTF-8", "de", 298)
    wireless = page_request("10.0.0.1", "/", b"", headers(*OF_A_7921))
    assert wireless.shows == OBJECTS_OF_3_0 | {"Execute", "IconMenu"}
    assert (wireless.charset, wireless.pane) == ("ISO-8859-1", SMALLEST_PANE)
    client = page_request("10.0.0.1", "/", b"", headers("Accept-Charset: iso-8859-1,utf-8;q=0.8"))
    assert client.charset == "ISO-8859-1"


def test_what_was_typed_arrives_in_either_charset() -> None:
    assert page_request("a", "/", b"who=Zo%EB+M", headers()).query == {"who": "Zoë M"}
    assert page_request("a", "/", b"who=Zo%C3%AB&who=last", headers()).query == {"who": "last"}


@given(st.binary(max_size=2000), st.text(max_size=99).map(lambda text: text.encode("latin-1", "ignore")))
def test_no_query_and_no_header_raises_anything(query: bytes, value: bytes) -> None:
    names = (b"accept", b"accept-charset", b"accept-language", b"x-ciscoipphonemodelname")
    page_request("10.0.0.1", "/", query, Headers(raw=[(name, value) for name in names]))
