"""Turns answers into HTTP responses: HTML by Jinja2's templates, JSON, CSV, and server-sent events."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from pydantic import TypeAdapter
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse

from ringup import __version__
from ringup.web.answers import Answer, Download, EventStreamAnswer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.navigation import NAVIGATION
from ringup.web.people.roles import may
from ringup.web.shown import FILTERS

SAID = "said"
"""The cookie with the sentence that the next page shows."""
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


def environment() -> Environment:
    """Return the templates' environment: every value is escaped, and an unknown name is an error."""
    made = Environment(
        loader=PackageLoader("ringup.web"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.filters.update(FILTERS)
    made.globals.update(version=__version__, navigation=NAVIGATION, may=may)
    return made


TEMPLATES = environment()


def respond(ask: Ask, answer: Answer) -> Response:
    """Return the response to a request, in the form that it wants."""
    response: Response = _RESPONSES[type(answer)](ask, answer)
    for name, value in getattr(answer, "cookies", {}).items():
        _set_cookie(ask, response, name, value)
    return response


def _page(ask: Ask, page: WebPage) -> Response:
    if ask.wants != "html":
        return _json(page.data, page.status)
    values = {**page.data, **page.shown, "title": page.title}
    return html(ask, page.template, values, page.status)


def _list_page(ask: Ask, page: ListPage) -> Response:
    listing = page.listing
    if ask.wants == "csv":
        name = f"{ask.path.strip('/').replace('/', '-') or 'phones'}.csv"
        return Response(
            listing.csv(), media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )  # fmt: skip
    if ask.wants == "json":
        counts = {"total": listing.total, "matching": len(listing.matching)}
        pages = {"page": listing.page, "pages": listing.pages, "size": listing.size}
        return _json({**page.data, **counts, **pages, "rows": listing.records()}, 200)
    return html(ask, page.template, {**page.data, **page.shown, "title": page.title, "listing": listing})


def html(ask: Ask, template: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Return a template as a response; it also gets the request as `ask`."""
    text = TEMPLATES.get_template(template).render(ask=ask, said=unquote(ask.cookies.get(SAID, "")), **values)
    response = HTMLResponse(text, status)
    if ask.cookies.get(SAID):
        response.delete_cookie(SAID)
    return response


def fragment(ask: Ask, template: str, values: Mapping[str, Any]) -> str:
    """Return a template's text, for a message of a stream."""
    return TEMPLATES.get_template(template).render(ask=ask, **values)


def _see(ask: Ask, see: See) -> Response:
    if ask.wants != "html":
        return _json({"see": see.url, "done": see.done}, 200)
    response = RedirectResponse(see.url, 303)
    if see.done:
        _set_cookie(ask, response, SAID, see.done)
    return response


def _refused(ask: Ask, refused: WebRefusal) -> Response:
    problems = [
        {"where": each.where, "what": each.what, "cure": each.cure} for each in refused.problems
    ]  # fmt: skip
    if ask.wants != "html":
        body = {
            "type": "about:blank", "title": refused.title, "status": refused.status,
            "cure": refused.cure, "problems": problems,
        }  # fmt: skip
        return JSONResponse(
            body, refused.status, headers=dict(refused.headers), media_type="application/problem+json"
        )
    values = {"title": refused.title, "cure": refused.cure, "problems": problems, "status": refused.status}
    response = html(ask, "refused.html", values, refused.status)
    response.headers.update(refused.headers)
    return response


def _download(_ask: Ask, download: Download) -> Response:
    name = "".join(each if each.isascii() and each.isprintable() and each not in '"\\/' else "_"
                   for each in download.name)  # fmt: skip
    how = "inline" if download.is_shown else "attachment"
    return Response(
        download.content, media_type=download.media_type,
        headers={"Content-Disposition": f'{how}; filename="{name}"'},
    )  # fmt: skip


def _stream(_ask: Ask, stream: EventStreamAnswer) -> Response:
    return StreamingResponse(
        _messages(stream.messages()), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _messages(texts: AsyncIterator[str]) -> AsyncIterator[str]:
    async for text in texts:
        yield "".join(f"data: {line}\n" for line in text.splitlines()) + "\n" if text else ":\n\n"


def _json(data: Any, status: int) -> Response:
    """Return data as JSON; objects of ringup's own classes become objects with their fields."""
    text = json.dumps(_ANYTHING.dump_python(data, mode="json", serialize_as_any=True), ensure_ascii=False)
    return Response(text, status, media_type="application/json")


def _set_cookie(ask: Ask, response: Response, name: str, value: str) -> None:
    if not value:
        response.delete_cookie(name, path="/")
        return
    response.set_cookie(
        name, quote(value), path="/", httponly=True, samesite="strict" if name != SAID else "lax",
        secure=ask.is_secure, max_age=60 if name == SAID else None,
    )  # fmt: skip


_RESPONSES: Mapping[type[Any], Any] = {
    WebPage: _page,
    ListPage: _list_page,
    See: _see,
    WebRefusal: _refused,
    Download: _download,
    EventStreamAnswer: _stream,
}
