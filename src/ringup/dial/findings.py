"""The kinds of faults in a dial template: one row per code.

The codes are for scripts and searches; a code never changes its meaning.
"""

from dataclasses import dataclass

from ringup.finding import ERROR, WARNING, Finding, Location, Severity


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault."""

    severity: Severity
    """Error: the phone drops the entry or the file. Warning: the phone reads it, but probably not as
    intended.
    """
    title: str


CODES: dict[str, Code] = {
    # Faults of the file and its entries.
    "D101": Code(ERROR, "not well-formed XML"),
    "D102": Code(ERROR, "file too large"),
    "D103": Code(ERROR, "the root is not DIALTEMPLATE"),
    "D104": Code(ERROR, "TEMPLATE not in upper case"),
    "D105": Code(ERROR, "unknown element"),
    "D106": Code(ERROR, "unknown attribute"),
    "D107": Code(ERROR, "unknown value"),
    "D108": Code(ERROR, "value too long"),
    "D109": Code(ERROR, "more than three TONEs"),
    "D110": Code(ERROR, "text between the entries"),
    # Faults of several rules together.
    "D201": Code(WARNING, "rule never applies"),
    "D202": Code(WARNING, "rule applies too early"),
    "D203": Code(WARNING, "same MATCH twice"),
    # Faults of one rule.
    "D301": Code(WARNING, "Asterisk's letters are literals here"),
    "D302": Code(WARNING, "backslash at the end"),
    "D303": Code(WARNING, "more than five groups"),
    "D304": Code(WARNING, "a character that no button dials"),
}


def finding(code: str, line: int, what: str, cure: str) -> Finding:
    """Make a finding about a template; line 0 stands for the complete file.

    The finding has no file name, because the reader does not know it.
    """
    return Finding(code, CODES[code].severity, Location(line=line), what, cure)
