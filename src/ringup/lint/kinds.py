"""Detect the kind of a file in a TFTP root, first by its content and then by its name."""

import re
from collections.abc import Mapping
from enum import StrEnum

from ringup.phone import cnf_text
from ringup.phone.parameters import PARAMETERS
from ringup.wire import file_names
from ringup.wire.file_names import NameKind


class ContentKind(StrEnum):
    """The kinds of files for which there are different rules."""

    DEFAULT = "SIPDefault.cnf"
    PHONE = "SIP<MAC>.cnf"
    CNF = "another .cnf file"
    XML_DEFAULT = "XMLDefault.cnf.xml"
    SEP = "SEP<MAC>.cnf.xml"
    DEVICE = "device XML under another name"
    POINTER = "OS79XX.TXT"
    DIAL = "dial template"
    RINGLIST = "RINGLIST.DAT"
    SYNCINFO = "syncinfo.xml"
    SERVICE = "phone service XML"
    TRUST_LIST = "trust list"
    FIRMWARE = "firmware"
    SOUND = "ring tone"
    SKINNY = "skinny.conf"
    XML = "another .xml file"
    OTHER = "not for phones"


FIXED_NAMES: Mapping[str, ContentKind] = {
    str(kind): kind
    for kind in (
        ContentKind.DEFAULT,
        ContentKind.XML_DEFAULT,
        ContentKind.POINTER,
        ContentKind.RINGLIST,
        ContentKind.SYNCINFO,
    )
}
"""File names in the spelling that phones request (P-TFTP-11), with the kind of each file."""

CNF_KINDS = (ContentKind.DEFAULT, ContentKind.PHONE, ContentKind.CNF)
TEXT_KINDS = (
    *CNF_KINDS,
    ContentKind.XML_DEFAULT,
    ContentKind.SEP,
    ContentKind.POINTER,
    ContentKind.DIAL,
    ContentKind.RINGLIST,
    ContentKind.SYNCINFO,
)
XML_KINDS = (
    ContentKind.XML_DEFAULT,
    ContentKind.SEP,
    ContentKind.DEVICE,
    ContentKind.SYNCINFO,
    ContentKind.SERVICE,
)

_KINDS: Mapping[NameKind, ContentKind] = {
    **{NameKind(name): kind for name, kind in FIXED_NAMES.items()},
    NameKind.SIP: ContentKind.PHONE,
    NameKind.SEP_XML: ContentKind.SEP,
    **dict.fromkeys((NameKind.CTLSEP, NameKind.ITLSEP, NameKind.TRUST_LIST), ContentKind.TRUST_LIST),
    **dict.fromkeys((NameKind.FACTORY_LOAD, NameKind.LOAD_LIST), ContentKind.FIRMWARE),
    **dict.fromkeys((NameKind.LOADER, NameKind.IMAGE, NameKind.OTHER_IMAGE), ContentKind.FIRMWARE),
    NameKind.RING_TONE: ContentKind.SOUND,
    **dict.fromkeys((NameKind.SEP_CNF, NameKind.SEP_DEFAULT, NameKind.CNF), ContentKind.CNF),
    **dict.fromkeys((NameKind.MGCP, NameKind.MGCP_DEFAULT), ContentKind.CNF),
    **dict.fromkeys((NameKind.XML_DEFAULT_LIKE, NameKind.SEP_LIKE, NameKind.RING_LIST_XML), ContentKind.XML),
    **dict.fromkeys((NameKind.FONT, NameKind.TONES, NameKind.DICTIONARY, NameKind.XML), ContentKind.XML),
}
"""The kind of a file for each kind of name; for some names, the content decides more precisely."""


_OF_ASTERISK = ("skinny.conf", "ringup_skinny_lines.conf", "ringup_skinny_devices.conf")
"""Files of chan_skinny, which must agree with the phones' files."""


def kind_of_name(name: str) -> ContentKind:
    """Return the kind that a file's name implies.

    The name of an ``.xml`` file, or of a ``.cnf`` file that no phone requests, leaves the kind to the
    contents.
    """
    if name in _OF_ASTERISK:
        return ContentKind.SKINNY
    named = file_names.kind_of(name)
    return _KINDS.get(named, ContentKind.OTHER) if named else ContentKind.OTHER


def kind_of(name: str, data: bytes) -> ContentKind:
    """Return the kind of a file: by its name, or, if that is not enough, by its root element or first
    lines.
    """
    kind = kind_of_name(name)
    if kind is ContentKind.XML:
        return _kind_of_root(name, root_of(data).lower())
    if kind is ContentKind.CNF and not _has_settings(data):
        return ContentKind.OTHER
    return kind


def _kind_of_root(name: str, root: str) -> ContentKind:
    if root == "device":
        return ContentKind.DEVICE
    if root.startswith("ciscoipphone"):
        return ContentKind.SERVICE
    is_other = root in _OTHER_ROOTS
    if root.startswith("dialtemplate") or (name.lower() == "dialplan.xml" and not is_other):
        return ContentKind.DIAL
    return ContentKind.XML


def _has_settings(data: bytes) -> bool:
    """Return whether a ``.cnf`` file has phone settings, because databases and OpenSSL use this suffix
    too.
    """
    if b"\0" in data:
        return False
    lines = cnf_text.read(data).lines
    first = next((line.text.strip() for line in lines if not line.is_comment), "")
    is_ini = first.startswith("[") and first.endswith("]") and not first.startswith("[=")
    return not is_ini and any(line.name in PARAMETERS for line in lines)


_PROLOG = ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!", b">"))
"""The beginnings and ends of items that may precede the root element of an XML file."""
_OTHER_ROOTS = frozenset(("default", "syncinfo"))
"""Root elements of other phone files: a dialplan.xml with one of them is not taken for a dial template."""
_ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.:-]*)")


def root_of(data: bytes) -> str:
    """Return the name of an XML file's root element; empty if there is none."""
    at = 3 if data.startswith(b"\xef\xbb\xbf") else 0
    while True:
        at += len(data) - at - len(data[at:].lstrip())
        for begin, end in _PROLOG:
            if data.startswith(begin, at):
                found = data.find(end, at)
                if found < 0:
                    return ""
                at = found + len(end)
                break
        else:
            root = _ROOT.match(data, at)
            return root[1].decode("ascii") if root else ""
