"""What a firmware package is, and what can be wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from ringup.finding import ERROR, NOTE, WARNING, Finding, Severity
from ringup.firmware.signature import Authenticity, accepts_test_signer


class FindingKind(StrEnum):
    """The kind of a finding; its code in JSON."""

    INCOMPLETE = "incomplete"
    TRUNCATED = "truncated"
    RENAMED = "renamed"
    MIXED = "mixed"
    DAMAGED = "damaged"
    CASE = "case"
    """Named as it was signed but for upper and lower case, which ringup serves and other servers may not."""
    UNKNOWN_SIGNER = "signer not known"
    """It fits no known key; its lengths and checksums are right."""
    UNSIGNED = "not signed"
    """An image from before 5.0; nothing can prove whose it is."""
    TEST_SIGNER = "test signer"
    """Synthetic: no real phone takes it, and ringup only when told to."""
    STRAY = "stray"
    """A file that no package here needs."""
    POINTER = "pointer"
    """OS79XX.TXT is wrong; ringup serves its own, so the package is usable."""
    UNUSUAL = "unusual"
    """Not as in the packages that were measured; usable as far as we know."""


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
"""An error refuses a package: it must not be given to phones."""


def severity_of(kind: FindingKind) -> Severity:
    """Return how bad it is; synthetic firmware is refused unless this process was told to take it."""
    if kind is FindingKind.TEST_SIGNER:
        return NOTE if accepts_test_signer() else ERROR
    return _SEVERITIES[kind]


def are_harmless(findings: Iterable[Finding]) -> bool:
    """Say whether none of the findings refuses a package."""
    return not any(each.severity is ERROR for each in findings)


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
    authenticity: Authenticity | None = None
    """Of the application or the list; of the file in doubt, if there is one; None where nothing is signed."""

    @property
    def size(self) -> int:
        """All bytes."""
        return sum(size for _, size in self.files)

    def told_findings(self) -> list[Finding]:
        """Return the findings without that it is synthetic, where such firmware is taken."""
        synthetic = FindingKind.TEST_SIGNER
        return [each for each in self.findings if each.code != synthetic or each.severity is ERROR]

    @property
    def is_usable(self) -> bool:
        """Whether a phone can take it."""
        return are_harmless(self.findings)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a set of files holds."""

    packages: tuple[Package, ...]
    findings: tuple[Finding, ...]
    """About files that belong to no package, and OS79XX.TXT."""
    others: tuple[str, ...]
    """Names of files that are no firmware."""

    def usable(self) -> list[Package]:
        """Return the packages that a phone can take."""
        return [package for package in self.packages if package.is_usable]

    def all_findings(self) -> list[Finding]:
        """Those of the packages first; a file that two packages share is told of once."""
        of_packages = (each for package in self.packages for each in package.told_findings())
        return list(dict.fromkeys((*of_packages, *self.findings)))
