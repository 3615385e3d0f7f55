"""Read address books from a CardDAV server (RFC 6352), such as Nextcloud, Radicale or Baïkal.

The URL is that of an address book, or of the server: all address books of the account are then found as
RFC 6764 says. Cards are fetched only if the tag of an address book has changed.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from urllib.parse import unquote, urljoin, urlsplit

from ringup.books.dav_answer import DavResource
from ringup.books.dav_session import DavSession
from ringup.books.reading import BookReading, named_in_short
from ringup.directory.vcard_entries import read_vcards
from ringup.site.directory_record import DirectorySource
from ringup.site.model import Pbx

WELL_KNOWN = "/.well-known/carddav"

_NAMES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav" xmlns:s="http://calendarserver.org/ns/"'
_ABOUT = (
    f"<d:propfind {_NAMES}><d:prop><d:resourcetype/><s:getctag/><d:sync-token/>"
    "<d:current-user-principal/><c:addressbook-home-set/></d:prop></d:propfind>"
)
_ETAGS = f"<d:propfind {_NAMES}><d:prop><d:getetag/></d:prop></d:propfind>"
_CARDS = (
    f"<c:addressbook-query {_NAMES}><d:prop><d:getetag/><c:address-data/></d:prop><c:filter/>"
    "</c:addressbook-query>"
)


def read(source: DirectorySource, tag: str, _pbx: Pbx) -> BookReading | None:
    """Return the names of the address books, or None if all have their tags of the last reading."""
    with DavSession(source) as session:
        books = _books(session, urlsplit(source.url).path or "/")
        seen = _seen(session, books)
        if seen == tag:
            return None
        cards = [card.card for book in books for card in session.ask("REPORT", book.href, _CARDS, 1)[1]]
    entries, problems = read_vcards("\n".join(cards).encode(), source.name)
    return BookReading(entries, seen, left_out=named_in_short(problems))


def _books(session: DavSession, path: str) -> list[DavResource]:
    """Return the address book at this path, or else all of the account; raises BookUnreadable."""
    here = _about(session, path)
    if not here.is_book and path == "/" and not here.principal:
        here = _about(session, WELL_KNOWN)
    if here.is_book:
        return [here]
    principal = _about(session, here.principal) if here.principal else here
    found = {
        book.href: book
        for home in principal.homes
        for book in _resolved(*session.ask("PROPFIND", _path(home), _ABOUT, 1))
        if book.is_book
    }
    if not found:
        raise session.error("the account has no address book there.", "Set url to that of an address book.")
    return [found[href] for href in sorted(found)]


def _about(session: DavSession, path: str) -> DavResource:
    at, resources = session.ask("PROPFIND", _path(path), _ABOUT, 0)
    return next(iter(_resolved(at, resources)), DavResource(at))


def _resolved(at: str, resources: Iterable[DavResource]) -> list[DavResource]:
    """Return the resources with complete paths."""
    return [_moved(each, _path(urljoin(at, each.href))) for each in resources]


def _moved(resource: DavResource, href: str) -> DavResource:
    return replace(resource, href=href)


def _path(href: str) -> str:
    """Return the path of a URL or path: requests go to the source's own server only."""
    return urlsplit(href).path or "/"


def _seen(session: DavSession, books: Iterable[DavResource]) -> str:
    """Return a text that differs if an address book has changed."""
    tags = [f"{unquote(book.href)} {book.tag or _etags(session, book)}" for book in books]
    return sha256("\n".join(tags).encode()).hexdigest()


def _etags(session: DavSession, book: DavResource) -> str:
    """Return the tags of all cards, for a server that gives an address book none."""
    cards = session.ask("PROPFIND", book.href, _ETAGS, 1)[1]
    return " ".join(sorted(f"{card.href} {card.etag}" for card in cards))
