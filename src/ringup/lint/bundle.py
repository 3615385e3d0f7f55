"""All files of a TFTP root together: which is what, and how each reads."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from ringup.files.firmware_contents import Finding as FirmwareFinding
from ringup.files.firmware_package import read_packages
from ringup.lint.value_faults import value_faults
from ringup.lint.xml_text import XmlText
from ringup.lint.xml_text import read as read_xml
from ringup.phone import cnf_text
from ringup.phone.cnf_text import CnfLine, CnfText
from ringup.phone.dial_findings import Finding
from ringup.phone.dial_lint import lint
from ringup.phone.dial_template_file import read as read_template
from ringup.phone.parameters import UNPROVISIONED


class Kind(StrEnum):
    """What a file is, by its name."""

    DEFAULT = "SIPDefault.cnf"
    PHONE = "SIP<MAC>.cnf"
    CNF = "another .cnf file"
    XML_DEFAULT = "XMLDefault.cnf.xml"
    SEP = "SEP<MAC>.cnf.xml"
    POINTER = "OS79XX.TXT"
    DIAL = "dial template"
    RINGLIST = "RINGLIST.DAT"
    SYNCINFO = "syncinfo.xml"
    FIRMWARE = "firmware"
    SOUND = "ring tone"
    XML = "another .xml file"
    OTHER = "not for phones"


FIXED_NAMES: Mapping[str, Kind] = {
    str(kind): kind for kind in (Kind.DEFAULT, Kind.XML_DEFAULT, Kind.POINTER, Kind.RINGLIST, Kind.SYNCINFO)
}
"""Names as phones spell them (P-TFTP-11)."""

CNF_KINDS = (Kind.DEFAULT, Kind.PHONE, Kind.CNF)
TEXT_KINDS = (*CNF_KINDS, Kind.XML_DEFAULT, Kind.SEP, Kind.POINTER, Kind.DIAL, Kind.RINGLIST, Kind.SYNCINFO)

_KINDS: tuple[tuple[re.Pattern[str], Kind], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        *((re.escape(name), kind) for name, kind in FIXED_NAMES.items()),
        (r"SIP.*\.cnf", Kind.PHONE),
        (r".*\.cnf", Kind.CNF),
        (r"SEP(?!DEFAULT).*\.cnf\.xml", Kind.SEP),
        (r".*\.(loads|sb2|sbn|bin|zup)", Kind.FIRMWARE),
        (r".*\.(pcm|raw|wav|ul|ulaw)", Kind.SOUND),
        (r".*\.xml", Kind.XML),
    )
)
_OUR_FIRMWARE = re.compile(r"P0[0SM]3.*\.(?:bin|zup)|.*\.(?:loads|sb2|sbn)", re.IGNORECASE)
"""Other makers' firmware ends in ``.bin`` as well."""
_MAC = re.compile(r"(?:SIP|SEP)([0-9A-F]{12})\.cnf(?:\.xml)?", re.IGNORECASE)


def kind_of(name: str) -> Kind:
    """What a file of this name is; whether an ``.xml`` is a dial template, only its text tells."""
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(name)), Kind.OTHER)


_PROLOG = ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!", b">"))
"""What may stand before the root element of an XML file: how it begins and ends."""
_OTHER_ROOTS = frozenset(("device", "default", "syncinfo"))
"""Roots of files that a phone reads for something else; a `<device>` names its dial template inside."""
_ROOT = re.compile(rb"<([A-Za-z_][A-Za-z0-9_.:-]*)")


def root_of(data: bytes) -> str:
    """Return the name of an XML file's root element; empty where there is none."""
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


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file that was read."""

    path: str
    """As the operator is told."""
    data: bytes
    size: int = -1
    """Bytes on disk; of a huge file only the beginning is read."""

    @cached_property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @cached_property
    def folder(self) -> str:
        """All before the last part, with its slash; empty for none."""
        return self.path[: -len(self.name)] if self.name else self.path

    @cached_property
    def kind(self) -> Kind:
        """What it is."""
        kind = kind_of(self.name)
        if kind is not Kind.XML:
            return kind
        root = root_of(self.data).lower()
        is_other = root in _OTHER_ROOTS or root.startswith("ciscoipphone")
        is_template = root.startswith("dialtemplate") or (
            self.name.lower() == "dialplan.xml" and not is_other
        )
        return Kind.DIAL if is_template else Kind.XML

    @cached_property
    def mac(self) -> str:
        """Twelve upper-case digits; empty: the name holds none."""
        found = _MAC.fullmatch(self.name)
        return found[1].upper() if found else ""

    @cached_property
    def is_text(self) -> bool:
        """Whether it can be read by lines: UTF-16 and binary files hold NULs."""
        return b"\0" not in self.data

    @cached_property
    def cnf(self) -> CnfText:
        """Read as a ``.cnf`` file; without lines if it is no text."""
        return cnf_text.read(self.data if self.is_text else b"")

    @cached_property
    def values(self) -> Mapping[str, CnfLine]:
        """The entry of each parameter that counts."""
        return self.cnf.values

    @cached_property
    def value_faults(self) -> tuple[tuple[str, int, str, str], ...]:
        """Code, line, message and cure of each value that is wrong by itself."""
        return tuple(value_faults(self.cnf))

    @cached_property
    def xml(self) -> XmlText:
        """Read as XML."""
        return read_xml(self.data)

    @cached_property
    def dial_findings(self) -> tuple[Finding, ...]:
        """What is wrong with it as a dial template."""
        return lint(read_template(self.data)).findings

    @cached_property
    def text(self) -> str:
        """As the phones read it."""
        return self.data.decode("latin-1")


@dataclass(frozen=True, eq=False)
class PhoneFiles:
    """What one phone gets: its own file over the default."""

    own: SourceFile
    default: SourceFile | None = None
    sep: SourceFile | None = None
    model: str = ""
    """Empty: unknown; no ``.cnf`` file says it."""

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Every value that counts; what clears a parameter is empty."""
        lines = {**(self.default.values if self.default else {}), **self.own.values}
        return {name: "" if line.value == UNPROVISIONED else line.value for name, line in lines.items()}

    def place(self, name: str) -> tuple[SourceFile, int]:
        """Where the value that counts is written; the phone's own file, as a whole, if nowhere."""
        for file in (self.own, self.default):
            if file is not None and name in file.values:
                return file, file.values[name].number
        return self.own, 0


@dataclass(frozen=True, slots=True)
class FirmwareFault:
    """What the firmware's own checks found in one file."""

    file: SourceFile
    finding: FirmwareFinding
    is_stray: bool
    """The file belongs to no package."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """All files, looked at together."""

    files: tuple[SourceFile, ...]
    is_whole: bool = True
    """A whole tree, where what is missing can be told; False: single files."""
    models: Mapping[str, str] = field(default_factory=dict)
    """The model of each MAC, where somebody knows it."""

    def of(self, *kinds: Kind) -> Iterable[SourceFile]:
        """The files of these kinds."""
        return (file for kind in kinds for file in self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[Kind, list[SourceFile]]:
        found: dict[Kind, list[SourceFile]] = {}
        for file in self.files:
            found.setdefault(file.kind, []).append(file)
        return found

    @cached_property
    def by_name(self) -> Mapping[str, SourceFile]:
        """Files by their last part; the one nearest to the root."""
        return {file.name: file for file in sorted(self.files, key=lambda file: -file.path.count("/"))}

    @cached_property
    def by_any_case(self) -> Mapping[str, SourceFile]:
        """The same in lower case."""
        return {name.lower(): file for name, file in self.by_name.items()}

    @cached_property
    def has_firmware(self) -> bool:
        """Whether loads can be expected here."""
        return self.is_whole and any(self.of(Kind.FIRMWARE))

    @cached_property
    def firmware_faults(self) -> tuple[FirmwareFault, ...]:
        """What is wrong with the firmware, folder by folder: a package lies in one."""
        folders: dict[str, dict[str, SourceFile]] = {}
        for file in self.of(Kind.FIRMWARE):
            if _OUR_FIRMWARE.fullmatch(file.name):
                folders.setdefault(file.folder, {})[file.name] = file
        return tuple(fault for files in folders.values() for fault in _firmware_faults(files))

    @cached_property
    def phones(self) -> tuple[PhoneFiles, ...]:
        """Every phone with a file of its own; a default file alone counts as a phone without one."""
        seps = {file.mac: file for file in self.of(Kind.SEP) if file.mac}
        phones = tuple(
            PhoneFiles(file, self.near(file, Kind.DEFAULT), seps.get(file.mac), self.models.get(file.mac, ""))
            for file in self.of(Kind.PHONE)
        )
        return phones or tuple(PhoneFiles(file, file) for file in self.of(Kind.DEFAULT))

    def near(self, file: SourceFile, kind: Kind) -> SourceFile | None:
        """The file of a kind in the same folder, or in the nearest one above."""
        folders = self._folders(kind)
        folder = file.folder
        while True:
            if folder in folders:
                return folders[folder]
            if not folder:
                return None
            above = folder.rstrip("/").rpartition("/")
            folder = above[0] + above[1]

    def _folders(self, kind: Kind) -> Mapping[str, SourceFile]:
        return self._by_folder.get(kind, {})

    @cached_property
    def _by_folder(self) -> Mapping[Kind, Mapping[str, SourceFile]]:
        found: dict[Kind, dict[str, SourceFile]] = {}
        for file in self.of(Kind.DEFAULT, Kind.XML_DEFAULT, Kind.SYNCINFO, Kind.RINGLIST):
            found.setdefault(file.kind, {}).setdefault(file.folder, file)
        return found


def _firmware_faults(files: Mapping[str, SourceFile]) -> Iterator[FirmwareFault]:
    contents = read_packages({name: file.data for name, file in files.items()})
    for finding in contents.all_findings():
        if (file := files.get(finding.problem.where)) is not None:
            yield FirmwareFault(file, finding, is_stray=finding in contents.findings)
