"""What can be wrong with a dial template: one row a code, and one finding a place.

The codes are for scripts and searches: they never change their meaning.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding."""

    severity: Severity
    """error: the phone drops the entry or the file; warning: it reads it, but hardly as it was meant."""
    title: str


CODES: dict[str, Code] = {
    # The file, as the phone reads it.
    "D101": Code("error", "not well-formed XML"),
    "D102": Code("error", "file too large"),
    "D103": Code("error", "the root is not DIALTEMPLATE"),
    "D104": Code("error", "TEMPLATE not in upper case"),
    "D105": Code("error", "unknown element"),
    "D106": Code("error", "unknown attribute"),
    "D107": Code("error", "unknown value"),
    "D108": Code("error", "value too long"),
    "D109": Code("error", "more than three TONEs"),
    "D110": Code("error", "text between the entries"),
    # The rules among each other.
    "D201": Code("warning", "rule can never fire"),
    "D202": Code("warning", "rule fires too early"),
    "D203": Code("warning", "same MATCH twice"),
    # One rule.
    "D301": Code("warning", "Asterisk's letters are literals here"),
    "D302": Code("warning", "backslash at the end"),
    "D303": Code("warning", "more than five groups"),
    "D304": Code("warning", "a character that no key gives"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake, where it is, and what to write instead."""

    code: str
    line: int
    """In the file; 0: the file as a whole."""
    what: str
    cure: str

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return CODES[self.code].severity
