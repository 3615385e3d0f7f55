"""The one-time link that makes the first account; `ringup serve` prints it."""

import secrets
import time
from hmac import compare_digest

from sqlalchemy import Engine

from ringup.store.accounts import has_accounts
from ringup.store.sessions import read_first_link, save_first_link
from ringup.web.people.stored import digest

LINK_SECONDS = 3600.0
"""Seconds for which the link is valid."""


def new_first_link(engine: Engine) -> str | None:
    """Store a new link and return its token; None if an account exists."""
    if has_accounts(engine):
        return None
    token = secrets.token_urlsafe(24)
    save_first_link(engine, digest(token), time.time() + LINK_SECONDS)
    return token


def is_first_link(engine: Engine, token: str) -> bool:
    """Return whether this token makes the first account now."""
    link = read_first_link(engine)
    if link is None or has_accounts(engine):
        return False
    return compare_digest(link[0], digest(token)) and link[1] >= time.time()
