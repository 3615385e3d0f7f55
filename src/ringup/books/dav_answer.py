"""Read the answers of a CardDAV server (RFC 4918 §13, RFC 6352): the properties of each resource."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

_DAV, _CARD, _SERVER = "{DAV:}", "{urn:ietf:params:xml:ns:carddav}", "{http://calendarserver.org/ns/}"


@dataclass(frozen=True, slots=True)
class DavResource:
    """One resource of an answer; a property that the server did not give is empty."""

    href: str
    is_book: bool = False
    """True for an address book."""
    tag: str = ""
    """Changes with the contents of an address book."""
    etag: str = ""
    """Changes with a card."""
    card: str = ""
    """A vCard."""
    principal: str = ""
    """The path of the account."""
    homes: tuple[str, ...] = ()
    """The paths below which the account's address books are."""


def read_answer(body: bytes) -> list[DavResource] | None:
    """Return the resources of a multi-status answer; None if it is not one."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    if root.tag != f"{_DAV}multistatus":
        return None
    return [_resource(each) for each in root.findall(f"{_DAV}response")]


def _resource(response: Element) -> DavResource:
    found = list(_properties(response))
    return DavResource(
        _text([response], f"{_DAV}href"),
        any(each.find(f"{_DAV}resourcetype/{_CARD}addressbook") is not None for each in found),
        _text(found, f"{_SERVER}getctag") or _text(found, f"{_DAV}sync-token"),
        _text(found, f"{_DAV}getetag"),
        _text(found, f"{_CARD}address-data"),
        _text(found, f"{_DAV}current-user-principal/{_DAV}href"),
        tuple(
            (href.text or "").strip()
            for each in found
            for href in each.findall(f"{_CARD}addressbook-home-set/{_DAV}href")
        ),
    )


def _properties(response: Element) -> Iterator[Element]:
    """Yield the properties that the server has: the others stand below another status."""
    for part in response.findall(f"{_DAV}propstat"):
        status = (part.findtext(f"{_DAV}status") or "").split()
        if len(status) < 2 or status[1].startswith("2"):
            yield from part.findall(f"{_DAV}prop")


def _text(places: Sequence[Element], path: str) -> str:
    return next((found.strip() for each in places if (found := each.findtext(path))), "")
