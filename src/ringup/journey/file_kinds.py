"""What each file name means: one row a kind of file that a phone asks for.

Patterns are written as docs/reference/phones/boot.md writes names: ``<MAC>`` is the asking phone's own
address, ``*`` any text. They are compared without regard to case and without the folder: phones ask for
``./SIP<MAC>.cnf`` (``tftp_cfg_dir`` glued in front), ``/7960-font.xml`` and ``US/7960-tones.xml``. The first
row that fits wins.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

_OWN_MAC = "<MAC>"
_MAC_IN_NAME = re.compile(
    r"(?:CTLSEP|ITLSEP|SEP|SIP|MGC)([0-9A-F]{12})\.[A-Z.]{3,8}", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file."""

    key: str
    title: str
    """What an operator calls it."""
    patterns: tuple[str, ...]


FILE_KINDS: tuple[FileKind, ...] = (
    FileKind("first", "first file of a boot", ("CTLSEP<MAC>.tlv", "OS79XX.TXT")),
    FileKind("trust_list", "trust list", ("CTL*.tlv", "ITL*.tlv")),
    FileKind("sccp_file", "SCCP file", ("SEP<MAC>.cnf.xml", "SEP<MAC>.cnf")),
    FileKind("own_file", "own file", ("SIP<MAC>.cnf",)),
    FileKind("mgcp_file", "MGCP file", ("MGC<MAC>.cnf",)),
    FileKind("default_xml", "default file of the loader", ("XMLDefault*.xml", "SEPDEFAULT.cnf")),
    FileKind("other_phone", "another phone's file", ("SEP*", "SIP????????????.cnf", "MGC????????????.cnf")),
    FileKind("load_list", "list of a load", ("*.loads",)),
    # `P003-` is the loader of a SIP package. Loader and application of an SCCP package share a stem without
    # dashes; the loader is the .sbn and the .bin (P-LOAD-5, P-LOAD-10). Applications before signing were
    # .bin too.
    FileKind("loader", "loader", ("P003*.sbn", "P003*.bin")),
    FileKind("application", "application", ("*.sb2", "*.sbn", "P0*.bin")),
    FileKind("sip_default", "SIP settings of all phones", ("SIPDefault.cnf",)),
    FileKind("ring_list", "ring list", ("RINGLIST.DAT",)),
    FileKind("sync", "restart order", ("syncinfo.xml",)),
    FileKind("locale", "locale file", ("*-font.xml", "*-tones.xml")),
    # Its name is the operator's choice (`dial_template`), so it is whatever XML is left.
    FileKind("dial_plan", "dial plan", ("*.xml",)),
)

FIRMWARE = ("load_list", "loader", "application")
"""The kinds that make up a load."""


def base_name(name: str) -> str:
    """The file name without its folder."""
    return name.rpartition("/")[2]


def kind_of(name: str, mac: str) -> str:
    """The key of the kind of file that `name` means to the phone `mac`; empty for anything else."""
    spelt = name.upper()
    return _kind_of_pattern(spelt.replace(mac, _OWN_MAC) if mac else spelt)


@lru_cache(maxsize=1024)  # a fleet asks for a few dozen names once the MAC is out of them
def _kind_of_pattern(name: str) -> str:
    name = base_name(name)
    fitting = (
        kind.key for kind in FILE_KINDS for pattern in kind.patterns if fnmatchcase(name, pattern.upper())
    )
    return next(fitting, "")


def mac_in(name: str) -> str:
    """The MAC that a phone spells in the names of its own files; empty when there is none."""
    found = _MAC_IN_NAME.fullmatch(base_name(name))
    return found[1].upper() if found else ""
