"""The contents of a firmware package, and the kinds of its faults."""

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
    """The file's name and the signed name differ in upper and lower case.

    ringup serves such a file; other servers may not find it.
    """
    UNKNOWN_SIGNER = "signer not known"
    """The signature matches no known key, but lengths and checksums are right."""
    UNSIGNED = "not signed"
    """An image from before release 5.0, which has no signature, so nothing proves who made it."""
    TEST_SIGNER = "test signer"
    """Synthetic firmware: real phones reject it, and ringup accepts it only if it is configured to."""
    STRAY = "stray"
    """A file that does not belong to any package in the folder."""
    POINTER = "pointer"
    """OS79XX.TXT is wrong; the package can be used, because ringup serves its own OS79XX.TXT."""
    UNUSUAL = "unusual"
    """Different from the packages that were measured; as far as we know, phones can use it."""


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
"""The severity of each kind; a package with an error is refused, because phones must not get it."""


def severity_of(kind: FindingKind) -> Severity:
    """Return the severity of a kind.

    Synthetic firmware is an error unless this process is set to accept it.
    """
    if kind is FindingKind.TEST_SIGNER:
        return NOTE if accepts_test_signer() else ERROR
    return _SEVERITIES[kind]


def are_harmless(findings: Iterable[Finding]) -> bool:
    """Return whether the package is not refused: none of the findings is an error."""
    return not any(each.severity is ERROR for each in findings)


@dataclass(frozen=True, slots=True)
class Package:
    """One load with the files of which it consists."""

    load: str
    protocol: str
    """``SIP``, ``SCCP`` or ``MGCP``; empty if the package does not name its protocol."""
    version: str
    models: tuple[str, ...]
    files: tuple[tuple[str, int], ...]
    """The name and the size in bytes of each file of the load that exists."""
    findings: tuple[Finding, ...]
    loader: str = ""
    """The loader's name.

    Empty for a release from before the universal application loader, and for a release for the 79x1.
    """
    loader_version: str = ""
    """The value of LA_VERSION in the `.loads` file."""
    authenticity: Authenticity | None = None
    """The authenticity of the application or of the list; if one file is doubtful, the authenticity of that
    file.

    None if no file is signed.
    """

    @property
    def size(self) -> int:
        """Return the sum of the sizes of all files, in bytes."""
        return sum(size for _, size in self.files)

    def reported_findings(self) -> list[Finding]:
        """Return the findings to report.

        If this process accepts synthetic firmware, the finding that the package is synthetic is left out.
        """
        synthetic = FindingKind.TEST_SIGNER
        return [each for each in self.findings if each.code != synthetic or each.severity is ERROR]

    @property
    def is_usable(self) -> bool:
        """Return whether phones may get the package."""
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
        """Return the packages that phones may get."""
        return [package for package in self.packages if package.is_usable]

    def all_findings(self) -> list[Finding]:
        """Return all findings, those of the packages first; a finding about a shared file occurs only
        once.
        """
        of_packages = (each for package in self.packages for each in package.reported_findings())
        return list(dict.fromkeys((*of_packages, *self.findings)))
