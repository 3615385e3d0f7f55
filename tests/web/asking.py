"""A browser without a socket, and accounts that need no password, for tests of pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.testclient import TestClient

from ringup.store.database import open_database
from ringup.web.app import application
from ringup.web.context import Web
from ringup.web.guard import SESSION
from ringup.web.live.follower import FleetFollower
from ringup.web.options import WebOptions
from ringup.web.people.known import Person
from ringup.web.people.login import LoginLimits
from ringup.web.people.roles import ROLES

if TYPE_CHECKING:
    from sqlalchemy import Engine

CSRF = "token-of-the-session"


class NamedByCookie:
    """Accounts for tests: the session's cookie, or the token, is the role."""

    def __init__(self, *, accounts: bool = True) -> None:
        self.accounts = accounts
        self.limits = LoginLimits()

    def has_accounts(self) -> bool:
        """Return whether an account exists."""
        return self.accounts

    def of_session(self, cookie: str, address: str) -> Person | None:
        """Return an account whose role is the cookie."""
        return Person(cookie, cookie, CSRF) if cookie in ROLES else None

    def of_token(self, token: str) -> Person | None:
        """Return an account whose role is the token."""
        return Person("api", token) if token in ROLES else None

    def begin_session(self, account: str, address: str) -> str:
        """Return a cookie with the name of the account."""
        return account

    def end_session(self, cookie: str) -> None:
        """End no session."""


@contextmanager
def web_of(folder: Path, *, accounts: bool = True) -> Iterator[Web]:
    """Yield the shared parts of a web process with a database of its own; its follower is not started."""
    database = str(folder / "ringup.db")
    engine: Engine = open_database(database)
    options = WebOptions(database, folder / "firmware", folder / "files")
    yield Web(options, engine, FleetFollower(engine), NamedByCookie(accounts=accounts))
    engine.dispose()


_app = lru_cache(maxsize=2)(application)
"""The application of a web process; making it takes longer than most requests."""


def browser(web: Web, role: str = "", address: str = "127.0.0.1") -> TestClient:
    """Return a browser that is logged in with this role, or not at all."""
    client = TestClient(
        _app(web), base_url="http://127.0.0.1:8060", follow_redirects=False,
        client=(address, 50_000), cookies={SESSION: role} if role else {},
    )  # fmt: skip
    client.headers["accept"] = "text/html"
    return client
