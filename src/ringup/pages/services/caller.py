"""The phone whose user pressed the button, and the base URL of the answer's links."""

from dataclasses import dataclass
from urllib.parse import urlencode

from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.page_request import PageRequest
from ringup.site.model import Line, Phone, Site

PATH = "/phone"
"""The path at which the pages of phones begin."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The host that requests a page."""

    request: PageRequest
    site: Site
    server: str
    """The host, with a port unless it is 80, at which the page was requested."""
    books: DirectoryBooks
    """The company directory."""

    def url(self, path: str, **parameters: object) -> str:
        """Return the URL of a page below `/phone/`, with parameters; None as a value leaves one out."""
        query = urlencode({name: str(each) for name, each in parameters.items() if each is not None})
        return f"http://{self.server}{PATH}/{path}{'?' if query else ''}{query}"


@dataclass(frozen=True, slots=True)
class KnownCaller(Caller):
    """A phone of the site, known by its address: the one of its lease, or the one it is pinned to."""

    phone: Phone

    @property
    def line(self) -> Line | None:
        """Return the phone's first line."""
        return self.phone.lines[0] if self.phone.lines else None
