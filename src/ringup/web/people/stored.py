"""StoredPeople: the accounts, sessions and tokens of the database, for the guard."""

import hashlib
import secrets
import time
from hmac import new as hmac

from sqlalchemy import Engine

from ringup.store.accounts import has_accounts
from ringup.store.sessions import Session, add_session, read_session, remove_session, touch_session
from ringup.store.tokens import read_token, touch_token
from ringup.web.people.known import Person
from ringup.web.people.login import LoginLimits

IDLE_SECONDS = 12 * 3600.0
"""Seconds without a request after which a session is over."""
LONGEST_SECONDS = 7 * 86400.0
"""Seconds after the login after which a session is over."""
TOUCH_SECONDS = 60.0
"""Seconds between two notes about the use of a session or a token."""
TOKEN_PREFIX = "ringup_"  # noqa: S105
"""Begins every API token, so that tools that search for leaked secrets recognise it."""


class StoredPeople:
    """The accounts of the database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._has_accounts = False
        self.limits = LoginLimits()

    def has_accounts(self) -> bool:
        """Return whether an account exists; while none does, the database is asked each time."""
        self._has_accounts = self._has_accounts or has_accounts(self._engine)
        return self._has_accounts

    def of_session(self, cookie: str, address: str) -> Person | None:
        """Return the account of a session's cookie; None if the session is unknown or has expired."""
        number, now = digest(cookie), time.time()
        found = read_session(self._engine, number)
        if found is None:
            return None
        session, role = found
        if now - session.used > IDLE_SECONDS or now - session.made > LONGEST_SECONDS:
            remove_session(self._engine, number)
            return None
        if now - session.used > TOUCH_SECONDS:
            touch_session(self._engine, number, now)
        return Person(session.account, role, csrf_of(cookie))

    def of_token(self, token: str) -> Person | None:
        """Return the account of an API token; None if the token is unknown or has expired."""
        found, now = read_token(self._engine, digest(token)), time.time()
        if found is None or found.ends < now:
            return None
        if now - found.used > TOUCH_SECONDS:
            touch_token(self._engine, found.name, now)
        return Person(f"token {found.name}", found.role)

    def begin_session(self, account: str, address: str) -> str:
        """Store a new session; return its cookie."""
        cookie, now = secrets.token_urlsafe(32), time.time()
        session = Session(digest(cookie), account, now, now, address[:64])
        add_session(self._engine, session, now - IDLE_SECONDS, now - LONGEST_SECONDS)
        return cookie

    def end_session(self, cookie: str) -> None:
        """End the session of this cookie."""
        remove_session(self._engine, digest(cookie))


def digest(secret: str) -> str:
    """Return the SHA-256 of a random secret; a slow hash is not needed, because nobody can guess it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def csrf_of(cookie: str) -> str:
    """Return the token that the forms of a session contain; the cookie cannot be computed from it."""
    return hmac(cookie.encode(), b"csrf", "sha256").hexdigest()


def new_token() -> str:
    """Return a new token of the API."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)
