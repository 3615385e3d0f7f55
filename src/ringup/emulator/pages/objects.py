"""Read a page as the phone does: the six objects of XML 3.0 within their limits (P-XML-1, P-XML-11 to 17).

The emulated phone refuses a text that is longer than the limit. No source shows whether a real phone refuses
or cuts such a text, so the refusal is a guess that finds mistakes in pages.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

PREFIX = "CiscoIPPhone"


class PageError(Enum):
    """The error text on the screen if the phone cannot show a page (P-XML-9)."""

    NO_OBJECT = "XML Error[4]"
    UNSUPPORTED = "XML Error[5]"
    HTTP_STATUS = "HTTP Error[8]"
    NO_CONNECTION = "HTTP Error[10]"
    NO_HOST = "Host not Found"


class PageRefusedError(Exception):
    """Raised for a page that the phone does not show."""

    def __init__(self, shown: PageError, reason: str) -> None:
        super().__init__(reason)
        self.shown = shown
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One entry of a page that can be selected: it opens a URL, or dials a number."""

    name: str
    url: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as the phone shows it."""

    kind: str
    """``Menu``, ``Text``, ``Input``, ``Directory``, ``Image`` or ``GraphicMenu``."""
    title: str = ""
    prompt: str = ""
    text: str = ""
    entries: tuple[PageEntry, ...] = ()
    fields: tuple[str, ...] = ()
    """The names of the query parameters that a form sends."""
    url: str = ""
    """The URL to which a form is submitted."""
    data: str = ""
    """The pixels of a picture, in hexadecimal."""
    size: tuple[int, int] = (0, 0)
    """Width and height of a picture."""


_LISTS: Mapping[str, tuple[str, str, str, int, int]] = {
    "Menu": ("MenuItem", "Name", "URL", 100, 64),
    "GraphicMenu": ("MenuItem", "Name", "URL", 12, 64),
    "Directory": ("DirectoryEntry", "Name", "Telephone", 32, 32),
}
"""For each list object: the element of an entry, its name and target, and the maximum of entries and of
characters in a name.
"""
_KINDS = (*_LISTS, "Text", "Input", "Image")
_LONGEST = {"Title": 32, "Prompt": 32, "Text": 4000, "URL": 256, "Telephone": 32, "QueryStringParam": 32}
_MOST_FIELDS = 5


def read(data: bytes, content_type: str) -> Page:
    """Return the page in an HTTP answer; raises PageRefusedError. Any type except `text/xml` is shown as
    text.
    """
    if content_type.partition(";")[0].strip().lower() != "text/xml":
        return Page("Text", text=data.decode("iso-8859-1"))
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise PageRefusedError(PageError.NO_OBJECT, f"it is not XML: {error}") from error
    if not root.tag.startswith(PREFIX):
        raise PageRefusedError(PageError.NO_OBJECT, f"{root.tag} is not an object of these phones")
    kind = root.tag.removeprefix(PREFIX)
    if kind not in _KINDS:
        raise PageRefusedError(PageError.UNSUPPORTED, f"{root.tag} is not for this model")
    return Page(
        kind,
        _text(root, "Title"),
        _text(root, "Prompt"),
        _text(root, "Text"),
        tuple(_entries(root, kind)),
        tuple(_fields(root)),
        _text(root, "URL") if kind == "Input" else "",
        "".join((root.findtext("Data") or "").split()),
        (_number(root, "Width"), _number(root, "Height")),
    )


def _number(root: Element, name: str) -> int:
    text = (root.findtext(name) or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _entries(root: Element, kind: str) -> Iterator[PageEntry]:
    if kind not in _LISTS:
        return
    item, name, target, most, longest = _LISTS[kind]
    found = root.findall(item)
    if len(found) > most:
        raise PageRefusedError(PageError.NO_OBJECT, f"{len(found)} entries, where {most} fit")
    for each in found:
        text, leads_to = _text(each, name, longest), _text(each, target)
        yield PageEntry(text, number=leads_to) if kind == "Directory" else PageEntry(text, url=leads_to)


def _fields(root: Element) -> Iterator[str]:
    items = root.findall("InputItem")
    if len(items) > _MOST_FIELDS:
        raise PageRefusedError(PageError.NO_OBJECT, f"{len(items)} fields, where {_MOST_FIELDS} fit")
    return (_text(each, "QueryStringParam") for each in items)


def _text(element: Element, name: str, longest: int = 0) -> str:
    text = (
        " ".join((element.findtext(name) or "").split()) if name != "Text" else element.findtext(name) or ""
    )
    most = longest or _LONGEST[name]
    if len(text) > most:
        raise PageRefusedError(PageError.NO_OBJECT, f"{name} has {len(text)} characters, where {most} fit")
    return text
