"""The behaviour and timing of each firmware generation, one table row each, with the source (P-BOOT, P-TFTP,
P-SYNC).

A row whose source mixes tags ([L] log, [I] inferred) names the fields of each. Times of flashing and booting
are the real phone's, in seconds. A `Pace` divides these seconds, but never the waits of a protocol. Values
that differ from boot to boot in the logs are a `Spread` or a `PortRanges`, drawn with the phone's random
generator.
"""

import enum
import re
from dataclasses import dataclass

from ringup.emulator.spread import PortRanges, Spread
from ringup.wire.cdp import UNTAGGED


@dataclass(frozen=True, slots=True)
class RetryPattern:
    """The times at which the phone repeats an unanswered read request, in seconds."""

    sends: tuple[float, ...]
    """The times of the transmissions, in seconds after the first one from this source port."""
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
    """The next step of the loader's file search (hunt) after a file for which no answer came."""

    NEXT_FILE = "next file"
    START_OVER = "start over"


class AfterSipFile(enum.Enum):
    """Where the loader finds the name of its load after it has found SIP<MAC>.cnf.

    [D] CME-CFG: the first file found decides the protocol. No known log shows a loader that found
    SIP<MAC>.cnf. The behaviour is therefore a guess, and can be chosen.
    """

    ASK_XML_DEFAULT = "ask XMLDefault.cnf.xml"
    """Skip MGC<MAC>.cnf and take the load that XMLDefault.cnf.xml names; if that file is absent, take
    image_version of SIP<MAC>.cnf.
    """
    IMAGE_VERSION = "image_version"
    """Take image_version of SIP<MAC>.cnf; if it has none, keep the SIP application in flash."""


FIRST_PORTS = PortRanges(
    ((49800, 49920), (50000, 52500)),
    "[L] JH: boots of ten phones began at 49,804 to 49,917 or at 50,082 to 52,681, most at another port than "
    "the boot before; [I] that both ranges are equally likely",
)
"""The first source port of a boot; each file, and each new try, uses the next port."""

BELOW_THE_LOADER = Spread((8.0, 8.0, 8.0, 8.0, 9.0, 9.0, 9.0, 11.0))
"""The loader's last first port minus the first port of the SIP application in the same boot. [L] JH, eight
phones.
"""

LOADER_BOOT = Spread((13.0, 15.0, 21.0))
"""Seconds from the SCCP application's request for XMLDefault.cnf.xml to the loader's first request. [L] JH,
three phones.
"""
LIST_TO_IMAGE = Spread((1.0,) * 12 + (2.0,) * 9 + (3.0,) * 4 + (4.0,))
"""Seconds from the request for the .loads list to the request for an image that it names. [L] JH, 26 times.
"""
LOADER_CHANGE = Spread((25.0, 26.0, 29.0, 31.0, 32.0, 34.0, 34.0, 37.0))
"""Seconds from the request for the loader (.sbn) to the first request of the next hunt. [L] JH, eight phones.
"""
APPLICATION_CHANGE = Spread((45.0, 46.0, 51.0, 53.0, 56.0, 57.0, 63.0, 69.0))
"""Seconds from the request for the application (.sb2) to the request for SIPDefault.cnf. [L] JH, eight
phones.
"""
LEAST_WRITING = 0.5
"""Minimum share of the drawn time that flashing takes, however long the download took. [I] The drawn time
covers download and flashing together.
"""


@dataclass(frozen=True, slots=True)
class FailedWrite:
    """The state of a phone after an image could not be written to flash."""

    keeps_the_old_image: bool
    """True if the phone still has its old image. False: a phone whose application was not written has none
    until the next hunt.
    """
    source: str


FAILED_WRITE = FailedWrite(
    True,
    "[L] JH 6 July: a phone took the .sbn, hunted again 30 s later and took the same .sbn again; [I] that "
    "its write had failed, and that the old image stays: a guess",
)


@dataclass(frozen=True, slots=True)
class LoaderBehaviour:
    """One generation of boot loaders: when it hunts, and how long its steps take."""

    since: tuple[int, int]
    """The first loader version that this row describes."""
    hunts_at_power_on: bool
    """True if the loader hunts at every start. False: it starts the application at once, and hunts only after
    the application has found that the files name another load.
    """
    retry: RetryPattern
    on_silence: OnSilence
    pause: float
    """Seconds between a failed hunt and the next."""
    boot: Spread
    """Seconds from the reboot to the first request."""
    list_to_image: Spread
    """Seconds from the request for a load's list to the request for an image."""
    loader_change: Spread
    """Seconds from the request for a loader to the first request of the next hunt, including the reboot."""
    application_change: Spread
    """Seconds from the request for an application to the application's first request, including its boot."""
    after_sip_file: AfterSipFile
    source: str


LOADERS = (
    LoaderBehaviour(
        (0, 0), False, FOUR_SECONDS, OnSilence.NEXT_FILE, 55.0,
        LOADER_BOOT, LIST_TO_IMAGE, LOADER_CHANGE, APPLICATION_CHANGE, AfterSipFile.ASK_XML_DEFAULT,
        "[I] loads before 7.x have no universal loader: as the next row, but the application starts first",
    ),
    LoaderBehaviour(
        (7, 0), True, FOUR_SECONDS, OnSilence.NEXT_FILE, 55.0,
        LOADER_BOOT, LIST_TO_IMAGE, LOADER_CHANGE, APPLICATION_CHANGE, AfterSipFile.ASK_XML_DEFAULT,
        "[L] JH 3 July: retries, pause, next file; [I] the seconds are those of the row below",
    ),
    LoaderBehaviour(
        (8, 12), True, ONE_FIVE_NINE, OnSilence.START_OVER, 55.0,
        LOADER_BOOT, LIST_TO_IMAGE, LOADER_CHANGE, APPLICATION_CHANGE, AfterSipFile.ASK_XML_DEFAULT,
        "[L] JH 6 July: retries, start over after 35-75 s, the seconds as noted beside each",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ApplicationBehaviour:
    """One generation of applications, SIP or SCCP: its retries, pauses and source ports."""

    protocol: str
    since: tuple[int, int]
    below_the_loader: Spread | None
    """The loader's first source port minus the application's, in the same boot; None: the two ports are
    independent.
    """
    retry: RetryPattern
    boot_seconds: float
    """Seconds from the end of the loader's work to the application's first request."""
    pause: float
    """Seconds between an unanswered or unsuccessful hunt and the next."""
    unprovisioned_pause: float
    """Seconds between two requests for a missing SIP<MAC>.cnf."""
    ring_list_after: Spread
    """Seconds from the phone's own file to the ring list and the dial template, which are
    requested together.
    """
    source: str


APPLICATIONS = (
    ApplicationBehaviour(
        "SCCP", (0, 0), None, FOUR_SECONDS, 24.0, 57.0, 0.0, Spread((0.0,)),
        "[L] JH: retries, restart in 45-70 s; [I] boots as long as the SIP application",
    ),
    ApplicationBehaviour(
        "SIP", (0, 0), BELOW_THE_LOADER, FOUR_SECONDS, 24.0, 55.0, 31.0, Spread((1.0, 2.0)),
        "[I] the retries of the loaders of its time, all else as SIP 8.12",
    ),
    ApplicationBehaviour(
        "SIP", (8, 12), BELOW_THE_LOADER, ONE_FIVE_NINE, 24.0, 55.0, 31.0, Spread((1.0, 2.0)),
        "[L] JH: retries, 35-75 s pause, 31 s unprovisioned; LKML20: 24 s, 1 to 2 s to the last two files",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DhcpWaits:
    """The time that a DHCP message waits for an answer, in seconds."""

    seconds: tuple[float, ...]
    """The wait after each transmission; the last wait repeats if the number of transmissions is unlimited."""
    source: str


OLD_ADDRESS_WAITS = DhcpWaits(
    (4.0, 8.0, 16.0, 32.0),
    "[T] FUSSY: a 7940 requests the address it had at 0, 4, 12 and 28 s, and sends a DISCOVER at 60 s",
)
DISCOVER_WAITS = DhcpWaits(
    (4.0, 8.0, 16.0, 32.0, 64.0),
    "[I] the waits of OLD_ADDRESS_WAITS, which are those of RFC 2131 §4.1 without its random second; no "
    "capture of an unanswered DISCOVER, or of an unanswered REQUEST after an OFFER, was found",
)


@dataclass(frozen=True, slots=True)
class CdpTimes:
    """The times at which the phone sends CDP and decides about its voice VLAN, in seconds after link-up."""

    sends: tuple[float, ...]
    decides: float
    """Seconds after which the phone stops waiting and uses the VLAN that it knows, whether an answer came or
    not.
    """
    repeat: float
    """Seconds between two announcements after that decision."""
    source: str


CDP_TIMES = CdpTimes(
    (0.43, 1.43),
    10.07,
    60.0,
    "[S] CDPLOG: a Cisco phone's own log (P-CDP-10); [I] the unit of its ticks, that a 7940/60 does the same,"
    " and that an answer does not shorten the wait; [I] the repetition (P-CDP-6)",
)


NAK_PAUSE = 10.0
"""Seconds from a NAK to the next DISCOVER, if the NAK answered a REQUEST for an address that had just been
offered. [R] A guess: no capture shows it. RFC 2131 §3.1 sets this pause after a DECLINE, so that the client
does not flood the server with an endless exchange.
"""


class HashKey(enum.Enum):
    """The reaction of the phone to the key # if no dial rule has # as its next digit.

    [D] SIPCC, dialplan.c: outside CallManager mode, # dials at once, except where a rule matches the digits
    before it. No source shows whether 8.12 also waits there, so this is a guess and can be chosen (P-DIAL-8).
    """

    DIALS = "dials"
    """Dial at once, even if a rule matches the digits."""
    WAITS = "waits"
    """If a rule matches, wait for its time-out: the rule's own if it is complete, else 10 s."""


class UrgentCounts(enum.Enum):
    """The reaction of the phone to a NOTIFY with counts of urgent messages: the ``(0/0)`` in ``Voice-Message:
    2/1 (0/0)``.

    [S] chan_sip has the option `buggymwi` for Cisco firmware that rejects these counts; [D] SIPCC reads all
    four counts. No source shows what 8.12 does, so this is a guess and can be chosen (P-AST-14, P-AST-15).
    """

    READS = "reads"
    """Read the urgent counts, and set the lamp."""
    REFUSES = "refuses"
    """Answer the NOTIFY with an error, and leave the lamp as it is."""


class StimulusLength(enum.Enum):
    """The length in bytes of StimulusMessage, which an SCCP phone sends when its Messages button is pressed.

    No capture of a 7960 was found, so this is a guess and can be chosen (P-SCCP-39).
    """

    SIXTEEN = "16"
    """Event, instance, call and status: the fields in Wireshark's dissector."""
    EIGHT = "8"
    """Event and instance only: the fields that chan_skinny reads."""


@dataclass(frozen=True, slots=True)
class Variant:
    """Settings that make one phone behave differently from other phones with the same load."""

    seed: int | None = None
    """Seed of the random times and ports; None: they are different in every boot."""
    failed_writes: int = 0
    """Number of images, from the first on, that the phone fails to write to flash."""
    hash_key: HashKey = HashKey.DIALS
    nak_pause: float = NAK_PAUSE
    stimulus: StimulusLength = StimulusLength.SIXTEEN
    admin_vlan: int = UNTAGGED
    """The Admin. VLAN Id that was set in the phone's menu (P-CDP-11); `UNTAGGED`: none."""
    urgent_counts: UrgentCounts = UrgentCounts.READS


_VERSION = re.compile(r"P0.3-?(\d{1,2})-?(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Pace:
    """The factor by which this phone flashes and boots faster than the real one."""

    speed: float = 1.0

    def work(self, seconds: float) -> float:
        """Divide the real seconds of flashing or booting."""
        return seconds / self.speed


def version_of(load: str) -> tuple[int, int]:
    """Return the version in a load's or loader's name: ``P0S3-8-12-00`` gives (8, 12), ``P00305000200`` (5,
    0), any other spelling (0, 0).
    """
    match = _VERSION.match(load)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def loader_behaviour(loader: str) -> LoaderBehaviour:
    """Return the behaviour of a loader, given its name."""
    version = version_of(loader)
    return [row for row in LOADERS if row.since <= version][-1]


def application_behaviour(load: str, protocol: str) -> ApplicationBehaviour:
    """Return the behaviour of an application, given its name; protocols that are not emulated behave as
    SCCP.
    """
    version = version_of(load)
    rows = [row for row in APPLICATIONS if row.protocol == protocol and row.since <= version]
    return rows[-1] if rows else APPLICATIONS[0]
