"""What a rule sees, and what is told about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeVar

from ringup.lint.bundle import Bundle, SourceFile

Severity = Literal["error", "warning", "note"]
"""error: a 7940/60 does not work with it; warning: it does not do what was meant; note: worth knowing."""
ORDER: tuple[Severity, ...] = ("error", "warning", "note")
"""From the worst."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place that a rule objects to."""

    file: str
    line: int
    """From 1; 0: the file as a whole."""
    message: str
    cure: str
    severity: Severity | None = None
    """Milder than the rule's own; None: the rule's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that a rule objects to, with the rule's code and severity."""

    code: str
    severity: Severity
    file: str
    line: int
    """From 1; 0: the file as a whole."""
    message: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.severity} {self.code} {self.message} {self.cure}"


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


def seen(
    file: SourceFile, line: int, message: str, cure: str, severity: Severity | None = None
) -> Occurrence:
    """One place in a file."""
    return Occurrence(file.path, line, message, cure, severity)
