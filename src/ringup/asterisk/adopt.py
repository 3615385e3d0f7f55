"""Accounts of phones in an operator's sip.conf or pjsip.conf.

The reader knows what both files are written in: sections, templates ``(!)`` and ``(base)``, additions
``(+)``, ``=`` and ``=>``, comments after ``;`` (not ``\\;``) and between ``;--`` and ``--;``. Source:
Asterisk's main/config.c (process_text_line), 16 to 22; options from the sample files of both drivers.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ringup.adoption.lines import Account
from ringup.errors import Problem
from ringup.site.model import Driver

_HEAD = re.compile(r"\[([^\]]*)\]\s*(?:\(([^)]*)\))?")
_COMMENT = re.compile(r"(?<!\\);.*")
_CALLER_ID = re.compile(r'\s*"?([^"<]*?)"?\s*(?:<[^>]*>)?\s*')
_NO_PEERS = frozenset({"general", "authentication", "globals"})


@dataclass(slots=True)
class Section:
    """One section, with the options of its templates."""

    name: str
    where: str
    is_template: bool = False
    options: dict[str, str] = field(default_factory=dict)
    """The options by name in lower case; of several with one name, the last."""


@dataclass(frozen=True, slots=True)
class AsteriskText:
    """The contents of one file."""

    sections: tuple[Section, ...]
    notes: tuple[Problem, ...]

    def of_type(self, kind: str) -> dict[str, Section]:
        """Return the sections of one ``type=``, without templates."""
        return {
            section.name: section
            for section in self.sections
            if not section.is_template and section.options.get("type", "").lower() == kind
        }


def read(data: bytes, name: str) -> AsteriskText:
    """Read any bytes; lines that cannot be read become notes."""
    sections: list[Section] = []
    notes: list[Problem] = []
    current: Section | None = None
    for number, line in _lines(data):
        where = f"{name}:{number}"
        key, equals, value = line.partition("=")
        if line.startswith("#"):
            notes.append(
                Problem(where, f"{line} was not followed.", "Pass that file too if phones are in it.")
            )
        elif line.startswith("["):
            current = _section(line, where, sections, notes)
        elif equals and current is not None:
            current.options[key.rstrip(" +\t").lower()] = value.removeprefix(">").strip().replace("\\;", ";")
        else:
            notes.append(Problem(where, "is not an option of a section.", "It was left out."))
    return AsteriskText(tuple(sections), tuple(notes))


def accounts(text: AsteriskText, driver: Driver) -> dict[str, Account]:
    """Return the accounts of lines, by the user name that phones log in with."""
    found = _of_pjsip(text) if driver == "pjsip" else _of_chan_sip(text)
    return {account.name: account for account in found}


def caller_name(text: str) -> str:
    """The name of ``"Larry Ellison" <201>``, ``Larry Ellison <201>`` or ``Larry Ellison``."""
    match = _CALLER_ID.fullmatch(text)
    name = match[1] if match else ""
    return "" if name.isdigit() else name


def _of_pjsip(text: AsteriskText) -> Iterator[Account]:
    auths, aors = text.of_type("auth"), text.of_type("aor")
    for name, endpoint in text.of_type("endpoint").items():
        auth = auths.get(endpoint.options.get("auth", "").partition(",")[0].strip())
        secret = auth.options.get("password", "") if auth else ""
        boxes = [endpoint, *(aors[aor] for aor in _names(endpoint.options.get("aors", "")) if aor in aors)]
        yield _account(name, secret, boxes, "pjsip", (auth or endpoint).where)


def _of_chan_sip(text: AsteriskText) -> Iterator[Account]:
    for peer in text.sections:
        if not peer.is_template and peer.name not in _NO_PEERS and peer.options.get("host") == "dynamic":
            yield _account(peer.name, peer.options.get("secret", ""), [peer], "chan_sip", peer.where)


def _account(name: str, secret: str, boxes: list[Section], driver: Driver, where: str) -> Account:
    options: Mapping[str, str] = boxes[0].options
    has_mailbox = any(box.options.get("mailboxes") or box.options.get("mailbox") for box in boxes)
    shown = caller_name(options.get("callerid", "")) or options.get("fullname", "")
    return Account(name, secret, shown, has_mailbox, driver, where)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines that are not empty, without comments."""
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
    """Return the line without its parts between ``;--`` and ``--;``, and whether such a comment is still
    open.
    """
    kept = ""
    while line:
        if in_comment:
            _, found, line = line.partition("--;")
            in_comment = not found
            continue
        before, found, line = line.partition(";--")
        kept += before
        if found and line.startswith("-"):
            return kept, False  # ";---" begins an ordinary comment, used as a ruler
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
