"""Decide from the requests of a phone's boot and from its registration whether the phone runs its new load.

A User-Agent proves nothing, because SIP 8.12 calls itself 8.0 (P-SIP-3). In every boot, firmware with the
universal loader requests the load's file list (P-BOOT-8). The phone runs the load if it then requests no
image of the load, gets its own file, and registers. A phone that loaded an image in the same boot has not
shown yet that it can start from flash, so it must boot once more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from ringup.journey.file_kinds import FIRMWARE
from ringup.journey.record import Journey, RequestRecord
from ringup.journey.requests import load_in
from ringup.journey.stages import IN_SERVICE, stage
from ringup.phone.firmware import FIRST_LOADER_RELEASE, protocol_of, release_of


class BootResult(Enum):
    """The progress that a phone's requests since its offer show."""

    NO_BOOT = auto()
    BOOTING = auto()
    TOOK = auto()
    """The phone requested an image and registered in the same boot, which does not prove that it runs the
    load; the next boot can prove it.
    """
    RUNS = auto()
    DENIED = auto()
    """It requested a file of the load and did not get the file."""
    OTHER = auto()
    """It booted and registered, and did not request the load."""


@dataclass(frozen=True, slots=True)
class BootReport:
    """The progress of a phone, and, if the phone cannot succeed, a text that says why."""

    result: BootResult
    fact: str = ""


@dataclass(frozen=True, slots=True)
class ProofRow:
    """The request that a generation of firmware sends in each boot to compare its load with the one it should
    have.
    """

    file: str
    """The kind of the requested file (`file_kinds.FILE_KINDS`)."""
    names_the_load: bool
    """True if the file's name contains the load's name."""
    source: str
    is_guess: bool = False


BY_LIST = ProofRow("load_list", True, "P-BOOT-8 (LKML20): the list, then no image, in two boots of 8.12")
BY_OWN_FILE = ProofRow(
    "own_file",
    False,
    "P-LOAD-19: image_version is compared with the running image; a guess: without a request for an image "
    "before it registers, the phone runs the load that its own file names",
    is_guess=True,
)

BOOT_KINDS = ("first", "trust_list", "sccp_file", "mgcp_file", "default_xml", "load_list")
"""Kinds of files that are requested only during a boot.

A running phone also requests other kinds: `syncinfo.xml` and its dial plan.
"""
IMAGE_KINDS = ("loader", "application")
FAILED = ("absent", "refused")
"""Outcomes of a request after which the phone does not have the file."""


def row_of(load: str) -> ProofRow:
    """Return the row for the generation of firmware that this load belongs to."""
    release = release_of(load)
    return BY_LIST if release is None or release[0] >= FIRST_LOADER_RELEASE else BY_OWN_FILE


_Request = tuple[str, RequestRecord]
"""The kind of the requested file, and the request."""


def boot_report(journey: Journey, load: str, since: float) -> BootReport:
    """Return what the phone's last boot shows about `load`; a boot that began before `since` shows
    nothing.
    """
    requests = [each for each in _with_kinds(journey) if each[1].at > since]
    if not any(kind in BOOT_KINDS for kind, _ in requests):
        return BootReport(BootResult.NO_BOOT)
    for kind, request in requests:
        if kind in FIRMWARE and request.outcome in FAILED:
            what = "refused" if request.outcome == "refused" else "not there"
            return BootReport(BootResult.DENIED, f"it requested {request.name}, which is {what}")
    if journey.stage not in IN_SERVICE or journey.since <= since:
        return BootReport(BootResult.BOOTING)
    return _in_service(journey, load, requests)


def _in_service(journey: Journey, load: str, requests: Sequence[_Request]) -> BootReport:
    row = row_of(load)
    asked = max((each.at for kind, each in requests if _proves(row, kind, each, load)), default=0.0)
    images = [each.name for kind, each in requests if kind in IMAGE_KINDS]
    if not asked:
        requested = images[-1] if images else journey.firmware_asked or "no load"
        return BootReport(BootResult.OTHER, f"it registered, but requested {requested} instead of {load}")
    if images:
        return BootReport(BootResult.TOOK)
    own = [each for kind, each in requests if kind == "own_file" and each.outcome == "sent"]
    has_own = protocol_of(load) != "SIP" or any(each.at >= asked for each in own)
    return BootReport(BootResult.RUNS if has_own else BootResult.BOOTING)


def _proves(row: ProofRow, kind: str, request: RequestRecord, load: str) -> bool:
    is_named = not row.names_the_load or load_in(request.name).upper() == load.upper()
    return kind == row.file and request.outcome == "sent" and is_named


def _with_kinds(journey: Journey) -> Iterator[_Request]:
    """Yield the requests of the boot, each with the kind of its file."""
    return zip((each.file for each in journey.requested), journey.requests, strict=True)


def place_of(journey: Journey) -> str:
    """Return the phone's boot stage and trouble as words, for the reason of a failure."""
    trouble = f"; {journey.trouble.text}" if journey.trouble else ""
    return f"{stage(journey.stage).title}{trouble}"
