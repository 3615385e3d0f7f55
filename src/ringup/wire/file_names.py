"""File names that phones request: the kind of each name, and the phone that the name belongs to.

This is the only table of these names. A requested name may begin with ``/`` or ``./``, contain a folder, or
differ in case (P-TFTP-12, P-TFTP-13); the functions here accept all of these. A name that contains a phone's
MAC belongs to that phone, whatever follows: ``SIP<MAC>.cnf.bak`` holds the same passwords as the file itself.
"""

import re
from enum import StrEnum
from functools import lru_cache
from sys import intern
from typing import NamedTuple

MAC = "[0-9A-F]{12}"
"""Matches the MAC in a name, without regard to case (P-TFTP-11)."""

_OWNER = re.compile(r"(?:[Ss][EeIi][Pp]|[Mm][Gg][Cc])([0-9A-Fa-f]{12})(?![0-9A-Fa-f])")
"""Finds the MAC in a name, also after CTLSEP and ITLSEP. Upper and lower case are both written out for speed:
TFTP tries this expression for every request.
"""
_IN_TEXT = re.compile(rf"\b(?:CTLSEP|ITLSEP|SEP|SIP|MGC)({MAC})\b", re.IGNORECASE | re.ASCII)
ANY_MAC = "0" * 12
"""Replaces the MAC in names that differ only in their MAC, so that they are cached as one."""

MOST_SHOWN = 128
"""Maximum number of characters of a name in an event: three times the length of the phones' names. A request
may contain 500.
"""


class NameKind(StrEnum):
    """The kinds of names; each value is a text for operators."""

    BLANK_AT_END = "a name with a blank at its end"
    CTLSEP = "CTLSEP<MAC>.tlv"
    ITLSEP = "ITLSEP<MAC>.tlv"
    TRUST_LIST = "trust list"
    POINTER = "OS79XX.TXT"
    SEP_XML = "SEP<MAC>.cnf.xml"
    SEP_CNF = "SEP<MAC>.cnf"
    SEP_DEFAULT = "SEPDEFAULT.cnf"
    SIP = "SIP<MAC>.cnf"
    SIP_DEFAULT = "SIPDefault.cnf"
    MGCP = "MGC<MAC>.cnf"
    MGCP_DEFAULT = "MGCDefault.cnf"
    XML_DEFAULT = "XMLDefault.cnf.xml"
    XML_DEFAULT_LIKE = "another XMLDefault"
    SEP_LIKE = "a SEP file without a MAC"
    RING_LIST = "RINGLIST.DAT"
    RING_LIST_XML = "ring list in XML"
    SYNC = "syncinfo.xml"
    FONT = "fonts of a locale"
    TONES = "tones of a locale"
    DICTIONARY = "dictionary of a locale"
    JAR = "sp-sip.jar"
    FACTORY_LOAD = "load list of a factory reset"
    OF_7905_OR_7912 = "file of a 7905 or 7912"
    LOAD_LIST = "list of a load"
    LOADER = "loader"
    IMAGE = "image"
    OTHER_IMAGE = "another image"
    RING_TONE = "ring tone"
    CNF = "another .cnf file"
    XML = "another .xml file"


PATTERNS: tuple[tuple[str, NameKind], ...] = (
    ("* ", NameKind.BLANK_AT_END),
    ("CTLSEP<MAC>.tlv", NameKind.CTLSEP),
    ("ITLSEP<MAC>.tlv", NameKind.ITLSEP),
    ("ITLFile.tlv", NameKind.TRUST_LIST),
    ("CTL*.tlv", NameKind.TRUST_LIST),
    ("ITL*.tlv", NameKind.TRUST_LIST),
    ("OS79XX.TXT", NameKind.POINTER),
    ("SEP<MAC>.cnf.xml", NameKind.SEP_XML),
    ("SEP<MAC>.cnf", NameKind.SEP_CNF),
    ("SEPDEFAULT.cnf", NameKind.SEP_DEFAULT),
    ("SIP<MAC>.cnf", NameKind.SIP),
    ("SIPDefault.cnf", NameKind.SIP_DEFAULT),
    ("MGC<MAC>.cnf", NameKind.MGCP),
    ("MGCDefault.cnf", NameKind.MGCP_DEFAULT),
    ("XMLDefault.cnf.xml", NameKind.XML_DEFAULT),
    ("XMLDefault*.xml", NameKind.XML_DEFAULT_LIKE),
    ("SEP*.xml", NameKind.SEP_LIKE),
    ("RINGLIST.DAT", NameKind.RING_LIST),
    ("*ringlist.xml", NameKind.RING_LIST_XML),
    ("syncinfo.xml", NameKind.SYNC),
    ("*-font.xml", NameKind.FONT),
    ("*-tones.xml", NameKind.TONES),
    ("*-dictionary.xml", NameKind.DICTIONARY),
    ("*-kate.xml", NameKind.DICTIONARY),
    ("sp-sip.jar", NameKind.JAR),
    ("term??.default.loads", NameKind.FACTORY_LOAD),
    ("gk<MAC>*", NameKind.OF_7905_OR_7912),
    ("ld<MAC>*", NameKind.OF_7905_OR_7912),
    ("gkdefault.cfg", NameKind.OF_7905_OR_7912),
    ("lddefault.cfg", NameKind.OF_7905_OR_7912),
    ("*.loads", NameKind.LOAD_LIST),
    # `P003-` begins the name of a SIP package's loader. In an SCCP package, the names of loader and
    # application have the same stem, without dashes; the loader is the .sbn and the .bin (P-LOAD-5,
    # P-LOAD-10). Before files were signed, applications were .bin, too.
    ("P003*.sbn", NameKind.LOADER),
    ("P003*.bin", NameKind.LOADER),
    ("*.sb2", NameKind.IMAGE),
    ("*.sbn", NameKind.IMAGE),
    ("P0*.bin", NameKind.IMAGE),
    *((f"*.{suffix}", NameKind.OTHER_IMAGE) for suffix in ("bin", "sgn", "sbin", "zup", "zz")),
    *((f"*.{suffix}", NameKind.RING_TONE) for suffix in ("pcm", "raw", "wav", "ul", "ulaw")),
    ("*.cnf", NameKind.CNF),
    ("*.xml", NameKind.XML),
)
"""Names as phones spell them, without a folder: ``*`` is any text, ``?`` one character; the first match
counts.

Source: P-BOOT-4 to P-BOOT-14, P-BOOT-23, P-MODEL-3, P-MODEL-11, P-RING-1, P-RING-4, P-RING-6 and P-LATER-9.
"""

OWN = frozenset(
    (NameKind.CTLSEP, NameKind.ITLSEP, NameKind.SEP_XML, NameKind.SEP_CNF, NameKind.SIP, NameKind.MGCP)
)
"""The kinds of files of which each phone has its own; `owner_of` returns the phone."""

_WILD = {"*": ".*", "?": ".", "<MAC>": MAC}


def expression(pattern: str) -> str:
    """Turn a pattern of the table into a regular expression, to be used without regard to case."""
    parts = re.split(r"(<MAC>|[*?])", pattern)
    return "".join(_WILD.get(part) or re.escape(part) for part in parts)


class _Row(NamedTuple):
    """One row of PATTERNS, with its compiled expression."""

    fits: re.Pattern[str]
    pattern: str
    kind: NameKind


_ROWS = tuple(
    _Row(re.compile(expression(pattern), re.IGNORECASE | re.ASCII | re.DOTALL), pattern, kind)
    for pattern, kind in PATTERNS
)


def base_name(name: str) -> str:
    """Return the file name without its folder."""
    return name.replace("\\", "/").rpartition("/")[2]


MOST_NAMES = 4_096
"""Number of names whose owner is cached, below 1 MB: the server needs the owner of each name several times
while it is requested and a moment later, when its event is written.
"""


@lru_cache(maxsize=MOST_NAMES)
def owner_of(name: str) -> str:
    """Return the MAC, in upper case, of the phone that a name belongs to; empty if the name
    contains no MAC. Equal MACs are one object, because several parts of a server remember each.
    """
    found = _OWNER.search(name)
    return intern(found[1].upper()) if found else ""


def owners_in(text: str) -> list[str]:
    """Return the MACs, in upper case, that a text contains after the prefix of a file name."""
    return [mac.upper() for mac in _IN_TEXT.findall(text)]


def kind_of(name: str) -> NameKind | None:
    """Return the kind of a name; None if no phone is known to request such a name."""
    row = _row_of(name)
    return row.kind if row else None


def as_requested(name: str) -> str:
    """Return the name in the phones' own spelling, without a folder; unchanged if there is no
    fixed spelling.
    """
    base = base_name(name)
    row = _row_of(base)
    pattern = row.pattern if row else "*"
    if "*" in pattern or "?" in pattern:
        return name
    return pattern.replace("<MAC>", owner_of(base))


def _row_of(name: str) -> _Row | None:
    found = _OWNER.search(name)
    return _row_without_mac(name.replace(found[1], ANY_MAC) if found else name)


@lru_cache(maxsize=1024)  # Without MACs, a fleet requests only a few dozen different names.
def _row_without_mac(name: str) -> _Row | None:
    base = base_name(name)
    return next((row for row in _ROWS if row.fits.fullmatch(base)), None)


def shown(text: str) -> str:
    """Shorten a name or another text of a request for events: to MOST_SHOWN characters."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"
