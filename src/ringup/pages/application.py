"""Serve the pages below ``/phone/``: find out which phone requests which page, and respond."""

import re
import time
from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ringup.books.shelf import Shelf
from ringup.engine.faults import Faults
from ringup.events import Event
from ringup.pages.answers import Shown, answer, sentence
from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.page_request import PageRequest, page_request
from ringup.pages.services.caller import PATH, Caller, KnownCaller
from ringup.pages.services.menu import services_menu
from ringup.pages.services.own import OWN
from ringup.pages.services.registry import services
from ringup.pages.services.running import Runner
from ringup.pages.services.service import Service
from ringup.pages.services.sources import Sources
from ringup.site.model import Phone, Site
from ringup.site.page_tokens import needs_token, phone_of_token

_METHODS = ("GET", "HEAD")
_HTTP = 80
_LONGEST_TOKEN = 64
_HOST = re.compile(r"[A-Za-z0-9.-]{1,100}(?::\d{1,5})?", re.ASCII)


class PhonePages:
    """The ASGI application for pages."""

    def __init__(
        self,
        site: Callable[[], Site],
        holder_of: Callable[[str], str],
        on_events: Callable[[list[Event]], None],
        own: Mapping[str, Service] = OWN,
        shelf: Shelf | None = None,
        sources: Sources | None = None,
    ) -> None:
        """Serve pages of this site.

        `holder_of` returns the MAC of the phone that has an address, or an empty text. `shelf` holds the
        address books with further names. `sources` is where our own services look.
        """
        self._site = site
        self._holder_of = holder_of
        self._sources = sources or Sources()
        faults = Faults(lambda fault: on_events([fault]), time.time)
        self._services = services(own.values(), faults.report)
        self._runner = Runner(faults.report)
        self._books = DirectoryBooks(shelf)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request for a page."""
        response = await self._answer(scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in _METHODS:
            refused = {"allow": ", ".join(_METHODS), "connection": "close"}
            return PlainTextResponse(f"Only {', '.join(_METHODS)}.\n", 405, refused)
        headers = Headers(scope=scope)
        token, path = _token_in(scope["path"].removeprefix(PATH))
        request = page_request(scope["client"][0], path, scope["query_string"], headers)
        page = await self._page(request, self._caller(request, _host(headers, scope), token))
        return answer(page, request.charset, head=scope["method"] == "HEAD")

    async def _page(self, request: PageRequest, caller: Caller) -> Shown:
        kind, _, name = request.path.strip("/").partition("/")
        if kind == "services":
            return services_menu(caller, self._services)
        called = self._services.get(name if kind == "service" else kind)
        if called is None:
            text = caller.say("There is no such page. Press Services to begin again.")
            return sentence(caller.say("Not found"), text)
        return await self._runner.page(called, caller)

    def _caller(self, request: PageRequest, host: str, token: str) -> Caller:
        site = self._site()
        phone = phone_of_token(site, token) if token else self._phone_at(site, request.address)
        common = (request, site, host, self._books)
        if phone is None:
            return Caller(*common, sources=self._sources)
        return KnownCaller(*common, phone, sources=self._sources, token=token)

    def _phone_at(self, site: Site, address: str) -> Phone | None:
        """Return the phone at this address; None for a phone with a token, whose address may be shared."""
        mac = self._holder_of(address)
        phone = site.phone(mac) if mac else None
        return None if phone is None or needs_token(site, phone) else phone


def _token_in(path: str) -> tuple[str, str]:
    """Return the token with which a path begins (without one, an empty text), and the rest of the path."""
    if not path.startswith("/~"):
        return "", path
    token, _, rest = path[2:].partition("/")
    return token[:_LONGEST_TOKEN] or "-", rest


def _host(headers: Headers, scope: Scope) -> str:
    """Return the server's name as the phone wrote it; HTTP/1.0 allows a request without it (P-XML-32)."""
    named = headers.get("host", "").strip()
    if _HOST.fullmatch(named):
        return named
    address, port = scope["server"]
    return address if port == _HTTP else f"{address}:{port}"
