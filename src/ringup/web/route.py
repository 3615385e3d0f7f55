"""WebRoute: one row of the list of routes."""

from collections.abc import Callable
from typing import NamedTuple

from ringup.web.answers import Answer
from ringup.web.ask import Ask

View = Callable[[Ask], Answer]
"""Answers one request; it is called in a worker thread and may wait for the database."""


class WebRoute(NamedTuple):
    """One address of the web page."""

    method: str
    """``GET`` or ``POST``; a GET changes nothing."""
    path: str
    view: View
    role: str
    """The least role that may request it; NOBODY: no account is needed."""
    is_listing: bool = False
    """Whether the same address with ``.csv`` returns the rows as CSV."""
