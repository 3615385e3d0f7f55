"""Ask: one request, as a view sees it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ringup.web.context import Web
from ringup.web.people.known import Person

Wanted = Literal["html", "json", "csv"]


class Upload(NamedTuple):
    """One file that a form sent."""

    name: str
    """The file's name, without folders."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: who asks, for what, and with which values."""

    web: Web
    method: str
    path: str
    """The path without ``.json`` or ``.csv``."""
    wants: Wanted = "html"
    person: Person | None = None
    """The account; None: nobody is logged in."""
    address: str = ""
    """The client's address."""
    host: str = ""
    """The host and port in the browser's address line."""
    is_secure: bool = False
    """Whether the browser's connection is encrypted."""
    values: Mapping[str, str] = field(default_factory=dict)
    """The variable parts of the path."""
    query: Sequence[tuple[str, str]] = ()
    """The parameters after the question mark, in their order."""
    form: Sequence[tuple[str, str]] = ()
    """The fields of a form, in their order."""
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """The headers by their names in lower case."""
    cookies: Mapping[str, str] = field(default_factory=dict)

    def parameter(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def field(self, name: str, default: str = "") -> str:
        """Return the first value of a form's field."""
        return next((value for key, value in self.form if key == name), default)

    def fields(self, name: str) -> list[str]:
        """Return all values of a form's field."""
        return [value for key, value in self.form if key == name]

    def hidden(self, *without: str) -> Iterator[tuple[str, str]]:
        """Yield the form's fields that a following form must repeat."""
        return ((key, value) for key, value in self.form if key not in (*without, "csrf"))

    @property
    def url(self) -> str:
        """Return the path with its query, to return to it after a login."""
        from urllib.parse import urlencode

        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path
