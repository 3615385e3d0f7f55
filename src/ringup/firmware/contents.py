"""The contents of a firmware package, and its possible faults."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ringup.finding import ERROR, NOTE, WARNING, Finding, Severity
from ringup.firmware.signature import Authenticity, accepts_test_signer


class FindingKind(StrEnum):
    """The kind of a finding, and its code in JSON."""

    INCOMPLETE = "incomplete"
    TRUNCATED = "truncated"
    RENAMED = "renamed"
    MIXED = "mixed"
    DAMAGED = "damaged"
    CASE = "case"
    """The file's name differs from the signed name in upper and lower case. ringup serves it; other servers
    may not.
    """
    UNKNOWN_SIGNER = "signer not known"
    """The signature matches no known key; lengths and checksums are right."""
    UNSIGNED = "not signed"
    """An image from before 5.0, which has no signature; nothing can prove who made it."""
    TEST_SIGNER = "test signer"
    """Synthetic firmware: no real phone accepts it, and ringup accepts it only when configured to."""
    STRAY = "stray"
    """A file that no package here needs."""
    POINTER = "pointer"
    """OS79XX.TXT is wrong. ringup serves its own OS79XX.TXT, so the package is usable."""
    UNUSUAL = "unusual"
    """Different from the packages that were measured; usable as far as we know."""


_SEVERITIES: Mapping[FindingKind, Severity] = {
    FindingKind.INCOMPLETE: ERROR,
    FindingKind.TRUNCATED: ERROR,
    FindingKind.RENAMED: ERROR,
    FindingKind.MIXED: ERROR,
    FindingKind.DAMAGED: ERROR,
    FindingKind.CASE: WARNING,
    FindingKind.UNKNOWN_SIGNER: NOTE,
    FindingKind.UNSIGNED: NOTE,
    FindingKind.STRAY: NOTE,
    FindingKind.POINTER: WARNING,
    FindingKind.UNUSUAL: NOTE,
}
"""The severity of each kind: an error refuses a package, which must not be given to phones."""


def severity_of(kind: FindingKind) -> Severity:
    """Return the severity of a kind; synthetic firmware is refused unless this process is set to
    accept it.
    """
    if kind is FindingKind.TEST_SIGNER:
        return NOTE if accepts_test_signer() else ERROR
    return _SEVERITIES[kind]


def are_harmless(findings: Iterable[Finding]) -> bool:
    """Return whether none of the findings refuses a package."""
    return not any(each.severity is ERROR for each in findings)


@dataclass(frozen=True, slots=True)
class Package:
    """One load with the files that it consists of."""

    load: str
    protocol: str
    """``SIP``, ``SCCP``, ``MGCP``; empty where the package does not name its protocol."""
    version: str
    models: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    """Name and bytes of each file of the load that is present."""
    findings: tuple[Finding, ...]
    loader: str = ""
    """The loader's name. Empty for a release before the universal application loader, and for a release for
    the 79x1.
    """
    loader_version: str = ""
    """LA_VERSION as the `.loads` file gives it."""
    authenticity: Authenticity | None = None
    """The authenticity of the application or the list; that of the doubtful file, if there is one; None where
    nothing is signed.
    """

    @property
    def size(self) -> int:
        """Return the size of all files together, in bytes."""
        return sum(size for _, size in self.files)

    def reported_findings(self) -> list[Finding]:
        """Return the findings; that a package is synthetic is left out where synthetic firmware
        is accepted.
        """
        synthetic = FindingKind.TEST_SIGNER
        return [each for each in self.findings if each.code != synthetic or each.severity is ERROR]

    @property
    def is_usable(self) -> bool:
        """Return whether a phone can take the package."""
        return are_harmless(self.findings)


@dataclass(frozen=True, slots=True)
class Contents:
    """The packages in a set of files."""

    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    """The findings about files that belong to no package, and about OS79XX.TXT."""
    others: tuple[str, ...]
    """Names of files that are not firmware."""

    def usable(self) -> list[Package]:
        """Return the packages that a phone can take."""
        return [package for package in self.packages if package.is_usable]

    def all_findings(self) -> list[Finding]:
        """Return all findings, those of the packages first; a file that two packages share is
        reported once.
        """
        of_packages = (each for package in self.packages for each in package.reported_findings())
        return list(dict.fromkeys((*of_packages, *self.findings)))
