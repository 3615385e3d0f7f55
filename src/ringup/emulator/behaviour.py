"""What each firmware does and how long it takes, one row each, with the source (fact sheet §1.3, §1.4, §8).

Logs are tagged [L], conclusions from them [I]; a row that mixes both says which field is which. Seconds of
flashing and booting are the real ones; a `Pace` divides those, and never the waits of a protocol.
"""

import enum
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPattern:
    """How often an unanswered request is repeated, in seconds."""

    sends: tuple[float, ...]
    """When the datagram leaves, counted from the first time on this source port."""
    next_port_after: float
    ports: int
    source: str


FOUR_SECONDS = RetryPattern(
    (0.0, 4.0, 8.0, 12.0, 16.0), 20.0, 3, "[L] JH 3 July: every 4 s, 5 sends a port, 3 ports, 60 s a file"
)
ONE_FIVE_NINE = RetryPattern(
    (0.0, 1.0, 5.0, 9.0),
    13.0,
    3,
    "[L] JH 6 July: +1, +5, +9 s on the same port, new port at +13 s, 3 ports, 39 s",
)


class OnSilence(enum.Enum):
    """What a hunt does about a file for which no answer came at all."""

    NEXT_FILE = "next file"
    START_OVER = "start over"


class AfterSipFile(enum.Enum):
    """Where the loader learns its load when it has found SIP<MAC>.cnf.

    [D] CME-CFG: the first file found decides the protocol. No log shows a loader that found SIP<MAC>.cnf, so
    how it gets from there to the name of the load is a guess, hence the choice.
    """

    ASK_XML_DEFAULT = "ask XMLDefault.cnf.xml"
    """Skip MGC<MAC>.cnf, take the load of XMLDefault; without one, image_version of the file."""
    IMAGE_VERSION = "image_version"
    """Take image_version of the file; without one, the SIP application in flash."""


@dataclass(frozen=True, slots=True)
class LoaderBehaviour:
    """One generation of boot loaders."""

    since: tuple[int, int]
    """The first version of this row."""
    hunts_at_power_on: bool
    """False: it starts the application at once and hunts only when that found another load."""
    first_port: int
    retry: RetryPattern
    on_silence: OnSilence
    pause: float
    """Seconds before a hunt that failed begins again."""
    boot_seconds: float
    """From the reboot to the first request."""
    loader_flash_seconds: float
    application_flash_seconds: float
    after_sip_file: AfterSipFile
    source: str


LOADERS = (
    LoaderBehaviour(
        (0, 0), False, 49845, FOUR_SECONDS, OnSilence.NEXT_FILE, 55.0, 13.0, 11.0, 14.0,
        AfterSipFile.ASK_XML_DEFAULT,
        "[I] loads before 7.x have no universal loader: as the next row, but the application starts first",
    ),
    LoaderBehaviour(
        (7, 0), True, 49845, FOUR_SECONDS, OnSilence.NEXT_FILE, 55.0, 13.0, 11.0, 14.0,
        AfterSipFile.ASK_XML_DEFAULT,
        "[L] JH 3 July: port, retries, pause, next file; [I] from JH D: 24 s between .sbn and next hunt "
        "= 11 s flashing + 13 s booting; 45 s between .sb2 and SIPDefault.cnf = 7 s sending + 14 + 24 s",
    ),
    LoaderBehaviour(
        (8, 12), True, 49845, ONE_FIVE_NINE, OnSilence.START_OVER, 55.0, 13.0, 11.0, 14.0,
        AfterSipFile.ASK_XML_DEFAULT,
        "[L] JH 6 July: retries, start over after 35-75 s; the seconds as above",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ApplicationBehaviour:
    """One generation of applications."""

    protocol: str
    since: tuple[int, int]
    first_port: int
    retry: RetryPattern
    boot_seconds: float
    """From the end of the loader's work to the application's first request."""
    pause: float
    """Seconds before an unanswered or fruitless hunt begins again."""
    unprovisioned_pause: float
    """Seconds between two requests for a missing SIP<MAC>.cnf."""
    source: str


APPLICATIONS = (
    ApplicationBehaviour(
        "SCCP", (0, 0), 49917, FOUR_SECONDS, 24.0, 57.0, 0.0,
        "[L] JH: port 49917, retries, restart in 45-70 s; [I] boots as long as the SIP application",
    ),
    ApplicationBehaviour(
        "SIP", (0, 0), 49834, FOUR_SECONDS, 24.0, 55.0, 31.0,
        "[I] the retries of the loaders of its time, all else as SIP 8.12",
    ),
    ApplicationBehaviour(
        "SIP", (8, 12), 49834, ONE_FIVE_NINE, 24.0, 55.0, 31.0,
        "[L] JH: port 49834, retries, 35-75 s pause, 31 s unprovisioned; LKML20: 24 s",
    ),
)  # fmt: skip

DISCOVER_WAITS = (4.0, 8.0, 16.0, 32.0, 64.0)
"""Seconds before a DHCP message is repeated, the last for ever: RFC 2131 §4.1 without its random second, as
no capture of an unanswered phone was found."""

_VERSION = re.compile(r"P0.3-?(\d{1,2})-?(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Pace:
    """How much faster than the real phone this one flashes and boots."""

    speed: float = 1.0

    def work(self, seconds: float) -> float:
        """Real seconds of flashing or booting, divided."""
        return seconds / self.speed


def version_of(load: str) -> tuple[int, int]:
    """``P0S3-8-12-00`` is (8, 12), ``P00305000200`` is (5, 0); (0, 0) for any other form."""
    match = _VERSION.match(load)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def loader_behaviour(loader: str) -> LoaderBehaviour:
    """The row of a loader by its name."""
    version = version_of(loader)
    return [row for row in LOADERS if row.since <= version][-1]


def application_behaviour(load: str, protocol: str) -> ApplicationBehaviour:
    """The row of an application by its name; protocols that are not emulated behave as SCCP."""
    version = version_of(load)
    rows = [row for row in APPLICATIONS if row.protocol == protocol and row.since <= version]
    return rows[-1] if rows else APPLICATIONS[0]
