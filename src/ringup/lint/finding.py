"""CodedRule: a lint rule. Occurrence: a place where a rule finds a fault."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ringup.finding import Location, Severity
from ringup.lint.bundle import Bundle, SourceFile


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place where a rule finds a fault."""

    where: Location
    what: str
    cure: str
    severity: Severity | None = None
    """A milder severity than the rule's; None: the rule's severity applies."""


Repair = Callable[[str, bytes], tuple[str, bytes]]
"""Function that returns the repaired name and bytes of a file, or the same ones if it cannot repair them
safely.
"""


@dataclass(frozen=True, slots=True)
class CodedRule:
    """One lint rule: its code, its severity, and the functions that find and repair the fault."""

    code: str
    """The rule's code, for scripts and searches; its meaning never changes."""
    severity: Severity
    """The severity of the rule's worst findings."""
    title: str
    find: Callable[[Bundle], Iterable[Occurrence]]
    repair: Repair | None = None
    """The repair that --fix makes for this rule; None: there is none."""


Subject = TypeVar("Subject")


def for_each(
    subjects: Callable[[Bundle], Iterable[Subject]], find: Callable[[Subject], Iterable[Occurrence]]
) -> Callable[[Bundle], Iterable[Occurrence]]:
    """Make a rule about the bundle from a function that checks one item, such as a file or a phone."""
    return lambda bundle: (seen for subject in subjects(bundle) for seen in find(subject))


def seen(file: SourceFile, line: int, what: str, cure: str, severity: Severity | None = None) -> Occurrence:
    """Return an occurrence at one place in a file."""
    return Occurrence(Location(file.path, line), what, cure, severity)
