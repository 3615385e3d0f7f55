"""The result of a probe, and its JSON form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ringup.finding import ERROR, Finding
from ringup.probe.boot_files import BootFile
from ringup.probe.findings import file_findings, offer_findings, silent_findings
from ringup.probe.offers import DhcpOffer, taken_offer


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """The servers' answers to one phone, real or invented."""

    interface: str
    mac: str
    model: str
    is_known: bool
    """True if the MAC is that of a real phone. False: no server has a file of its own for this phone."""
    asks_dhcp: bool
    """False if the operator named the TFTP server, so that no DISCOVER was sent."""
    offers: tuple[DhcpOffer, ...]
    server: str
    """The TFTP server from which files were requested; empty if no offer named one."""
    files: tuple[BootFile, ...]

    @property
    def taken(self) -> DhcpOffer | None:
        """Return the offer that a phone would accept."""
        return taken_offer(self.offers)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what would stop the phone, the faults of DHCP first."""
        return tuple(self._findings())

    def _findings(self) -> Iterator[Finding]:
        if self.asks_dhcp:
            yield from offer_findings(self.offers)
            yield from silent_findings(self.offers, self.files)
        if self.files:
            yield from file_findings(self.server, self.files, is_known=self.is_known)

    @property
    def is_sound(self) -> bool:
        """Return whether a phone would get its address, its load and its files."""
        return bool(self.files) and all(each.severity is not ERROR for each in self.findings)

    def record(self) -> dict[str, Any]:
        """Return the report as data for JSON."""
        return {
            "sound": self.is_sound,
            "interface": self.interface,
            "mac": self.mac,
            "model": self.model,
            "offers": [_offer_record(each, is_taken=each is self.taken) for each in self.offers],
            "tftp": self.server,
            "files": [each._asdict() for each in self.files],
            "findings": [_finding_record(each) for each in self.findings],
        }


def _offer_record(offer: DhcpOffer, *, is_taken: bool) -> dict[str, Any]:
    fields = {**offer._asdict(), "option_150": list(offer.option_150)}
    return {**fields, "taken": is_taken}


def _finding_record(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "where": str(finding.where),
        "what": finding.what,
        "cure": finding.cure,
    }


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings, errors first."""
    order = {"error": 0, "warning": 1, "note": 2}
    return sorted(findings, key=lambda each: order[each.severity.value])
