"""Accounts, API tokens, the audit log, and everybody's own account."""

import time
from dataclasses import replace

import pyotp

from ringup.errors import Problem, SiteErrors
from ringup.store.accounts import Account, read_account, read_accounts, remove_account, save_account
from ringup.store.sessions import end_sessions
from ringup.store.tokens import Audited, Token, read_audited, read_tokens, remove_token, save_token
from ringup.web.answers import Answer, ListPage, See, WebPage, WebRefusal
from ringup.web.ask import Ask
from ringup.web.guard import SESSION
from ringup.web.listing import ListColumn, listing
from ringup.web.people.accounts import GIVEN_ROLES, last_administrator, name_problems
from ringup.web.people.passwords import fits, hashed, problems_of
from ringup.web.people.roles import VIEWER, may
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
    problems = [*name_problems(name), *_role_problems(role), *problems_of(password, name)]
    if read_account(ask.web.engine, name) is not None:
        problems.append(Problem("name", f"an account {name} exists already.", "Choose another name."))
    if problems:
        raise SiteErrors(problems)
    save_account(ask.web.engine, Account(name, role, hashed(password), made=time.time()))
    return See("/accounts", f"Account {name} was made.")


def change(ask: Ask) -> Answer:
    """Give an account another role or a new password, or remove its second factor."""
    account = read_account(ask.web.engine, ask.values["name"])
    if account is None:
        return _no_account()
    role, password = ask.field("role") or account.role, ask.field("password")
    problems = [*_role_problems(role), *(problems_of(password, account.name) if password else ())]
    problems += last_administrator(read_accounts(ask.web.engine), account.name, role)
    if problems:
        raise SiteErrors(problems)
    changed = replace(account, role=role, password=hashed(password) if password else account.password)
    save_account(ask.web.engine, replace(changed, totp="") if ask.field("no_second_factor") else changed)
    end_sessions(ask.web.engine, account.name)
    return See("/accounts", f"Account {account.name} was changed, and logged out everywhere.")


def remove(ask: Ask) -> Answer:
    """Remove an account."""
    name = ask.values["name"]
    if problems := last_administrator(read_accounts(ask.web.engine), name, None):
        raise SiteErrors(problems)
    if not remove_account(ask.web.engine, name):
        return _no_account()
    return See("/accounts", f"Account {name} was removed.")


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
    if any(token.name == name for token in read_tokens(ask.web.engine)):
        problems.append(Problem("name", f"a token {name} exists already.", "Choose another name."))
    if problems:
        raise SiteErrors(problems)
    if ask.person is not None and not ask.person.csrf:
        return WebRefusal(403, "A token makes no further tokens.", cure="Log in to make one.")
    secret, now = new_token(), time.time()
    ends = now + int(days) * 86400.0
    save_token(ask.web.engine, Token(name, digest(secret), role, _name(ask), now, ends))
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
    secret = "" if account.totp else pyotp.random_base32()
    link = pyotp.TOTP(secret, name=account.name, issuer="ringup").provisioning_uri() if secret else ""
    data = {"name": account.name, "role": account.role, "second_factor": bool(account.totp)}
    return WebPage("me.html", "Your account", data, {"secret": secret, "link": link})


def my_password(ask: Ask) -> Answer:
    """Change one's own password; all sessions but this one end."""
    account = read_account(ask.web.engine, _name(ask))
    if account is None or not fits(ask.field("old"), account.password):
        raise SiteErrors([Problem("old", "the present password is another one.", "Type it again.")])
    problems = problems_of(ask.field("password"), account.name)
    if ask.field("password") != ask.field("again"):
        problems.append(Problem("again", "it differs from the password.", "Type the same password twice."))
    if problems:
        raise SiteErrors(problems)
    save_account(ask.web.engine, replace(account, password=hashed(ask.field("password"))))
    return _logged_in_anew(ask, account.name, "Your password was changed.")


def second_factor(ask: Ask) -> Answer:
    """Switch the second factor on with a code that proves it, or off with the password."""
    account = read_account(ask.web.engine, _name(ask))
    if account is None:
        return _no_account()
    if account.totp:
        if not fits(ask.field("old"), account.password):
            raise SiteErrors([Problem("old", "the password is another one.", "Type it again.")])
        save_account(ask.web.engine, replace(account, totp=""))
        return See("/me", "The second factor is off.")
    secret = ask.field("secret")
    if len(secret) != 32 or not pyotp.TOTP(secret).verify(ask.field("code").strip(), valid_window=1):
        raise SiteErrors([Problem("code", "it is not the present code.", "Check the clock of the phone.")])
    save_account(ask.web.engine, replace(account, totp=secret))
    return _logged_in_anew(ask, account.name, "The second factor is on.")


def _logged_in_anew(ask: Ask, name: str, done: str) -> See:
    end_sessions(ask.web.engine, name)
    return See("/me", done, cookies={SESSION: ask.web.people.begin_session(name, ask.address)})


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
