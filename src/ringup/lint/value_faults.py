"""What is wrong with one value of one parameter, as the catalogue knows it, and the code of each fault."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from ringup.phone.cnf_text import CnfText
from ringup.phone.parameters import PARAMETERS, UNPROVISIONED, FaultCode, check

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

_CODES: Mapping[FaultCode, str] = {
    FaultCode.NOT_DIGITS: "C201",
    FaultCode.OUT_OF_RANGE: "C202",
    FaultCode.ODD: "C203",
    FaultCode.NOT_A_CHOICE: "C204",
    FaultCode.NO_ADDRESS: "C205",
    FaultCode.NO_HOST: "C206",
    FaultCode.NO_URL: "C207",
    FaultCode.NO_MONTH: "C208",
    FaultCode.NO_WEEKDAY: "C209",
    FaultCode.NO_TIME: "C210",
    FaultCode.NO_ZONE: "C211",
    FaultCode.UNPRINTABLE: "C213",
    FaultCode.TOO_LONG: "C214",
    FaultCode.LOAD_WITH_EXTENSION: "C221",
    FaultCode.LOAD_WITH_WRONG_ZEROS: "C222",
    FaultCode.LOAD_IN_SMALL_LETTERS: "C223",
    FaultCode.LOADER: "C224",
    FaultCode.NO_LOAD: "C225",
}
"""The rule of each fault that a value can have."""
_UNSURE_CHOICE = "C216"
"""Our list of its words may lack some."""


@lru_cache(MOST_REMEMBERED)
def fault_of(name: str, value: str) -> tuple[str, str, str] | None:
    """The code, the message and the cure of what is wrong with a value, or None."""
    row = PARAMETERS.get(name)
    if row is None or value in ("", UNPROVISIONED) or placeholder_in(value):
        return None  # empty clears the value, of a number as well: CallManager Express writes it so
    fault = check(name, value)
    if fault is None:
        return None
    is_unsure = fault.code is FaultCode.NOT_A_CHOICE and row.confidence == "R"
    return _UNSURE_CHOICE if is_unsure else _CODES[fault.code], fault.what, fault.cure


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
    fault = check(name, "")
    return (fault.what, fault.cure, fault.code is FaultCode.MISSPELT_KEY) if fault else ("", "", False)
