"""The web application: middleware, the list of routes, and the files of `static/`."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount
from starlette.routing import Route as HttpRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from ringup.errors import RingupError, SiteErrors
from ringup.store.accounts import read_account
from ringup.store.tokens import Audited, add_audited
from ringup.web import guard
from ringup.web.answers import Answer, See, WebRefusal
from ringup.web.api.app import PREFIX, api
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.web.incoming import MOST_UPLOAD, ask_of, split, with_form
from ringup.web.rendering import respond
from ringup.web.route import WebRoute
from ringup.web.routes import ROUTES

STATIC = Path(__file__).parent / "static"
log = logging.getLogger("ringup.web")

Handler = Callable[[Request], Awaitable[Response]]


def application(web: Web, routes: Sequence[WebRoute] = ROUTES) -> Starlette:
    """Return the web application: the pages, and the API, which checks its callers itself."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        sending = asyncio.create_task(web.hooks.follow()) if web.hooks else None
        yield
        if sending:
            sending.cancel()
        web.follower.stop()

    listed = [
        HttpRoute(route.path, _handler(web, route), methods=[route.method]) for route in routes
    ]  # fmt: skip
    return Starlette(
        routes=[*listed, Mount(PREFIX, api(web)), Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[
            Middleware(guard.Headers),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
            Middleware(SmallEnough),
            Middleware(Suffixes),
        ],
        exception_handlers={HTTPException: _refuse(web), Exception: _fault(web)},
        lifespan=lifespan,
    )


def _handler(web: Web, route: WebRoute) -> Handler:
    async def handle(request: Request) -> Response:
        ask = ask_of(web, request, request.scope.get("ringup.wants"))
        if ask.wants == "csv" and not route.is_listing:
            return respond(ask, _not_found(ask))
        if route.method != "GET":
            ask = await with_form(ask, request)
        return await run_in_threadpool(_answered, ask, route)

    return handle


def _answered(ask: Ask, route: WebRoute) -> Response:
    """Return the response of a route, in a worker thread: both the view and its template may take time."""
    allowed = guard.allowed(ask, route)
    if not isinstance(allowed, Ask):
        return audited(ask, allowed)
    try:
        answer = route.view(allowed)
    except SiteErrors as error:
        answer = WebRefusal(422, "Nothing was changed.", error.problems)
    except RingupError as error:
        answer = WebRefusal(409, str(error))
    return audited(allowed, answer)


def audited(ask: Ask, answer: Answer) -> Response:
    """Return the response of an answer, and note in the audit log what may have changed something."""
    response = respond(ask, answer)
    if ask.method != "GET":
        action = f"{ask.method} {'/first/…' if ask.path.startswith('/first/') else ask.path}"
        done = f": {answer.done}" if isinstance(answer, See) and answer.done else ""
        row = Audited(time.time(), _who(ask, answer), ask.address, f"{action}{done}", response.status_code)
        add_audited(ask.web.engine, row)
    return response


def _who(ask: Ask, answer: Answer) -> str:
    """Return who sent a request.

    Of a login, that is the name if an account has it: people type their password there by mistake.
    """
    if ask.person is not None:
        return ask.person.name
    if isinstance(answer, WebRefusal) and answer.who:
        return answer.who
    is_account = ask.path == "/login" and read_account(ask.web.engine, ask.field("name")) is not None
    return ask.field("name") if is_account else ""


def _not_found(ask: Ask) -> Answer:
    return WebRefusal(
        404, f"There is no page {ask.path}.", cure="Go back to the board, or correct the address."
    )


def _refuse(web: Web) -> Callable[[Request, Exception], Response]:
    def refuse(request: Request, error: Exception) -> Response:
        ask = ask_of(web, request, request.scope.get("ringup.wants"))
        if not isinstance(error, HTTPException) or error.status_code == 404:
            return respond(ask, _not_found(ask))
        return respond(ask, WebRefusal(error.status_code, str(error.detail), headers=error.headers or {}))

    return refuse


def _fault(web: Web) -> Callable[[Request, Exception], Response]:
    def fault(request: Request, error: Exception) -> Response:
        log.error("%s %s: fault in ringup", request.method, request.url.path, exc_info=error)
        ask = ask_of(web, request, request.scope.get("ringup.wants"))
        return respond(
            ask, WebRefusal(500, "Fault in ringup.", cure="Its log holds the details: please report it.")
        )

    return fault


class Suffixes:
    """Lets every page be requested as JSON with ``.json``, and every list as CSV with ``.csv``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Remove the suffix from the path, except below /static and /api."""
        if scope["type"] == "http" and not scope["path"].startswith(("/static/", "/api/", "/files/")):
            path, wants = split(scope["path"])
            scope = {**scope, "path": path, "raw_path": path.encode(), "ringup.wants": wants}
        await self._app(scope, receive, send)


class SmallEnough:
    """Refuses a request with more than MOST_UPLOAD bytes, whether it says so or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes while they arrive."""
        arrived = 0

        async def counted() -> dict[str, object]:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > MOST_UPLOAD:
                raise HTTPException(413, f"The request has more than {MOST_UPLOAD >> 20} MB.")
            return dict(message)

        await self._app(scope, counted, send)
