"""A lint rule, and the places where it finds a fault."""

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
    """Milder than the rule's own; None: the rule's."""


Repair = Callable[[str, bytes], tuple[str, bytes]]
"""Turns a file's name and bytes into repaired ones; leaves everything unchanged that it cannot
repair safely.
"""


@dataclass(frozen=True, slots=True)
class CodedRule:
    """One form of times in the table STAMP_FORMS."""

    code: str
    """For scripts and searches: it never changes its meaning."""
    severity: Severity
    """The worst severity of its findings."""
    title: str
    find: Callable[[Bundle], Iterable[Occurrence]]
    repair: Repair | None = None
    """The repair that --fix makes for this rule."""


Subject = TypeVar("Subject")


def for_each(
    subjects: Callable[[Bundle], Iterable[Subject]], find: Callable[[Subject], Iterable[Occurrence]]
) -> Callable[[Bundle], Iterable[Occurrence]]:
    """Turn a rule about one item into a rule about all such items of the bundle."""
    return lambda bundle: (seen for subject in subjects(bundle) for seen in find(subject))


def seen(file: SourceFile, line: int, what: str, cure: str, severity: Severity | None = None) -> Occurrence:
    """Return an occurrence at one place in a file."""
    return Occurrence(Location(file.path, line), what, cure, severity)
