"""The host that requests a page, and the base URL for the links in the response."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from ringup.pages.directory_books import DirectoryBooks
from ringup.pages.page_request import PageRequest
from ringup.pages.services.sources import Sources
from ringup.phone.words import Language, say
from ringup.site.model import Line, Phone, Site

PATH = "/phone"
"""The beginning of the path of every page for phones."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The host that requests a page."""

    request: PageRequest
    site: Site
    server: str
    """The host name or address at which the page was requested, with a port unless the port is 80."""
    books: DirectoryBooks
    """The company directory."""
    sources: Sources = field(default_factory=Sources, kw_only=True)
    """Where the services get their data."""
    token: str = field(default="", kw_only=True, repr=False)
    """The token in the URL of the request, which the links in the response repeat; empty: none."""

    @property
    def language(self) -> Language:
        """Return the language of the pages."""
        return self.site.language

    def say(self, text: str, **values: object) -> str:
        """Return a text in the caller's language; see `ringup.phone.words`."""
        return say(text, self.language, **values)

    def url(self, path: str, **parameters: object) -> str:
        """Return the URL of a page below `/phone/` with these parameters; a parameter whose value is None is
        left out.
        """
        query = urlencode({name: str(each) for name, each in parameters.items() if each is not None})
        token = f"~{self.token}/" if self.token else ""
        return f"http://{self.server}{PATH}/{token}{path}{'?' if query else ''}{query}"


@dataclass(frozen=True, slots=True)
class KnownCaller(Caller):
    """A phone of the site, identified by its address (that of its lease, or its fixed address) or by its
    token.
    """

    phone: Phone

    @property
    def language(self) -> Language:
        """Return the language of the phone's group, or of the site."""
        return self.site.language_of(self.phone)

    @property
    def line(self) -> Line | None:
        """Return the phone's first line."""
        return self.phone.lines[0] if self.phone.lines else None

    def own_line(self, extension: str) -> Line | None:
        """Return the line of this phone that has an extension; for an empty extension, the first line."""
        return next((each for each in self.phone.lines if extension in ("", each.extension)), None)
