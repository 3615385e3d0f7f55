"""Who calls the API, with which rights; and its one form of refusal."""

import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ringup.errors import ChangedMeanwhile, Problem, RingupError, SiteErrors, UnsafeChange
from ringup.store.tokens import Audited, add_audited
from ringup.web.answers import WebRefusal
from ringup.web.api.forms import ProblemForm, ProblemRow
from ringup.web.ask import Ask
from ringup.web.context import Web
from ringup.web.guard import allowed
from ringup.web.incoming import ask_of
from ringup.web.people.roles import ADMINISTRATOR, OPERATOR, VIEWER
from ringup.web.route import WebRoute

CSRF_HEADER = "x-csrf"
"""The header with a session's form token; a request with an API token needs none."""
PROBLEM = "application/problem+json"

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemForm, "description": HTTPStatus(status).phrase}
    for status in (400, 401, 403, 404, 405, 409, 412, 413, 422, 429, 503)
}
"""The refusals that every address may answer."""


class ApiRefusal(Exception):
    """A request that cannot be carried out."""

    def __init__(self, status: int, title: str, cure: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(title)
        self.status, self.title, self.cure, self.problems = status, title, cure, problems


def problem(refusal: ApiRefusal, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return a refusal as JSON (RFC 9457)."""
    rows = [ProblemRow(where=each.where, what=each.what, cure=each.cure) for each in refusal.problems]
    form = ProblemForm(title=refusal.title, status=refusal.status, cure=refusal.cure, problems=rows)
    return JSONResponse(form.model_dump(), refusal.status, headers=headers, media_type=PROBLEM)


def _needs(role: str) -> Callable[[Request], Awaitable[Ask]]:
    async def check(request: Request) -> Ask:
        web: Web = request.app.state.web
        ask = ask_of(web, request, "json")
        ask = _with_csrf(ask)
        request.state.address = ask.address
        from starlette.concurrency import run_in_threadpool

        answer = await run_in_threadpool(allowed, ask, WebRoute(request.method, request.url.path, _no, role))
        if isinstance(answer, Ask):
            request.state.who = answer.person.name if answer.person else ""
            return answer
        if isinstance(answer, WebRefusal):
            request.state.who = answer.who
            raise ApiRefusal(answer.status, answer.title, answer.cure)
        raise ApiRefusal(401, "Log in, or send an API token.")

    return check


def _no(_ask: Ask) -> WebRefusal:
    return WebRefusal(500, "The API has its own views.")


def _with_csrf(ask: Ask) -> Ask:
    """Return the request with the header's form token in place of a form's field."""
    from dataclasses import replace

    return replace(ask, form=[("csrf", ask.headers.get(CSRF_HEADER, ""))])


Viewer = Annotated[Ask, Depends(_needs(VIEWER))]
Operator = Annotated[Ask, Depends(_needs(OPERATOR))]
Administrator = Annotated[Ask, Depends(_needs(ADMINISTRATOR))]


def refuse_in_one_form(api: FastAPI) -> None:
    """Let every error of the API be answered as a problem."""

    @api.exception_handler(ApiRefusal)
    async def refused(_request: Request, error: ApiRefusal) -> Response:
        return problem(error, {"WWW-Authenticate": "Bearer"} if error.status == 401 else None)

    @api.exception_handler(HTTPException)
    async def http(_request: Request, error: HTTPException) -> Response:
        headers = dict((error.headers or {}).items())
        return problem(ApiRefusal(error.status_code, str(error.detail)), headers)

    @api.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> Response:
        rows = tuple(
            Problem(_place(each["loc"]), f"{each['msg']}.", "Correct it.") for each in error.errors()
        )
        return problem(ApiRefusal(422, "The request does not have the documented form.", problems=rows))

    @api.exception_handler(RingupError)
    async def ours(_request: Request, error: RingupError) -> Response:
        return problem(_refusal_of(error))


def _place(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in loc[1:]) or "body"


def _refusal_of(error: RingupError) -> ApiRefusal:
    if isinstance(error, SiteErrors):
        return ApiRefusal(422, "Nothing was changed.", problems=error.problems)
    if isinstance(error, UnsafeChange):
        cure = "Read the plan with dry_run=true; to make the change anyway, name its codes with allow=CODE."
        rows = tuple(Problem("plan", reason, "") for reason in error.reasons)
        return ApiRefusal(409, "The change needs an approval. Nothing was changed.", cure, rows)
    if isinstance(error, ChangedMeanwhile):
        return ApiRefusal(409, "Somebody else changed the site meanwhile. Nothing was changed.", "Try again.")
    return ApiRefusal(503, str(error))


class AuditedRequests:
    """Notes every request that may change something in the audit log."""

    def __init__(self, web: Web) -> None:
        self._web = web

    async def __call__(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        """Answer the request, then note it."""
        from starlette.concurrency import run_in_threadpool

        response = await call_next(request)
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            who = getattr(request.state, "who", "")
            address = getattr(request.state, "address", request.client.host if request.client else "")
            action = f"{request.method} {request.url.path}"
            row = Audited(time.time(), who, address, action, response.status_code)
            await run_in_threadpool(add_audited, self._web.engine, row)
        return response
