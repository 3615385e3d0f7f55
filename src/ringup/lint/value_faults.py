"""What is wrong with one value of one parameter, as the catalogue knows it, and the code of each fault."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ringup.phone.cnf_text import CnfText
from ringup.phone.firmware import EXTENSIONS, protocol_of, release_of, right_name
from ringup.phone.parameters import PARAMETERS, UNPROVISIONED, Kind, Parameter, check

_ANYWHERE = (
    r"(?<!#)#{2,}[A-Za-z_]\w*#{2,}|\{\$[A-Za-z_][\w.\[\]]*(?:\|[^{}\r\n]{0,40})?\}|\$\{\w+\}"
    r"|\{\{[^{}\r\n]{1,80}\}\}|\{%[^{}\r\n]{1,80}%\}|\[==\s*\w+\s*==\]|<%[^<>\r\n]{1,80}%>"
    r"|\{/?(?:if|else|elseif|foreach|foreachelse|section|literal)\b[^{}\r\n]{0,80}\}"
)
_WHOLE = (
    r"|\A#[A-Z][A-Z_]{2,}[0-9]*#?\Z"
    r"|\A(?:<[A-Za-z_ ]{3,}>|@{1,2}[A-Z_]{3,}@{1,2}|%{1,2}[A-Z_]{3,}%{1,2})\Z"
    r"|\b(?i:changeme|change_me|your[-_ ](?:password|extension|server|name|secret))\b"
)
_IN_XML = re.compile(_ANYWHERE)
_PLACEHOLDER = re.compile(_ANYWHERE + _WHOLE)
"""Left-overs of templates that nobody filled: ``###SECRET###``, ``{$x.y|z}``, ``[== X ==]``, ``#EXTENSION``.

Narrow on purpose: a password may hold any of these characters.
"""

LONGEST_VALUE = 512
"""Characters looked at: twice the longest that a phone takes, a URL."""

MOST_REMEMBERED = 4096
"""Pairs of a name and a value: a thousand phones share nearly all of theirs."""

_OF_KIND: dict[Kind, str] = {
    Kind.TEXT: "C213",
    Kind.CHOICE: "C204",
    Kind.ADDRESS: "C205",
    Kind.HOST: "C206",
    Kind.URL: "C207",
    Kind.MONTH: "C208",
    Kind.WEEKDAY: "C209",
    Kind.TIME: "C210",
    Kind.ZONE: "C211",
}
_NUMERIC = (Kind.INTEGER, Kind.SWITCH, Kind.PORT)


@lru_cache(MOST_REMEMBERED)
def fault_of(name: str, value: str) -> tuple[str, str, str] | None:
    """The code, the message and the cure of what is wrong with a value, or None."""
    row = PARAMETERS.get(name)
    if row is None or value in ("", UNPROVISIONED) or placeholder_in(value):
        return None  # empty clears the value, of a number as well: CallManager Express writes it so
    sentence = check(name, value)
    if sentence is None:
        return None
    message, cure = _split(sentence)
    return _code(row, value), message, cure


_CURES = (
    ("; it must be ", "It must be "),
    (": it must begin ", "It must begin "),
    (": write ", "Write "),
)
"""How sentences of the catalogue go on to their cure, and how the cure begins when it stands alone."""


def _split(sentence: str) -> tuple[str, str]:
    """The fact and its cure; the last mark counts, because the value that is quoted before may hold one."""
    for mark, opening in _CURES:
        message, found, cure = sentence.rpartition(mark)
        if found:
            return f"{message}.", f"{opening}{cure}"
    message, dot, cure = sentence.partition(". ")
    return (f"{message}.", cure) if dot else (sentence, "")


def _code(row: Parameter, value: str) -> str:
    if any(ord(character) < 0x20 or character in '\x7f"' for character in value):
        return "C213"
    if row.longest is not None and len(value) > row.longest:
        return "C214"
    if row.kind in _NUMERIC:
        return _code_of_number(row, value)
    if row.kind is Kind.CHOICE and row.confidence == "R":
        return "C216"  # our list of its words may lack some
    return _code_of_load(value) if row.kind is Kind.LOAD else _OF_KIND[row.kind]


def _code_of_number(row: Parameter, value: str) -> str:
    if not (value.isascii() and value.isdigit()):
        return "C201"
    return "C203" if row.even and int(value) % 2 and len(value) < 7 else "C202"


def _code_of_load(load: str) -> str:
    if load.lower().endswith(EXTENSIONS):
        return "C221"
    if protocol_of(load.upper()) is None or release_of(load.upper()) is None:
        return "C225"
    if load != load.upper():
        return "C223"
    return "C222" if right_name(load) != load else "C224"


def placeholder_in(text: str) -> str:
    """The first placeholder; empty for none."""
    found = _PLACEHOLDER.search(text, 0, LONGEST_VALUE)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class ValueFault:
    """One value that is wrong by itself."""

    code: str
    name: str
    line: int
    message: str
    cure: str


def placeholders_in(line: str) -> list[str]:
    """Return every placeholder in one line of an XML file."""
    return [found[0] for found in _IN_XML.finditer(line, 0, LONGEST_VALUE)]


def value_faults(text: CnfText) -> Iterator[ValueFault]:
    """Yield the fault of each value that is wrong."""
    for line in text.entries:
        if fault := fault_of(line.name, line.value):
            code, message, cure = fault
            yield ValueFault(code, line.name, line.number, message, cure)


VITAL = re.compile(
    r"image_version|proxy1_(?:address|port)|line1_(?:name|authname|password)|voip_control_port"
)
"""Parameters without which a phone does not register: a fault in one is an error, elsewhere a warning."""


@lru_cache(MOST_REMEMBERED)
def unknown_key(name: str) -> tuple[str, str, bool]:
    """The message and the cure for a key that the catalogue lacks, and whether it resembles a known one.

    Remembered, because the nearest name is costly to find.
    """
    message, cure = _split(check(name, "") or "")
    return message, cure, cure.startswith("Did you mean")
