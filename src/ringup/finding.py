"""Finding: one thing that is wrong in a file, whoever found it: `lint/`, `dial/` or `firmware/`."""

from dataclasses import dataclass, replace
from enum import StrEnum

from ringup.errors import Problem


class Severity(StrEnum):
    """How bad a finding is, from the worst; the value is what JSON and SARIF say."""

    ERROR = "error"
    """A phone does not work with it, or does not take it."""
    WARNING = "warning"
    """It does not do what was meant."""
    NOTE = "note"
    """Worth knowing."""


ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
ORDER = (ERROR, WARNING, NOTE)
"""From the worst."""


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A file or folder, and a line in it."""

    file: str = ""
    """As the operator is told; empty: the one that was read, where its reader does not know its name."""
    line: int = 0
    """From 1; 0: the file as a whole."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what it is, how bad, where, and what to do."""

    code: str
    """For scripts and searches: it never changes its meaning."""
    severity: Severity
    where: Location
    what: str
    """The fact."""
    cure: str
    """What to write or to do instead; may be empty."""

    def __str__(self) -> str:
        return f"{self.where}: {self.severity} {self.code} {self.what} {self.cure}"

    @property
    def problem(self) -> Problem:
        """As what keeps a command from being done."""
        return Problem(str(self.where), self.what, self.cure)

    def in_file(self, file: str) -> "Finding":
        """Return the same with the name of its file."""
        return replace(self, where=replace(self.where, file=file))
