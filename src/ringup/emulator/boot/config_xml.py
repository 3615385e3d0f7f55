"""Read the values that the phone uses in XMLDefault.cnf.xml, SEP<MAC>.cnf.xml and syncinfo.xml.

Source: P-SEP-1 to P-SEP-3, P-SYNC-3.
"""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

LOAD_NUMBERS = {"7940": 8, "7960": 7}
"""The number N in the element loadInformationN, by model: the phone selects by this number, and ignores the
model text.
"""
SCCP_PORT = 2000


@dataclass(frozen=True, slots=True)
class Sync:
    """One IMAGE element of a syncinfo.xml."""

    version: str
    """The load that the element is about, or ``*`` for every load."""
    sync: str


def load_in(data: bytes, model: str) -> str:
    """Return the load that a configuration names for this model; empty if it names none or the text is not
    XML.
    """
    root = _root(data)
    if root is None:
        return ""
    # A SEP file has loadInformation; one whose root is <Default> and names loadInformation7 works too
    # (P-PATH-15).
    for tag in (f"loadInformation{LOAD_NUMBERS[model]}", "loadInformation"):
        load = _text(root, tag)
        if load:
            return load
    return ""


def locales_in(data: bytes) -> tuple[str, str]:
    """Return the user locale and the network locale of a SEP file; each may be empty."""
    root = _root(data)
    if root is None:
        return "", ""
    return _text(root, "userLocale/name"), _text(root, "networkLocale")


def servers_in(data: bytes) -> list[tuple[str, int]]:
    """Return the CallManagers of a configuration with their TCP ports, by priority."""
    root = _root(data)
    members = [] if root is None else root.findall(".//callManagerGroup/members/member")
    members.sort(key=lambda member: member.get("priority", ""))
    found = [(_text(member, "processNodeName"), _text(member, "ethernetPhonePort")) for member in members]
    return [(name, int(port) if _is_port(port) else SCCP_PORT) for name, port in found if name]


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536


def syncs_in(data: bytes) -> list[Sync]:
    """Return every IMAGE element of a syncinfo.xml."""
    root = _root(data)
    if root is None:
        return []
    return [Sync(image.get("VERSION", ""), image.get("SYNC", "")) for image in root.iter("IMAGE")]


def _text(root: Element, path: str) -> str:
    element = root.find(f".//{path}")
    return (element.text or "").strip() if element is not None else ""


def _root(data: bytes) -> Element | None:
    try:
        root: Element = fromstring(data)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return None
    return root
