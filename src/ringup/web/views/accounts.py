"""Accounts, API tokens, the audit log, and everybody's own account."""

import time

from ringup.errors import Problem, SiteErrors
from ringup.store.accounts import (
    Account,
    AccountChange,
    add_account,
    change_account,
    read_account,
    read_accounts,
    remove_account,
)
from ringup.store.tokens import Audited, Token, read_audited, read_tokens, remove_token
from ringup.store.tokens import add_token as store_token
from ringup.web.answers import Answer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.guard import SESSION
from ringup.web.listing import ListColumn, listing
from ringup.web.people.accounts import change_problems, name_problems, name_taken, roles_above
from ringup.web.people.login import confirm
from ringup.web.people.passwords import hashed, problems_of
from ringup.web.people.roles import ADMINISTRATOR, GIVEN_ROLES, VIEWER, may
from ringup.web.people.second_factor import app_link, is_secret, new_secret, step_of_code
from ringup.web.people.stored import digest, new_token

MOST_TOKEN_DAYS = 730
"""Longest life of an API token, in days."""

ACCOUNT_COLUMNS = (
    ListColumn[Account]("name", "Name", lambda account: account.name),
    ListColumn[Account]("role", "Role", lambda account: account.role, is_filter=True),
    ListColumn[Account]("second_factor", "Second factor", lambda account: "yes" if account.totp else "no"),
    ListColumn[Account]("made", "Made", lambda account: account.made, is_searched=False),
)
TOKEN_COLUMNS = (
    ListColumn[Token]("name", "Name", lambda token: token.name),
    ListColumn[Token]("role", "Role", lambda token: token.role, is_filter=True),
    ListColumn[Token]("by", "Made by", lambda token: token.by, is_filter=True),
    ListColumn[Token]("made", "Made", lambda token: token.made, is_searched=False),
    ListColumn[Token]("ends", "Ends", lambda token: token.ends, is_searched=False),
    ListColumn[Token]("used", "Last used", lambda token: token.used, is_searched=False),
)
AUDIT_COLUMNS = (
    ListColumn[Audited]("at", "Time", lambda row: row.at, is_searched=False),
    ListColumn[Audited]("who", "Who", lambda row: row.who, is_filter=True),
    ListColumn[Audited]("address", "From", lambda row: row.address),
    ListColumn[Audited]("action", "Request", lambda row: row.action),
    ListColumn[Audited]("status", "Answer", lambda row: row.status, is_filter=True),
)


def accounts(ask: Ask) -> Answer:
    """Show all accounts."""
    rows = listing(read_accounts(ask.web.engine), ACCOUNT_COLUMNS, "/accounts", ask.query)
    return ListPage("accounts.html", "Accounts", rows, shown={"roles": GIVEN_ROLES})


def add(ask: Ask) -> Answer:
    """Make an account."""
    name, role, password = ask.field("name").strip(), ask.field("role", VIEWER), ask.field("password")
    _refuse([*name_problems(name), *_role_problems(role), *problems_of(password, name)])
    if not add_account(ask.web.engine, Account(name, role, hashed(password), made=time.time())):
        _refuse(name_taken("account", name))
    return See("/accounts", f"Account {name} ({role}) was made.")


def change(ask: Ask) -> Answer:
    """Give an account another role or a new password, or remove its second factor."""
    name, role, password = ask.values["name"], ask.field("role") or None, ask.field("password")
    _refuse([*_role_problems(role or VIEWER), *(problems_of(password, name) if password else ())])
    changed = AccountChange(
        role, hashed(password) if password else None, "" if ask.field("no_second_factor") else None
    )
    lost = roles_above(role) if role else ()
    result = change_account(ask.web.engine, name, changed, ADMINISTRATOR, lost)
    if result == "unknown":
        return _no_account()
    _refuse(change_problems(result, name))
    return See("/accounts", f"Account {name} {_values_of(changed)}. It was logged out everywhere.")


def _values_of(changed: AccountChange) -> str:
    values = (
        f"is {changed.role} now" if changed.role else "",
        "has a new password" if changed.password else "",
        "has no second factor" if changed.totp == "" else "",
    )
    return ", ".join(value for value in values if value) or "keeps its values"


def remove(ask: Ask) -> Answer:
    """Remove an account, with the tokens that it made."""
    name = ask.values["name"]
    result = remove_account(ask.web.engine, name, ADMINISTRATOR)
    if result == "unknown":
        return _no_account()
    _refuse(change_problems(result, name))
    return See("/accounts", f"Account {name} was removed, with its tokens.")


def tokens(ask: Ask) -> Answer:
    """Show all API tokens."""
    rows = listing(read_tokens(ask.web.engine), TOKEN_COLUMNS, "/tokens", ask.query)
    return ListPage(
        "tokens.html", "API tokens", rows, shown={"roles": _roles_of(ask), "most": MOST_TOKEN_DAYS}
    )


def add_token(ask: Ask) -> Answer:
    """Make an API token; this page is the only one that shows it."""
    name, role, days = ask.field("name").strip(), ask.field("role", VIEWER), ask.field("days", "365")
    problems = [*name_problems(name), *_role_problems(role)]
    if not days.isascii() or not days.isdecimal() or not 1 <= int(days[:9]) <= MOST_TOKEN_DAYS:
        problems.append(Problem("days", f"{days!r} is no number.", f"Enter 1 to {MOST_TOKEN_DAYS}."))
    if role in GIVEN_ROLES and role not in _roles_of(ask):
        problems.append(Problem("role", "a token may not have more rights than you.", "Choose another role."))
    _refuse(problems)
    if ask.person is not None and not ask.person.csrf:
        return WebRefusal(403, "A token makes no further tokens.", cure="Log in to make one.")
    secret, now = new_token(), time.time()
    ends = now + int(days) * 86400.0
    if not store_token(ask.web.engine, Token(name, digest(secret), role, _name(ask), now, ends)):
        _refuse(name_taken("token", name))
    return WebPage("token.html", f"Token {name}", {"name": name, "token": secret, "role": role, "ends": ends})


def drop_token(ask: Ask) -> Answer:
    """Remove an API token."""
    if not remove_token(ask.web.engine, ask.values["name"]):
        return WebRefusal(404, "There is no such token.")
    return See("/tokens", f"Token {ask.values['name']} was removed.")


def audit_log(ask: Ask) -> Answer:
    """Show the requests that changed something, and the logins."""
    rows = listing(read_audited(ask.web.engine), AUDIT_COLUMNS, "/audit", ask.query)
    return ListPage("audit.html", "Audit log", rows)


def me(ask: Ask) -> Answer:
    """Show everybody's own account."""
    account = read_account(ask.web.engine, _name(ask))
    if account is None:
        return _no_account()
    secret = "" if account.totp else new_secret()
    link = app_link(account.name, secret) if secret else ""
    data = {"name": account.name, "role": account.role, "second_factor": bool(account.totp)}
    return WebPage("me.html", "Your account", data, {"secret": secret, "link": link})


def my_password(ask: Ask) -> Answer:
    """Change one's own password; all sessions but this one end."""
    account = read_account(ask.web.engine, _name(ask))
    if account is None:
        return _no_account()
    problems = problems_of(ask.field("password"), account.name)
    if ask.field("password") != ask.field("again"):
        problems.append(Problem("again", "it differs from the password.", "Type the same password twice."))
    _refuse(problems)
    _confirm(ask, account)
    changed = AccountChange(password=hashed(ask.field("password")))
    return _changed_my_own(ask, account.name, changed, "Your password was changed.")


def second_factor(ask: Ask) -> Answer:
    """Switch the second factor on with a code that proves it, or off with the password."""
    account = read_account(ask.web.engine, _name(ask))
    if account is None:
        return _no_account()
    if account.totp:
        _confirm(ask, account)
        return _changed_my_own(ask, account.name, AccountChange(totp=""), "The second factor is off.")
    secret = ask.field("secret")
    step = step_of_code(secret, ask.field("code"), time.time()) if is_secret(secret) else None
    if step is None:
        raise SiteErrors([Problem("code", "it is not the present code.", "Check the clock of the phone.")])
    changed = AccountChange(totp=secret, totp_step=step)
    return _changed_my_own(ask, account.name, changed, "The second factor is on.")


def _confirm(ask: Ask, account: Account) -> None:
    """Raise SiteErrors unless the form contains the account's present password."""
    result = confirm(ask.web.people.limits, account, ask.field("old"))
    if result.outcome == "wait":
        cure = f"Try again in {result.seconds} s."
        raise SiteErrors([Problem("old", "too many wrong passwords were typed.", cure)])
    if result.outcome != "in":
        raise SiteErrors([Problem("old", "the present password is another one.", "Type it again.")])


def _changed_my_own(ask: Ask, name: str, changed: AccountChange, done: str) -> See:
    """Change the account of this session, which goes on under a new cookie; the others end."""
    change_account(ask.web.engine, name, changed, ADMINISTRATOR)
    return See("/me", done, cookies={SESSION: ask.web.people.begin_session(name, ask.address)})


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise SiteErrors(problems)


def _roles_of(ask: Ask) -> tuple[str, ...]:
    """Return the roles that a token of this account may have."""
    own = ask.person.role if ask.person else VIEWER
    return tuple(role for role in GIVEN_ROLES if may(own, role))


def _role_problems(role: str) -> list[Problem]:
    if role in GIVEN_ROLES:
        return []
    return [Problem("role", f"{role!r} is no role.", f"Choose one of: {', '.join(GIVEN_ROLES)}.")]


def _name(ask: Ask) -> str:
    return ask.person.name if ask.person else ""


def _no_account() -> WebRefusal:
    return WebRefusal(404, "There is no such account.")
