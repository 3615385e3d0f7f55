"""The kinds of files that phones request in a boot: one row per kind, with its names of `wire.file_names`."""

from dataclasses import dataclass
from functools import lru_cache

from ringup.wire import file_names
from ringup.wire.file_names import ANY_MAC, OWN, NameKind, owner_of


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file."""

    key: str
    title: str
    """The operator's word for it."""
    names: tuple[NameKind, ...]
    """The kinds of names of this file; a MAC in a name must be that of the requesting phone."""


FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("first", "first file of a boot", (NameKind.CTLSEP, NameKind.POINTER)),
    FileKind("trust_list", "trust list", (NameKind.ITLSEP, NameKind.TRUST_LIST)),
    FileKind("sccp_file", "SCCP file", (NameKind.SEP_XML, NameKind.SEP_CNF)),
    FileKind("own_file", "own file", (NameKind.SIP,)),
    FileKind("mgcp_file", "MGCP file", (NameKind.MGCP,)),
    FileKind(
        "default_xml",
        "default file of the loader",
        (NameKind.XML_DEFAULT, NameKind.XML_DEFAULT_LIKE, NameKind.SEP_DEFAULT),
    ),
    FileKind("other_phone", "another phone's file", (NameKind.SEP_LIKE,)),
    FileKind("load_list", "list of a load", (NameKind.LOAD_LIST, NameKind.FACTORY_LOAD)),
    FileKind("loader", "loader", (NameKind.LOADER,)),
    FileKind("application", "application", (NameKind.IMAGE,)),
    FileKind("sip_default", "SIP settings of all phones", (NameKind.SIP_DEFAULT,)),
    FileKind("ring_list", "ring list", (NameKind.RING_LIST,)),
    FileKind("sync", "restart order", (NameKind.SYNC,)),
    # Of the 7940 and 7960 only the SCCP application requests it (P-BOOT-5).
    FileKind("font", "font of the SCCP application", (NameKind.FONT,)),
    FileKind("locale", "locale file", (NameKind.TONES, NameKind.DICTIONARY, NameKind.JAR)),
    # Its name is the operator's choice (`dial_template`), so it is whatever XML is left.
    FileKind("dial_plan", "dial plan", (NameKind.XML,)),
)

FIRMWARE = ("load_list", "loader", "application")
"""The kinds that make up a load."""

_KEYS = {name: kind.key for kind in FILE_KINDS for name in kind.names}
_OF_ANOTHER_PHONE = dict.fromkeys(OWN, "other_phone") | dict.fromkeys(
    (NameKind.CTLSEP, NameKind.ITLSEP), "trust_list"
)


def kind_of(name: str, mac: str) -> str:
    """Return the key of the kind of file that `name` means to the phone `mac`; empty for anything else."""
    spelt = name.upper()
    return _key(spelt.replace(mac, ANY_MAC), ANY_MAC) if mac and mac in spelt else _key(spelt, "")


@lru_cache(maxsize=1024)  # a fleet asks for a few dozen names once the MAC is out of them
def _key(name: str, mac: str) -> str:
    kind = file_names.kind_of(name)
    if kind is None:
        return ""
    keys = _OF_ANOTHER_PHONE if kind in OWN and owner_of(name) != mac else _KEYS
    return keys.get(kind, "")
