"""Find the fault of one parameter's value by the catalogue of parameters, and the lint code for each
fault.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ringup.phone.cnf_text import CnfLine, CnfText
from ringup.phone.fault import ValueFault
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
"""Matches left-over placeholders of templates: ``###SECRET###``, ``{$x.y|z}``, ``[== X ==]``, ``#EXTENSION``.

The pattern is narrow on purpose, because a password may contain any of these characters.
"""

LONGEST_VALUE = 512
"""Maximum number of characters of a value that are checked: twice as many as the phone's longest value, a
URL, can have.
"""

MOST_REMEMBERED = 4096
"""Maximum number of cached pairs of name and value; even a thousand phones share nearly all pairs."""

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
"""The code of the rule that reports each fault of a value."""
_UNSURE_CHOICE = "C216"
"""The code of the rule that reports an unknown word, for a parameter whose list of words may be
incomplete.
"""


class CodedFault(NamedTuple):
    """The fault of one value, and the code of the rule that reports it."""

    code: str
    """The code of the rule that reports the fault."""
    fault: ValueFault


@lru_cache(MOST_REMEMBERED)
def fault_of(name: str, value: str) -> CodedFault | None:
    """Return the fault of a parameter's value; None if it has none."""
    row = PARAMETERS.get(name)
    if row is None or value in ("", UNPROVISIONED) or placeholder_in(value):
        return None  # an empty text clears any value, also a number's: CallManager Express writes this
    fault = check(name, value)
    if fault is None:
        return None
    is_unsure = fault.code is FaultCode.NOT_A_CHOICE and row.confidence == "R"
    return CodedFault(_UNSURE_CHOICE if is_unsure else _CODES[fault.code], fault)


def placeholder_in(text: str) -> str:
    """Return the first left-over placeholder in a text; empty if there is none."""
    found = _PLACEHOLDER.search(text, 0, LONGEST_VALUE)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class WrongLine:
    """One line of a `.cnf` file whose value is invalid, whatever the other lines contain."""

    line: CnfLine
    code: str
    """The code of the rule that reports the line."""
    fault: ValueFault


def placeholders_in(line: str) -> list[str]:
    """Return every placeholder in one line of an XML file."""
    return [found[0] for found in _IN_XML.finditer(line, 0, LONGEST_VALUE)]


def wrong_lines(text: CnfText) -> Iterator[WrongLine]:
    """Yield each line of a `.cnf` file whose value is invalid."""
    for line in text.entries:
        if found := fault_of(line.name, line.value):
            yield WrongLine(line, found.code, found.fault)


VITAL = re.compile(
    r"image_version|proxy1_(?:address|port)|line1_(?:name|authname|password)|voip_control_port"
)
"""Parameters without which a phone does not register: a fault in one of them is an error, in another a
warning.
"""


@lru_cache(MOST_REMEMBERED)
def unknown_key(name: str) -> ValueFault | None:
    """Return the fault of a parameter name that is not in the catalogue.

    The result is cached, because finding the most similar name is slow.
    """
    return check(name, "")
