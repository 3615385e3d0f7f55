"""What a firmware package is, and what can be wrong with it."""

from dataclasses import dataclass
from enum import Enum

from ringup.errors import Problem


class Fault(Enum):
    """The kind of a finding; the text is what JSON says."""

    INCOMPLETE = "incomplete"
    TRUNCATED = "truncated"
    RENAMED = "renamed"
    MIXED = "mixed"
    DAMAGED = "damaged"
    POINTER = "pointer"
    """OS79XX.TXT is wrong; ringup serves its own, so the package is usable."""
    UNUSUAL = "unusual"
    """Not as in the packages that were measured; usable as far as we know."""

    @property
    def refuses(self) -> bool:
        """Whether phones would trip over it."""
        return self not in (Fault.POINTER, Fault.UNUSUAL)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    fault: Fault
    problem: Problem


@dataclass(frozen=True, slots=True)
class Package:
    """One load with the files it consists of."""

    load: str
    protocol: str
    """``SIP``, ``SCCP``, ``MGCP``; empty where the package does not say."""
    version: str
    models: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    """Name and bytes of each file that is there."""
    findings: tuple[Finding, ...]
    loader: str = ""
    """Empty: a release from before the universal application loader, or a 79x1's."""
    loader_version: str = ""
    """LA_VERSION as the list says it."""

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(size for _, size in self.files)

    @property
    def is_usable(self) -> bool:
        """Whether a phone can take it."""
        return not any(each.fault.refuses for each in self.findings)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a set of files holds."""

    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    """About files that belong to no package, and OS79XX.TXT."""
    others: tuple[str, ...]
    """Names of files that are no firmware."""

    def all_findings(self) -> list[Finding]:
        """Those of the packages first; a file that two packages share is told of once."""
        of_packages = (each for package in self.packages for each in package.findings)
        return list(dict.fromkeys((*of_packages, *self.findings)))
