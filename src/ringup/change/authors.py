"""The author of revisions: the user of the terminal, or the account of the web page."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_AUTHOR: ContextVar[str] = ContextVar("author", default="")


def author() -> str:
    """Return the name for the history: that of `as_author`, or the user's name; under sudo, the name of the
    user who typed sudo.
    """
    return _AUTHOR.get() or os.environ.get("SUDO_USER") or os.environ.get("USER") or getpass.getuser()


@contextmanager
def as_author(name: str) -> Iterator[None]:
    """Give the revisions that are made meanwhile, in this thread or task, another author."""
    token = _AUTHOR.set(name)
    try:
        yield
    finally:
        _AUTHOR.reset(token)
