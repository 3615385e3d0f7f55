"""The kinds of files that phones request during a boot: one row per kind, with its file names
(`wire.file_names`).
"""

from dataclasses import dataclass
from functools import lru_cache

from ringup.wire import file_names
from ringup.wire.file_names import ANY_MAC, OWN, NameKind, owner_of


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file."""

    key: str
    title: str
    """The name of this kind for operators."""
    names: tuple[NameKind, ...]
    """The kinds of names that this file may have; a MAC in a name must be that of the requesting phone."""


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
    # Among the applications of the 7940 and 7960, only SCCP requests this file (P-BOOT-5).
    FileKind("font", "font of the SCCP application", (NameKind.FONT,)),
    FileKind("locale", "locale file", (NameKind.TONES, NameKind.DICTIONARY, NameKind.JAR)),
    # The operator chooses the name of this file (`dial_template`). So every XML name that no other row has
    # counts as this kind.
    FileKind("dial_plan", "dial plan", (NameKind.XML,)),
)

FIRMWARE = ("load_list", "loader", "application")
"""The kinds of files of which a load consists."""

_KEYS = {name: kind.key for kind in FILE_KINDS for name in kind.names}
_OF_ANOTHER_PHONE = dict.fromkeys(OWN, "other_phone") | dict.fromkeys(
    (NameKind.CTLSEP, NameKind.ITLSEP), "trust_list"
)


def kind_of(name: str, mac: str) -> str:
    """Return the key of the kind of file that the phone `mac` requests with `name`; empty for any other
    file.
    """
    spelt = name.upper()
    return _key(spelt.replace(mac, ANY_MAC), ANY_MAC) if mac and mac in spelt else _key(spelt, "")


@lru_cache(maxsize=1024)  # without their MACs, the names that a fleet requests are a few dozen
def _key(name: str, mac: str) -> str:
    kind = file_names.kind_of(name)
    if kind is None:
        return ""
    keys = _OF_ANOTHER_PHONE if kind in OWN and owner_of(name) != mac else _KEYS
    return keys.get(kind, "")
