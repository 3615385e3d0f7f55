"""Finding: one fault in a file, found by `lint/`, `dial/` or `firmware/`."""

from dataclasses import dataclass, replace
from enum import StrEnum

from ringup.errors import Problem


class Severity(StrEnum):
    """The severity of a finding, the worst first; JSON and SARIF use the value."""

    ERROR = "error"
    """A phone does not work with it, or rejects it."""
    WARNING = "warning"
    """The effect differs from what was intended."""
    NOTE = "note"
    """Information only."""


ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
ORDER = (ERROR, WARNING, NOTE)
"""All severities, the worst first."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A file or folder, and a line in it."""

    file: str = ""
    """The name for messages; empty if the code that reads the file does not know the file's name."""
    line: int = 0
    """The line number, counted from 1; 0 stands for the complete file."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: its code, severity, place, fact and cure."""

    code: str
    """The code for scripts and searches; a code never changes its meaning."""
    severity: Severity
    where: Location
    what: str
    """The fact: what is wrong."""
    cure: str
    """What to do about it; may be empty."""

    def __str__(self) -> str:
        return f"{self.where}: {self.severity} {self.code} {self.what} {self.cure}"

    @property
    def problem(self) -> Problem:
        """Return the finding as a Problem that stops a command."""
        return Problem(str(self.where), self.what, self.cure)

    def in_file(self, file: str) -> "Finding":
        """Return the same finding with the name of its file."""
        return replace(self, where=replace(self.where, file=file))
