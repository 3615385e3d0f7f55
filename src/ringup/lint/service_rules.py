"""S1xx: rules about phone-book and service pages in Cisco's XML, and about ring lists in XML."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from ringup.finding import ERROR, NOTE, WARNING
from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.finding import CodedRule, Occurrence, for_each, seen
from ringup.lint.kinds import ContentKind

MOST: Mapping[tuple[str, str], int] = {
    ("CiscoIPPhoneMenu", "MenuItem"): 100,
    ("CiscoIPPhoneDirectory", "DirectoryEntry"): 32,
    ("CiscoIPPhoneInput", "InputItem"): 5,
    ("CiscoIPPhoneGraphicMenu", "MenuItem"): 12,
}
"""Maximum number of entries per page, by the page's root element and the entry's element (CiscoIPPhone.xsd
3.3.4).
"""

LONGEST: Mapping[tuple[str, str], int] = {
    ("", "Title"): 32,
    ("", "Prompt"): 32,
    ("", "URL"): 256,
    ("CiscoIPPhoneText", "Text"): 4000,
    ("CiscoIPPhoneMenu", "Name"): 64,
    ("CiscoIPPhoneDirectory", "Name"): 32,
    ("CiscoIPPhoneDirectory", "Telephone"): 32,
    ("CiscoIPPhoneInput", "DisplayName"): 32,
    ("CiscoIPPhoneInput", "QueryStringParam"): 32,
    ("CiscoIPPhoneInput", "DefaultValue"): 32,
    ("CiscoIPPhoneImage", "Data"): 4324,
    ("CiscoIPPhoneGraphicMenu", "Data"): 4324,
}
"""Maximum number of characters, by the root element (empty: every page) and the element.

The pixels of a picture take two digits per byte.
"""

NOT_ON_79_0 = (
    "CiscoIPPhoneIconMenu",
    "CiscoIPPhoneIconFileMenu",
    "CiscoIPPhoneImageFile",
    "CiscoIPPhoneGraphicFileMenu",
    "CiscoIPPhoneExecute",
    "CiscoIPPhoneError",
    "CiscoIPPhoneResponse",
    "SoftKeyItem",
)
"""Root elements of CallManager 3.1 and later, which a 7940 or 7960 with a SIP load does not accept."""

RING_LIST = "CiscoIPPhoneRingList"
_BARE_AMPERSAND = re.compile(r"&(?!#?\w{1,31};)")


def _pages(bundle: Bundle) -> Iterable[SourceFile]:
    return (file for file in bundle.of(ContentKind.SERVICE) if not file.xml_placeholders)


def _whole(bundle: Bundle) -> Iterator[SourceFile]:
    return (file for file in _pages(bundle) if file.xml.root is not None and file.xml.error is None)


def _not_well_formed(file: SourceFile) -> Iterator[Occurrence]:
    if file.xml.error is None:
        return
    line, reason = file.xml.error
    lines = file.text.split("\n")
    for number, text in enumerate(lines[:line], start=1):
        if _BARE_AMPERSAND.search(text):
            yield seen(
                file, number, "An & is not part of an entity: the phone shows 'XML Error[4]'.", "Write &amp;."
            )
            return
    yield seen(
        file, line, f"This is not XML: {reason}.", "Correct it here; the rest of the file is not read."
    )


def _too_many(file: SourceFile) -> Iterator[Occurrence]:
    counts = Counter(element.tag for element in file.xml.elements)
    root = file.xml.root.tag if file.xml.root else ""
    for (page, tag), most in MOST.items():
        if page == root and counts[tag] > most:
            message = f"The page holds {counts[tag]:,} {tag}s; a phone accepts at most {most}."
            yield seen(file, 0, message, "Divide it into pages, whose last entry opens the next page.")


def _too_long(file: SourceFile) -> Iterator[Occurrence]:
    root = file.xml.root.tag if file.xml.root else ""
    for element in file.xml.elements:
        longest = LONGEST.get((root, element.tag)) or LONGEST.get(("", element.tag))
        if longest is not None and len(element.text) > longest:
            message = f"{element.tag} has {len(element.text):,} characters; a phone takes {longest:,}."
            yield seen(file, element.line, message, "Shorten it.")


def _not_taken(file: SourceFile) -> Iterator[Occurrence]:
    reported = set()
    for element in file.xml.elements:
        if element.tag in NOT_ON_79_0 and element.tag not in reported:
            reported.add(element.tag)
            message = f"A SIP 7940 or 7960 does not take {element.tag}; later models do."
            yield seen(file, element.line, message, "Serve these phones a page without it.")


def _ring_list_in_xml(bundle: Bundle) -> Iterator[Occurrence]:
    if (
        not bundle.is_complete
        or not any(bundle.of(ContentKind.DEFAULT, ContentKind.PHONE))
        or any(bundle.of(ContentKind.RINGLIST))
    ):
        return
    for file in _whole(bundle):
        if file.xml.root is not None and file.xml.root.tag == RING_LIST:
            message = "A 7940 or 7960 requests RINGLIST.DAT, not a ring list in XML."
            yield seen(file, 0, message, "Write RINGLIST.DAT too: a name, a TAB and a file on each line.")


RULES: tuple[CodedRule, ...] = (
    CodedRule("S101", ERROR, "page not well-formed", for_each(_pages, _not_well_formed)),
    CodedRule("S102", WARNING, "page with too many entries", for_each(_whole, _too_many)),
    CodedRule("S103", WARNING, "text on a page too long", for_each(_whole, _too_long)),
    CodedRule("S104", NOTE, "object that only later models know", for_each(_whole, _not_taken)),
    CodedRule("S105", WARNING, "ring list in XML only", _ring_list_in_xml),
)
