"""Read the accounts of phones from an operator's sip.conf or pjsip.conf.

The reader understands the syntax of both files: sections, templates ``(!)`` and ``(base)``, additions
``(+)``, ``=`` and ``=>``, comments after ``;`` (not ``\\;``) and between ``;--`` and ``--;``. Source:
Asterisk's main/config.c (process_text_line), versions 16 to 22; options from the sample files of both
drivers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ringup.adoption.lines import PbxAccount
from ringup.asterisk.include_lines import FOLDER
from ringup.errors import Problem
from ringup.site.model import Driver

_INCLUDE = re.compile(r'#(?:try)?include\s+["<]?([^">]+?)[">]?\s*')
_HEAD = re.compile(r"\[([^\]]*)\]\s*(?:\(([^)]*)\))?")
_COMMENT = re.compile(r"(?<!\\);.*")
_CALLER_ID = re.compile(r'\s*"?([^"<]*?)"?\s*(?:<[^>]*>)?\s*')
_NO_PEERS = frozenset({"general", "authentication", "globals"})


@dataclass(slots=True)
class Section:
    """One section, including the options that it inherits from its templates."""

    name: str
    where: str
    is_template: bool = False
    options: dict[str, str] = field(default_factory=dict)
    """The options by their names in lower case; if a name occurs several times, the last value counts."""


@dataclass(frozen=True, slots=True)
class AsteriskText:
    """The contents of one file and of the files that it includes."""

    sections: tuple[Section, ...]
    notes: tuple[Problem, ...]

    def of_type(self, kind: str) -> dict[str, Section]:
        """Return the sections with this ``type=``, by name, without templates."""
        return {
            section.name: section
            for section in self.sections
            if not section.is_template and section.options.get("type", "").lower() == kind
        }


Follow = Callable[[str], Iterable[tuple[str, bytes]]]
"""Returns the names and contents of the files that an ``#include`` line names; nothing if it is not
followed.
"""


def read(data: bytes, name: str, follow: Follow | None = None) -> AsteriskText:
    """Read the bytes of a file, and the files that it includes; a line that cannot be read becomes a note.

    Without `follow`, each included file becomes a note too.
    """
    reader = _Reader(follow)
    reader.read(data, name)
    return AsteriskText(tuple(reader.sections), tuple(reader.notes))


class _Reader:
    """Reads files into one list of sections, as Asterisk does.

    An option after an ``#include`` line belongs to the last section of the included file.
    """

    def __init__(self, follow: Follow | None) -> None:
        self.sections: list[Section] = []
        self.notes: list[Problem] = []
        self._follow = follow
        self._current: Section | None = None
        self._read: set[str] = set()
        """Names of the files that were read; a file is read only once, so files that include each other do
        not loop.
        """

    def read(self, data: bytes, name: str) -> None:
        self._read.add(name)
        for number, line in _lines(data):
            where = f"{name}:{number}"
            key, equals, value = line.partition("=")
            if line.startswith("#"):
                self._include(line, where)
            elif line.startswith("["):
                self._current = _section(line, where, self.sections, self.notes)
            elif equals and self._current is not None:
                option = key.rstrip(" +\t").lower()
                self._current.options[option] = value.removeprefix(">").strip().replace("\\;", ";")
            else:
                self.notes.append(Problem(where, "is not an option of a section.", "It was left out."))

    def _include(self, line: str, where: str) -> None:
        match = _INCLUDE.fullmatch(line)
        files = list(self._follow(match[1])) if self._follow and match else []
        if not files and not (match and match[1].startswith(f"{FOLDER}/")):
            cure = "Pass that file too if phones are in it."
            self.notes.append(Problem(where, f"{line} was not followed.", cure))
        for name, data in files:
            if name not in self._read:
                self.read(data, name)


def accounts(text: AsteriskText, driver: Driver) -> dict[str, PbxAccount]:
    """Return the accounts of lines, by the user name with which phones register."""
    found = _of_pjsip(text) if driver == "pjsip" else _of_chan_sip(text)
    return {account.name: account for account in found}


def caller_name(text: str) -> str:
    """Return the name in ``"Larry Ellison" <201>``, ``Larry Ellison <201>`` or ``Larry Ellison``."""
    match = _CALLER_ID.fullmatch(text)
    name = match[1] if match else ""
    return "" if name.isdigit() else name


def _of_pjsip(text: AsteriskText) -> Iterator[PbxAccount]:
    auths, aors = text.of_type("auth"), text.of_type("aor")
    for name, endpoint in text.of_type("endpoint").items():
        auth = auths.get(endpoint.options.get("auth", "").partition(",")[0].strip())
        secret = auth.options.get("password", "") if auth else ""
        boxes = [endpoint, *(aors[aor] for aor in _names(endpoint.options.get("aors", "")) if aor in aors)]
        user = auth.options.get("username", "") if auth else ""
        yield _account(name, secret, boxes, "pjsip", (auth or endpoint).where, user)
    yield from _of_wizard(text)


def _of_wizard(text: AsteriskText) -> Iterator[PbxAccount]:
    """Yield the accounts in pjsip_wizard.conf to which phones register (res_pjsip_config_wizard.c)."""
    for name, phone in text.of_type("wizard").items():
        if phone.options.get("accepts_registrations", "no").lower() not in ("yes", "true", "on", "1"):
            continue
        prefix = "endpoint/"
        own = {key.removeprefix(prefix): value for key, value in phone.options.items() if prefix in key}
        endpoint = Section(name, phone.where, options=own)
        user, secret = (phone.options.get(f"inbound_auth/{key}", "") for key in ("username", "password"))
        yield _account(name, secret, [endpoint], "pjsip", phone.where, user)


def _of_chan_sip(text: AsteriskText) -> Iterator[PbxAccount]:
    for peer in text.sections:
        if not peer.is_template and peer.name not in _NO_PEERS and peer.options.get("host") == "dynamic":
            yield _account(peer.name, peer.options.get("secret", ""), [peer], "chan_sip", peer.where)


def _account(
    name: str, secret: str, boxes: list[Section], driver: Driver, where: str, user: str = ""
) -> PbxAccount:
    options: Mapping[str, str] = boxes[0].options
    has_mailbox = any(box.options.get("mailboxes") or box.options.get("mailbox") for box in boxes)
    shown = caller_name(options.get("callerid", "")) or options.get("fullname", "")
    return PbxAccount(name, secret, shown, has_mailbox, driver, where, "" if user == name else user)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines that contain more than comments and spaces, without their comments."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    in_comment = False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        line, in_comment = _without_blocks(raw, in_comment)
        line = _COMMENT.sub("", line).strip()
        if line:
            yield number, line


def _without_blocks(line: str, in_comment: bool) -> tuple[str, bool]:
    """Return the line without comments between ``;--`` and ``--;``, and whether such a comment continues."""
    kept = ""
    while line:
        if in_comment:
            _, found, line = line.partition("--;")
            in_comment = not found
            continue
        before, found, line = line.partition(";--")
        kept += before
        if found and line.startswith("-"):
            return kept, False  # ";---" begins a comment that ends with the line; people draw rulers with it
        in_comment = bool(found)
    return kept, in_comment


def _section(line: str, where: str, sections: list[Section], notes: list[Problem]) -> Section:
    match = _HEAD.match(line)
    if match is None:
        notes.append(Problem(where, "is not a section head.", "The lines after it belong to no section."))
        return Section("", where)
    name, marks = match[1].strip(), _names(match[2] or "")
    by_name = {section.name: section for section in sections}
    if "+" in marks and name in by_name:
        return by_name[name]
    section = Section(name, where, "!" in marks)
    for base in marks:
        if base in by_name:
            section.options |= by_name[base].options
        elif base not in ("!", "+"):
            notes.append(Problem(where, f"its template {base} is not in the file.", "It was left out."))
    sections.append(section)
    return section
