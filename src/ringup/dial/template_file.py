"""Read the bytes of a dial template: the rules that a phone reads from them, and every fault in them.

The phone drops a faulty entry and continues with the next one. It accepts several TONE attributes in one
entry. XML forbids that, so repeated attributes are renamed before the XML is parsed. Source: P-DIAL-1 to
P-DIAL-20.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from ringup.dial.findings import finding
from ringup.dial.pattern import DEFAULT_TIMEOUT, Template
from ringup.finding import Finding

LARGEST_FILE = 8_191
"""Maximum size in bytes of a template file; the phone's buffer has 8,192 bytes."""

LONGEST_VALUE = 63
"""Maximum number of characters of a value; the phone reads each value into a buffer of 64 bytes."""

MOST_TONES = 3
HIGHEST_LINE = 255
"""Maximum value of LINE; the phone stores LINE in one byte."""

TONES: tuple[str, ...] = (
    "Bellcore-Inside", "Bellcore-Outside", "Bellcore-Busy", "Bellcore-Alerting", "Bellcore-BusyVerify",
    "Bellcore-Stutter", "Bellcore-MsgWaiting", "Bellcore-Reorder", "Bellcore-CallWaiting", "Bellcore-Cw2",
    "Bellcore-Cw3", "Bellcore-Cw4", "Bellcore-Hold", "Bellcore-Confirmation", "Bellcore-Permanent",
    "Bellcore-Reminder", "Bellcore-None", "Cisco-ZipZip", "Cisco-Zip", "Cisco-BeepBonk",
)  # fmt: skip
USERS = ("Phone", "IP")
ROUTES = ("default", "emergency", "FQDN")

_START_TAG = re.compile(r"""<TEMPLATE\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_TONE = re.compile(r"""(\bTONE)(\s*=\s*(?:"[^"]*"|'[^']*'))""", re.IGNORECASE)
_REPEATED = ".repeated"


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """The result of reading a template file."""

    rules: tuple[Template, ...] = ()
    """The rules of all entries without a fault."""
    findings: tuple[Finding, ...] = ()
    is_refused: bool = False
    """True if the phone ignores the complete file."""

    @property
    def used(self) -> tuple[Template, ...]:
        """Return the rules that a phone uses."""
        return () if self.is_refused else self.rules


def read(data: bytes) -> TemplateFile:
    """Read a template; each fault becomes a finding. An empty file has no rules and no faults."""
    if not data.strip():
        return TemplateFile()
    entries = _Entries()
    if len(data) > LARGEST_FILE:
        what = f"the file has {len(data):,} bytes; the phone reads {LARGEST_FILE:,}"
        entries.find("D102", what, "Remove or merge rules, comments and spaces.", line=0)
        entries.is_refused = True
    entries.read(_with_distinct_tones(_text(data)))
    return TemplateFile(tuple(entries.rules), tuple(entries.findings), entries.is_refused)


def _text(data: bytes) -> str:
    """Return the text: decoded as UTF-8, the default of XML, if it is valid, and otherwise as Latin-1.

    ringup sends Latin-1 to phones.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _with_distinct_tones(text: str) -> str:
    def renamed(tag: re.Match[str]) -> str:
        seen = 0

        def numbered(tone: re.Match[str]) -> str:
            nonlocal seen
            seen += 1
            return tone[0] if seen == 1 else f"{tone[1]}{_REPEATED}{seen}{tone[2]}"

        return _TONE.sub(numbered, tag[0])

    return _START_TAG.sub(renamed, text)


class _Entries:
    """Receives the events of the XML parser, tag by tag."""

    def __init__(self) -> None:
        self.rules: list[Template] = []
        self.findings: list[Finding] = []
        self.is_refused = False
        self._path: list[str] = []
        self._parser: Any = DefusedXMLParser(target=self)
        # With buffering, the parser would report a text with the line number of the next tag.
        self._parser.parser.buffer_text = False

    def read(self, text: str) -> None:
        """Read the complete file, or the part before the first XML error."""
        try:
            self._parser.feed(text)
            self._parser.close()
        except ParseError as error:
            line, column = error.position
            what = f"{_reason(error)} at column {column + 1}"
            cure = "Correct the XML here or above; what follows is not read."
            self.find("D101", what, cure, line=line)
        except (DefusedXmlException, ValueError, LookupError) as error:
            what = f"{type(error).__name__}: a template needs no DOCTYPE, no entities, no odd encoding"
            self.find("D101", what, "Remove it.")

    def find(self, code: str, what: str, cure: str, *, line: int | None = None) -> None:
        """Add a finding at the parser's current line."""
        self.findings.append(finding(code, self._line if line is None else line, what, cure))

    @property
    def _line(self) -> int:
        return int(self._parser.parser.CurrentLineNumber)

    # Callbacks of the XML parser.

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Add the rule of an entry, or a finding that says why the phone drops it."""
        self._path.append(tag)
        if len(self._path) == 1:
            if tag.lower() != "dialtemplate":
                self.find("D103", f"the root is <{tag}>", "Write <DIALTEMPLATE> around all entries.")
                self.is_refused = True
        elif len(self._path) > 2 or tag.lower() not in ("template", "versionstamp"):
            self.find("D105", f"<{tag}> is unknown to the phone", "Only TEMPLATE and versionStamp are known.")
        elif tag == "TEMPLATE":
            self._take(attributes)
        elif tag.lower() == "template":
            self.find(
                "D104", f"<{tag}> is not <TEMPLATE>", "The phone skips it: write TEMPLATE in upper case."
            )

    def data(self, text: str) -> None:
        """Report text outside of versionStamp, the only element that may contain text."""
        is_seen = any(one.code == "D110" and one.where.line == self._line for one in self.findings[-1:])
        if text.strip() and self._path[-1].lower() != "versionstamp" and not is_seen:
            what = f"{text.strip()[:20]!r} is not an entry"
            self.find("D110", what, "Remove it, or make it a comment: <!-- ... -->.")

    def end(self, _tag: str) -> None:
        """Note the end of an element."""
        self._path.pop()

    def close(self) -> None:
        """Do nothing: the parser requires this method, but no result is built at the end."""

    def _take(self, attributes: dict[str, str]) -> None:
        before = len(self.findings)
        values: dict[str, str] = {}
        tones: list[str] = []
        for name, value in attributes.items():
            known = name.partition(_REPEATED)[0].upper()
            self._check(name, known, value)
            if known == "TONE":
                tones.append(value)
            values.setdefault(known, value)
        if len(tones) > MOST_TONES:
            self.find("D109", f"{len(tones)} TONEs in one entry", f"Keep {MOST_TONES}.")
        if len(self.findings) == before:
            self.rules.append(_template(values, tuple(tones), self._line))

    def _check(self, name: str, known: str, value: str) -> None:
        if known not in _CHECKS:
            choice = ", ".join(_CHECKS)
            self.find("D106", f"{name} is unknown to the phone, which drops the entry", f"Known: {choice}.")
        elif len(value) > LONGEST_VALUE:
            what = f"{known} has {len(value)} characters; the phone reads {LONGEST_VALUE}"
            self.find("D108", what, "Shorten it.")
        elif wrong := _CHECKS[known](value):
            self.find("D107", f'{known}="{value}" is unknown to the phone, which drops the entry', wrong)


def _template(values: dict[str, str], tones: tuple[str, ...], line: int) -> Template:
    return Template(
        match=values.get("MATCH", ""),
        timeout=int(values.get("TIMEOUT", DEFAULT_TIMEOUT)),
        line=int(values.get("LINE", 0)),
        user=values.get("USER", "").lower(),
        rewrite=values.get("REWRITE", ""),
        route=values.get("ROUTE", "default").lower(),
        tones=tones,
        at=line,
    )


def _anything(_value: str) -> str:
    return ""


def _one_of(*choice: str) -> Callable[[str], str]:
    """Make a check that returns the cure for a wrong value, or an empty text for a valid one."""
    allowed = {one.lower() for one in choice}
    return lambda value: (
        "" if value.lower() in allowed else f"Write one of {', '.join(filter(None, choice))}."
    )


def _number(highest: int, what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        is_number = value.isascii() and value.isdecimal() and len(value) < 8
        return "" if is_number and int(value) <= highest else f"Write {what}."

    return check


_CHECKS: dict[str, Callable[[str], str]] = {
    "MATCH": _anything,
    "LINE": _number(HIGHEST_LINE, "a line from 1, or 0 for all"),
    "TIMEOUT": _number(9_999_999, "whole seconds, 0 for at once"),
    "USER": _one_of(*USERS),
    "REWRITE": _anything,
    "ROUTE": _one_of(*ROUTES),
    "TONE": _one_of(*TONES, ""),
}


def _reason(error: ParseError) -> str:
    """Return the parser's message without the position."""
    return str(error).partition(":")[0]
