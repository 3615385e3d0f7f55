"""C2xx: rules about one value of one parameter; each fault has its own code."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from ringup.finding import ERROR, NOTE, ORDER, WARNING, Severity
from ringup.lint.bundle import Bundle
from ringup.lint.cnf_rules import cnf_files, each_line
from ringup.lint.finding import CodedRule, Occurrence, Repair, seen
from ringup.lint.value_faults import VITAL
from ringup.phone.cnf_text import CnfLine
from ringup.phone.firmware import EXTENSIONS, protocol_of, release_of, right_name


def _with_fault(code: str) -> Callable[[Bundle], Iterable[Occurrence]]:
    """Return a rule that reports one kind of fault."""

    def find(bundle: Bundle) -> Iterator[Occurrence]:
        of_others: Severity = max(WARNING, _SEVERITIES[code], key=ORDER.index)
        for file in cnf_files(bundle):
            for wrong in file.wrong_lines:
                if wrong.code == code:
                    severity = None if VITAL.fullmatch(wrong.line.name) else of_others
                    yield seen(file, wrong.line.number, wrong.fault.what, wrong.fault.cure, severity)

    return find


def repaired_load(load: str) -> str:
    """Return a load's name without its extension, and with the right number of zeros."""
    for extension in EXTENSIONS:
        if load.lower().endswith(extension):
            load = load[: -len(extension)]
    return right_name(load) if protocol_of(load.upper()) and release_of(load.upper()) else load


def _with_right_load(line: CnfLine) -> CnfLine:
    return replace(line, value=repaired_load(line.value)) if line.name == "image_version" else line


_ROWS: tuple[tuple[str, Severity, str, Repair | None], ...] = (
    ("C201", ERROR, "not a number in digits", None),
    ("C202", ERROR, "number out of range", None),
    ("C203", WARNING, "odd media port", None),
    ("C204", WARNING, "unknown keyword", None),
    ("C205", WARNING, "not an address", None),
    ("C206", ERROR, "neither address nor host name", None),
    ("C207", WARNING, "not a URL with http://", None),
    ("C208", WARNING, "not a month", None),
    ("C209", WARNING, "not a weekday", None),
    ("C210", WARNING, "not an hour", None),
    ("C211", WARNING, "not a time zone", None),
    ("C213", ERROR, "control character or quote in a value", None),
    ("C214", ERROR, "value too long", None),
    ("C216", NOTE, "keyword that is not in the catalogue", None),
    ("C221", ERROR, "load with an extension", each_line(_with_right_load)),
    ("C222", ERROR, "load with wrong zeros", each_line(_with_right_load)),
    ("C223", ERROR, "load in lower case", each_line(_with_right_load)),
    ("C224", ERROR, "a loader for a load", None),
    ("C225", ERROR, "not a load of the 7940 or 7960", None),
)

_SEVERITIES: dict[str, Severity] = {code: severity for code, severity, _, _ in _ROWS}

RULES: tuple[CodedRule, ...] = tuple(
    CodedRule(code, severity, title, _with_fault(code), repair) for code, severity, title, repair in _ROWS
)
