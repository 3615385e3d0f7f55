"""A rule, and what it objects to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from ringup.finding import Location, Severity
from ringup.lint.bundle import Bundle, SourceFile


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place that a rule objects to."""

    where: Location
    what: str
    cure: str
    severity: Severity | None = None
    """Milder than the rule's own; None: the rule's."""


Repair = Callable[[str, bytes], tuple[str, bytes]]
"""A file's name and bytes to better ones; what it cannot repair safely it leaves."""


@dataclass(frozen=True, slots=True)
class LintRule:
    """One row of the table."""

    code: str
    """For scripts and searches: it never changes its meaning."""
    severity: Severity
    """The worst that it tells."""
    title: str
    find: Callable[[Bundle], Iterable[Occurrence]]
    repair: Repair | None = None
    """What --fix does about it."""


Subject = TypeVar("Subject")


def for_each(
    subjects: Callable[[Bundle], Iterable[Subject]], find: Callable[[Subject], Iterable[Occurrence]]
) -> Callable[[Bundle], Iterable[Occurrence]]:
    """A rule about one thing of many, as a rule about the bundle."""
    return lambda bundle: (seen for subject in subjects(bundle) for seen in find(subject))


def seen(file: SourceFile, line: int, what: str, cure: str, severity: Severity | None = None) -> Occurrence:
    """One place in a file."""
    return Occurrence(Location(file.path, line), what, cure, severity)
