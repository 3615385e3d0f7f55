"""Decides whether a request may be carried out: account, role, and the token against forged forms."""

from dataclasses import replace
from hmac import compare_digest
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ringup.web.answers import Answer, See, WebRefusal
from ringup.web.ask import Ask
from ringup.web.people.roles import NOBODY, may
from ringup.web.route import WebRoute

LOOPBACK = ("127.0.0.1", "::1", "::ffff:127.0.0.1")

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Headers:
    """Adds the security headers to every response; pages are not cached, vendored files are for a day."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the response starts."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                is_file = scope.get("path", "").startswith("/static/")
                headers.setdefault("Cache-Control", "max-age=86400" if is_file else "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


SESSION = "ringup-session"
"""The name of the cookie with the session."""


def allowed(ask: Ask, route: WebRoute) -> Ask | Answer:
    """Return the request with its account, or the refusal."""
    if refused := _closed(ask):
        return refused
    ask, refused = _with_person(ask)
    if refused:
        return refused
    answer = _of_person(ask, route)
    if isinstance(answer, WebRefusal) and ask.person is not None:
        return replace(answer, who=ask.person.name)
    return answer


def _of_person(ask: Ask, route: WebRoute) -> Ask | Answer:
    if route.role == NOBODY:
        return _against_forged_forms(ask)
    if ask.person is None:
        return _log_in(ask)
    if not may(ask.person.role, route.role):
        return WebRefusal(403, f"This needs the role {route.role}; yours is {ask.person.role}.",
                       cure="Ask an administrator to carry it out, or to change your role.")  # fmt: skip
    return _against_forged_forms(ask)


def _closed(ask: Ask) -> WebRefusal | None:
    """Refuse other machines until an account exists."""
    if ask.address in LOOPBACK or ask.web.people.has_accounts():
        return None
    cure = (
        "Open the link that `ringup serve` prints on the machine itself, or run `ringup account add` there."
    )
    return WebRefusal(403, "No account exists yet, so the page answers only on its own machine.", cure=cure)


def _with_person(ask: Ask) -> tuple[Ask, WebRefusal | None]:
    kind, _, token = ask.headers.get("authorization", "").partition(" ")
    if kind:
        person = ask.web.people.of_token(token.strip()) if kind.lower() == "bearer" else None
        if person is None:
            return ask, WebRefusal(401, "The token is unknown, or it has ended.",
                                headers={"WWW-Authenticate": "Bearer"})  # fmt: skip
        return replace(ask, person=person), None
    cookie = ask.cookies.get(SESSION, "")
    return replace(ask, person=ask.web.people.of_session(cookie, ask.address) if cookie else None), None


def _log_in(ask: Ask) -> Answer:
    if ask.wants != "html":
        return WebRefusal(401, "Log in, or send an API token.", headers={"WWW-Authenticate": "Bearer"})
    back = ask.url if ask.method == "GET" else "/"
    return See(f"/login?{urlencode({'next': back})}" if back != "/" else "/login")


def _against_forged_forms(ask: Ask) -> Ask | Answer:
    """Refuse a form that another site's page sent with this browser's cookies."""
    if ask.method == "GET" or (ask.person is not None and not ask.person.csrf):
        return ask
    origin = ask.headers.get("origin", "")
    is_foreign = origin not in ("", f"http://{ask.host}", f"https://{ask.host}")
    is_forged = ask.person is not None and not compare_digest(
        ask.field("csrf").encode(), ask.person.csrf.encode()
    )
    if is_foreign or is_forged or ask.headers.get("sec-fetch-site", "same-origin") == "cross-site":
        return WebRefusal(403, "The form did not come from this page, or its session has ended.",
                       cure="Load the page again, and send the form again.")  # fmt: skip
    return ask
