"""Logging in and out, and the first account."""

import time

from ringup.errors import Problem
from ringup.store.accounts import Account, add_first_account
from ringup.web.answers import Answer, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.guard import SESSION
from ringup.web.people.accounts import name_problems
from ringup.web.people.first_link import is_first_link
from ringup.web.people.login import log_in
from ringup.web.people.passwords import hashed, problems_of
from ringup.web.people.roles import ADMINISTRATOR
from ringup.web.people.stored import digest

NO_ACCOUNT = (
    "No account exists yet. Open the link that `ringup serve` prints, or run: ringup account add NAME"
)
WRONG = "The name, the password or the code is wrong."


def form(ask: Ask) -> Answer:
    """Show the form to log in."""
    if ask.person is not None:
        return See(_next(ask))
    hint = "" if ask.web.people.has_accounts() else NO_ACCOUNT
    return WebPage("login.html", "Log in", shown=_values(ask, hint))


def send(ask: Ask) -> Answer:
    """Log in, and return to the page that was asked for."""
    name, password, code = ask.field("name"), ask.field("password"), ask.field("code")
    result = log_in(ask.web.engine, ask.web.people.limits, name, password, code, ask.address)
    if result.outcome == "in" and result.account is not None:
        cookie = ask.web.people.begin_session(result.account.name, ask.address)
        return See(_next(ask), cookies={SESSION: cookie})
    if result.outcome == "wait":
        wait = f"Too many failed logins. Try again in {result.seconds} s."
        return WebRefusal(429, wait, headers={"Retry-After": str(result.seconds)})
    hint = "Enter the code of your authenticator app." if result.outcome == "code" else WRONG
    return WebPage("login.html", "Log in", {"problem": hint}, _values(ask, hint), status=401)


def log_out(ask: Ask) -> Answer:
    """End the session."""
    ask.web.people.end_session(ask.cookies.get(SESSION, ""))
    return See("/login", cookies={SESSION: ""})


def first_form(ask: Ask) -> Answer:
    """Show the form that makes the first account."""
    if not is_first_link(ask.web.engine, ask.values["token"]):
        return _over()
    return WebPage("first.html", "First account", shown={"problems": [], "name": ""})


def first_send(ask: Ask) -> Answer:
    """Make the first account, an administrator, and log it in."""
    token, name, password = ask.values["token"], ask.field("name").strip(), ask.field("password")
    if not is_first_link(ask.web.engine, token):
        return _over()
    problems = [*name_problems(name), *problems_of(password, name)]
    if password != ask.field("again"):
        problems.append(Problem("again", "it differs from the password.", "Type the same password twice."))
    if problems:
        shown = {"problems": problems, "name": name}
        return WebPage("first.html", "First account", {"problems": problems}, shown, status=422)
    first, now = Account(name, ADMINISTRATOR, hashed(password), made=time.time()), time.time()
    if not add_first_account(ask.web.engine, first, digest(token), now):
        return _over()
    cookie = ask.web.people.begin_session(name, ask.address)
    return See("/", f"Welcome, {name}. You are an administrator.", cookies={SESSION: cookie})


def _over() -> WebRefusal:
    cure = "Start `ringup serve` again for a new link, or run: ringup account add NAME --role administrator"
    return WebRefusal(404, "This link is not valid: it is for one use, and ends after an hour.", cure=cure)


def _values(ask: Ask, hint: str) -> dict[str, object]:
    return {"hint": hint, "name": ask.field("name"), "next": ask.field("next") or ask.parameter("next")}


def _next(ask: Ask) -> str:
    """Return the page to go to: an address of this server only."""
    wanted = ask.field("next") or ask.parameter("next")
    is_ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if is_ours else "/"
