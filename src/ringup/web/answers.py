"""Answers: the values that views return; `rendering.py` turns them into HTTP responses."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ringup.errors import Problem
from ringup.web.listing import Listing


@dataclass(frozen=True, slots=True)
class WebPage:
    """One page; as JSON, its data."""

    template: str
    """The file in `templates/`."""
    title: str
    data: Mapping[str, Any] = field(default_factory=dict)
    """The page's facts: dataclasses, pydantic models, and plain values. They are also the page's JSON."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """Further values for the template that the JSON does not contain."""
    status: int = 200
    cookies: Mapping[str, str] = field(default_factory=dict)
    """Cookies to set; an empty value deletes the cookie."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page with a list; as JSON and CSV, the rows of the list that match the query."""

    template: str
    title: str
    listing: Listing[Any]
    data: Mapping[str, Any] = field(default_factory=dict)
    """Further facts for the page and its JSON."""
    shown: Mapping[str, Any] = field(default_factory=dict)
    """Further values for the template that the JSON does not contain."""


@dataclass(frozen=True, slots=True)
class See:
    """The address where the result of a form is."""

    url: str
    done: str = ""
    """A sentence about what was done, shown on the next page."""
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """A file."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    is_shown: bool = False
    """Whether the browser shows the file instead of saving it."""


@dataclass(frozen=True, slots=True)
class EventStreamAnswer:
    """Server-sent events: each text is one message."""

    messages: Callable[[], AsyncIterator[str]]


@dataclass(frozen=True, slots=True)
class WebRefusal:
    """A request that cannot be carried out: what is wrong, and how to put it right."""

    status: int
    """The HTTP status: 400, 403, 404, 409 or 422."""
    title: str
    """The reason, as one sentence."""
    problems: Sequence[Problem] = ()
    cure: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    who: str = ""
    """The account or token whose request was refused, for the audit log."""


Answer = WebPage | ListPage | See | Download | EventStreamAnswer | WebRefusal
