"""The stages of a boot as a table: one row per stage, with the events that prove it, the next stage and its
usual time.

Sequences and times come from real logs: P-BOOT-6 to P-BOOT-11 and P-TFTP-6. Within one boot, a phone moves
down the table. Only a new boot, the end of a call or of a registration, and the transfer of firmware move it
up again.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ringup.events import (
    AddressLeased,
    CallAnswered,
    CallStarted,
    CdpSeen,
    DiscoverReceived,
    Event,
    FileRequested,
    FileSent,
    LineAuthenticated,
    LineReachable,
    LineRegistered,
)


@dataclass(frozen=True, slots=True)
class StageProof:
    """An event that proves that a phone has reached a stage."""

    event: type[Event]
    file: str = ""
    """The kind of file (`file_kinds.FILE_KINDS`) in the event; empty for an event that is not about a
    file.
    """
    also_sent: str = ""
    """A kind of file that must also have been sent in the same boot; empty for none."""
    not_in: tuple[str, ...] = ()
    """Stages of the phone in which the event proves nothing."""

    def holds(self, stage: str, sent: Callable[[], Collection[str]]) -> bool:
        """Return whether the event proves its stage for a phone that is in `stage`.

        `sent` returns the kinds of files that the phone got in this boot.
        """
        return stage not in self.not_in and (not self.also_sent or self.also_sent in sent())


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the boot."""

    key: str
    title: str
    """The text that an operator reads after the phone's name."""
    proofs: tuple[StageProof, ...]
    """The events that prove this stage; any one of them is enough."""
    next: tuple[str, ...] = ()
    """The normal next stages; empty if the phone may stay in this stage."""
    seconds: float = 0.0
    """Seconds until the next stage normally comes; 0 if the phone may stay in this stage."""
    source: str = ""
    """The source of `seconds`: the number of a fact and its log, or "a guess"."""
    from_later: bool = False
    """True if a phone in a later stage of the same boot may return to this one."""


LOADING = ("hunt", "loader", "application")
"""Stages in which the loader runs or writes the flash, so that the phone cannot answer the PBX."""

BOOTING = ("wants_address", "address", *LOADING)
"""Stages in which it is normal that a line is unreachable."""

STAGES: tuple[Stage, ...] = (
    Stage(
        "new", "not seen yet", (),
        ("wants_address",), 15,
        "P-CDP-10 (CDPLOG): about 10 s for the voice VLAN; a guess: 5 s to start the image in the flash",
    ),
    Stage(
        "on_the_wire", "is on the wire",
        (StageProof(CdpSeen),),
        # A phone that was on before the server started may already be registered.
        ("wants_address", "registered"), 60,
        "P-CDP-10: about 10 s to the first DHCPDISCOVER; a guess: 60 s, in which the PBX asks a line once",
    ),
    Stage(
        "wants_address", "asks for an address",
        (StageProof(DiscoverReceived),),
        ("address",), 10, "a guess: two exchanges of packets, with one repeated",
    ),
    Stage(
        "address", "has an address",
        (StageProof(AddressLeased),),
        ("hunt",), 10, "a guess: no log holds DHCP and TFTP of one boot",
    ),
    Stage(
        "hunt", "hunts for its load",
        (
            StageProof(FileRequested, "first"),
            StageProof(FileRequested, "trust_list"),
            StageProof(FileRequested, "sccp_file"),
            StageProof(FileRequested, "mgcp_file"),
            StageProof(FileRequested, "default_xml"),
            StageProof(FileRequested, "load_list"),
        ),
        ("loader", "application", "sip_default", "sccp_start"), 24,
        "P-BOOT-8 (LKML20): load list to SIPDefault.cnf",
    ),
    Stage(
        "loader", "takes the loader",
        (StageProof(FileRequested, "loader"),),
        ("hunt",), 37, "P-BOOT-21 (JH): 25 to 37 s in eight conversions",
        from_later=True,
    ),
    Stage(
        "application", "takes the application",
        (StageProof(FileRequested, "application"),),
        ("sip_default", "sccp_start"), 69, "P-BOOT-21 (JH): 45 to 69 s in eight conversions",
        from_later=True,
    ),
    Stage(
        "sccp_start", "SCCP firmware starts",
        (StageProof(FileRequested, "font"),),
        ("registered",), 5, "P-BOOT-5 (JH): the TCP connection comes next; a guess: 5 s to be registered",
    ),
    Stage(
        "sip_default", "SIP application starts",
        (
            StageProof(FileRequested, "sip_default"),
            # The loader also requests this name when it searches for a file. Without earlier requests by the
            # loader, it is the SIP application.
            StageProof(FileRequested, "own_file", not_in=("hunt",)),
        ),
        ("own_file",), 1, "P-BOOT-7 (JH): 05:17:04 to 05:17:05",
    ),
    Stage(
        "own_file", "has its own file",
        (StageProof(FileSent, "own_file", not_in=("hunt",)),),
        ("dial_plan", "registered"), 2, "P-BOOT-8 (LKML20): one or two seconds",
    ),
    Stage(
        "dial_plan", "has its dial plan",
        (
            StageProof(FileSent, "ring_list", also_sent="dial_plan"),
            StageProof(FileSent, "dial_plan", also_sent="ring_list"),
        ),
        ("registered",), 5, "a guess from P-DHCP-6 (LKML20): REGISTER 2.3 s after the second DHCP exchange",
    ),
    Stage(
        "registered", "registered",
        (
            StageProof(LineRegistered),
            # During a boot, the event can only be a late one about the contact from before the boot.
            StageProof(LineReachable, not_in=LOADING),
            # The PBX also authenticates calls. So during a call the event does not mean that the call has
            # ended.
            StageProof(LineAuthenticated, not_in=("in_call",)),
        ),
    ),
    Stage("in_call", "in a call", (StageProof(CallStarted), StageProof(CallAnswered))),
)  # fmt: skip

IN_SERVICE = ("registered", "in_call")
"""Stages after a complete boot, in which the phone can make calls."""

UP = ("dial_plan", *IN_SERVICE)
"""Stages of a phone that has all its files; it stays on, whether the PBX accepts it or not."""

_ROWS = {stage.key: number for number, stage in enumerate(STAGES)}

_PROOFS_OF = {
    (event, file): [
        (number, proof)
        for number, stage in enumerate(STAGES)
        for proof in stage.proofs
        if (proof.event, proof.file) == (event, file)
    ]
    for event, file in {(proof.event, proof.file) for stage in STAGES for proof in stage.proofs}
}
"""For each event about a file, the stages that it may prove, so that other events need no search."""

HUNT = _ROWS["hunt"]


def place(key: str) -> int:
    """Return the position of a stage in the table, counted from 0."""
    return _ROWS[key]


def stage(key: str) -> Stage:
    """Return the row of the table with this key."""
    return STAGES[_ROWS[key]]


def reached(kind: type[Event], file: str, now_in: str, sent: Callable[[], Collection[str]]) -> str:
    """Return the stage of a phone that was in `now_in`, after an event of this kind about a `file` of this
    kind.

    `sent` returns the kinds of files that the phone got in this boot; it is called only if they matter.
    """
    for row, proof in _PROOFS_OF.get((kind, file), ()):
        if (row > _ROWS[now_in] or STAGES[row].from_later) and proof.holds(now_in, sent):
            return STAGES[row].key
    return now_in


def starts_a_boot(
    kind: type[Event], file: str, now_in: str, requested: Callable[[], Collection[str]]
) -> bool:
    """Return whether an event of this kind, about a `file` of this kind, begins a new boot of a phone in
    `now_in`.

    `requested` returns the kinds of files of this boot. In every boot, a phone first requests CTLSEP<MAC>.tlv
    (before 7.x OS79XX.TXT), and it repeats this request for a minute if there is no answer (P-BOOT-11). The
    SIP application requests an address again (P-DHCP-6). So a DHCPDISCOVER proves a new boot only of a phone
    that was in service.
    """
    if kind is DiscoverReceived:
        return now_in in IN_SERVICE
    if file != "first" or kind is not FileRequested:
        return False
    return _ROWS[now_in] > HUNT or any(kind != "first" for kind in requested())
