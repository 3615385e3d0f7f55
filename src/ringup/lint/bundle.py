"""Bundle: all files of a TFTP root together, each with its kind and its parsed contents."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from ringup.dial.check import lint
from ringup.dial.template_file import read as read_template
from ringup.finding import Finding
from ringup.firmware.package import read_packages
from ringup.lint.kinds import FIXED_NAMES, ContentKind, kind_of, kind_of_name, root_of
from ringup.lint.skinny_text import SkinnyText
from ringup.lint.skinny_text import read as read_skinny
from ringup.lint.value_faults import WrongLine, placeholder_in, placeholders_in, wrong_lines
from ringup.lint.xml_text import XmlText
from ringup.lint.xml_text import read as read_xml
from ringup.phone import cnf_text
from ringup.phone.cnf_text import CnfLine, CnfText
from ringup.phone.parameters import UNPROVISIONED
from ringup.wire.file_names import MAC, owner_of

_OUR_FIRMWARE = re.compile(r"P0[0SM]3.*\.(?:bin|zup)|.*\.(?:loads|sb2|sbn|sgn)", re.IGNORECASE)
"""Matches the names of Cisco's firmware images; a plain ``.bin`` does not count, because other vendors use it
too.
"""
IS_MAC = re.compile(MAC, re.IGNORECASE)
_MISSPELT_MAC = re.compile(rf"(?:SIP|SEP)(?!{MAC}\.)[0-9A-FO:.-]{{10,17}}\.cnf(?:\.xml)?", re.IGNORECASE)
"""Matches a file name with a misspelt MAC: a digit too few or too many, an O for a zero, or separators."""


LONGEST_PROLOG = 4096
"""Maximum number of bytes in which the root element of an XML file is looked for."""


@dataclass(frozen=True, eq=False)
class SourceFile:
    """One file that was read from the TFTP root."""

    path: str
    """The path in the operator's spelling."""
    data: bytes
    size: int = -1
    """Size on disk in bytes, because only the beginning of a huge file is read; -1: all of it was read."""

    @cached_property
    def name(self) -> str:
        """Return the last part of the path."""
        return self.path.rpartition("/")[2]

    @cached_property
    def folder(self) -> str:
        """Return the path up to the last slash, including it; empty if there is none."""
        return self.path[: -len(self.name)] if self.name else self.path

    @cached_property
    def kind(self) -> ContentKind:
        """Return the kind of the file, by its content and name."""
        return kind_of(self.name, self.data)

    @cached_property
    def is_requested(self) -> bool:
        """Return whether phones request a file of this name; a template under another name has no effect on
        them.
        """
        return (
            bool(self.mac) or self.name in FIXED_NAMES or self.kind in (ContentKind.DIAL, ContentKind.SERVICE)
        )

    @property
    def has_misspelt_mac(self) -> bool:
        """Return whether the file was meant for a phone, but its name contains a misspelt MAC."""
        return _MISSPELT_MAC.fullmatch(self.name) is not None

    @cached_property
    def is_xml(self) -> bool:
        """Return whether the file contains XML, whatever its name is."""
        return bool(root_of(self.data[:LONGEST_PROLOG]))

    @cached_property
    def mac(self) -> str:
        """Return the MAC in the name, as twelve upper-case digits; empty: the name contains none."""
        return owner_of(self.name) if kind_of_name(self.name) in (ContentKind.PHONE, ContentKind.SEP) else ""

    @cached_property
    def is_text(self) -> bool:
        """Return whether the file can be read line by line: UTF-16 and binary files contain NULs."""
        return b"\0" not in self.data

    @cached_property
    def cnf(self) -> CnfText:
        """Return the contents as a ``.cnf`` file; without lines if the file is XML or is not text."""
        return cnf_text.read(self.data if self.is_text and not self.is_xml else b"")

    @cached_property
    def values(self) -> Mapping[str, CnfLine]:
        """Return, for each parameter, the entry that takes effect."""
        return self.cnf.values

    @cached_property
    def wrong_lines(self) -> tuple[WrongLine, ...]:
        """Return the lines whose value is wrong, whatever the other lines contain."""
        return tuple(wrong_lines(self.cnf))

    @cached_property
    def placeholders(self) -> Mapping[str, CnfLine]:
        """Return the unfilled placeholders of a ``.cnf`` file, each with its first line."""
        found: dict[str, CnfLine] = {}
        for line in self.cnf.lines:
            for text in (line.name, line.value) if line.is_entry else ("" if line.is_comment else line.text,):
                if placeholder := placeholder_in(text):
                    found.setdefault(placeholder, line)
        return found

    @cached_property
    def is_template(self) -> bool:
        """Return whether placeholders stand for complete settings.

        It is then unknown which settings the file will have.
        """
        lines = self.cnf.lines
        return any(placeholder_in(line.name or ("" if line.is_comment else line.text)) for line in lines)

    @cached_property
    def xml(self) -> XmlText:
        """Return the contents, parsed as XML."""
        return read_xml(self.data)

    @cached_property
    def xml_placeholders(self) -> Mapping[str, int]:
        """Return the unfilled placeholders of an XML file, each with its first line."""
        found: dict[str, int] = {}
        for number, line in enumerate(self.text.split("\n"), start=1):
            for placeholder in placeholders_in(line):
                found.setdefault(placeholder, number)
        return found

    @cached_property
    def skinny(self) -> SkinnyText:
        """Return the contents, parsed as a chan_skinny file."""
        return read_skinny(self.text)

    @cached_property
    def dial_findings(self) -> tuple[Finding, ...]:
        """Return the faults that the file has as a dial template."""
        return lint(read_template(self.data)).findings

    @cached_property
    def text(self) -> str:
        """Return the text, decoded as the phones decode it."""
        return self.data.decode("latin-1")


@dataclass(frozen=True, eq=False)
class PhoneSettings:
    """The settings that one phone gets. If both files set a key, the phone's own file overrides the default
    file.
    """

    own: SourceFile
    default: SourceFile | None = None
    sep: SourceFile | None = None
    model: str = ""
    """The phone's model; empty if it is not known, because no ``.cnf`` file contains it."""

    @cached_property
    def values(self) -> Mapping[str, str]:
        """Return the value of each parameter that takes effect; empty where a file clears the parameter."""
        lines = {**(self.default.values if self.default else {}), **self.own.values}
        return {name: "" if line.value == UNPROVISIONED else line.value for name, line in lines.items()}

    @cached_property
    def is_template(self) -> bool:
        """Return whether the settings are unknown, because placeholders stand for complete settings."""
        return self.own.is_template or (self.default is not None and self.default.is_template)

    def place(self, name: str) -> tuple[SourceFile, int]:
        """Return the file and line of the value that takes effect.

        Without such a value, return the phone's own file, and 0.
        """
        for file in (self.own, self.default):
            if file is not None and name in file.values:
                return file, file.values[name].number
        return self.own, 0


@dataclass(frozen=True, slots=True)
class FileFinding:
    """One finding of the firmware checks, with the file that it is about."""

    file: SourceFile
    finding: Finding


@dataclass(frozen=True, eq=False)
class Bundle:
    """All files of a TFTP root, for rules that compare them."""

    files: tuple[SourceFile, ...]
    is_complete: bool = True
    """True for a complete tree, in which missing files are reported; False for single files."""
    models: Mapping[str, str] = field(default_factory=dict)
    """The model of each phone, by MAC, where it is known."""
    knows_firmware: bool = False
    """True if all firmware was searched, even though other files may be missing from this bundle."""

    def of(self, *kinds: ContentKind) -> Iterable[SourceFile]:
        """Return the files of these kinds."""
        return (file for kind in kinds for file in self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[ContentKind, list[SourceFile]]:
        found: dict[ContentKind, list[SourceFile]] = {}
        for file in self.files:
            found.setdefault(file.kind, []).append(file)
        return found

    @cached_property
    def requested_by_no_phone(self) -> frozenset[str]:
        """Return the paths of settings files that no phone requests: templates, and copies under other
        names.
        """
        if not self.is_complete:
            return frozenset()  # a single file is checked even if no phone requests it
        return frozenset(
            f.path for f in self.of(ContentKind.CNF, ContentKind.DEVICE) if not f.has_misspelt_mac
        )

    @cached_property
    def by_name(self) -> Mapping[str, SourceFile]:
        """Return the files by the last part of their path; of files with the same name, the one nearest to
        the root.
        """
        return {file.name: file for file in sorted(self.files, key=lambda file: -file.path.count("/"))}

    @cached_property
    def by_any_case(self) -> Mapping[str, SourceFile]:
        """Return the files by the last part of their path, in lower case."""
        return {name.lower(): file for name, file in self.by_name.items()}

    @cached_property
    def has_firmware(self) -> bool:
        """Return whether the bundle contains firmware, so that missing loads can be reported."""
        return self.is_complete and any(self.of(ContentKind.FIRMWARE))

    @cached_property
    def firmware_findings(self) -> tuple[FileFinding, ...]:
        """Return the faults of the firmware, checked folder by folder, because all files of a package are in
        one folder.
        """
        folders: dict[str, dict[str, SourceFile]] = {}
        for file in self.of(ContentKind.FIRMWARE):
            if _OUR_FIRMWARE.fullmatch(file.name):
                folders.setdefault(file.folder, {})[file.name] = file
        return tuple(found for files in folders.values() for found in _firmware_findings(files))

    @cached_property
    def phones(self) -> tuple[PhoneSettings, ...]:
        """Return every phone that has its own file; if there is only a default file, return one phone without
        its own.
        """
        seps = {file.mac: file for file in self.of(ContentKind.SEP) if file.mac}
        phones = tuple(
            PhoneSettings(
                file, self.near(file, ContentKind.DEFAULT), seps.get(file.mac), self.models.get(file.mac, "")
            )
            for file in self.of(ContentKind.PHONE)
        )
        return phones or tuple(PhoneSettings(file, file) for file in self.of(ContentKind.DEFAULT))

    def near(self, file: SourceFile, kind: ContentKind) -> SourceFile | None:
        """Return the file of this kind in the folder of `file`, or in the nearest folder above; None if there
        is none.
        """
        folders = self._folders(kind)
        folder = file.folder
        while True:
            if folder in folders:
                return folders[folder]
            if not folder:
                return None
            above = folder.rstrip("/").rpartition("/")
            folder = above[0] + above[1]

    def _folders(self, kind: ContentKind) -> Mapping[str, SourceFile]:
        return self._by_folder.get(kind, {})

    @cached_property
    def _by_folder(self) -> Mapping[ContentKind, Mapping[str, SourceFile]]:
        found: dict[ContentKind, dict[str, SourceFile]] = {}
        for file in self.of(
            ContentKind.DEFAULT, ContentKind.XML_DEFAULT, ContentKind.SYNCINFO, ContentKind.RINGLIST
        ):
            found.setdefault(file.kind, {}).setdefault(file.folder, file)
        return found


def _firmware_findings(files: Mapping[str, SourceFile]) -> Iterator[FileFinding]:
    for finding in read_packages({name: file.data for name, file in files.items()}).all_findings():
        if (file := files.get(finding.where.file)) is not None:
            yield FileFinding(file, finding)
