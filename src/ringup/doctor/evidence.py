"""Evidence: all that is known about one phone when somebody asks why it does not come up.

What was not looked up is an `Unknown`; what was not listened to proves nothing by its silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ringup.events import Event
from ringup.journey.record import Journey
from ringup.rule import Unknown
from ringup.site.model import Driver

Protocol = Literal["CDP", "DHCP", "TFTP", "SIP", "PBX"]
"""What may be listened to. SIP: the messages themselves; PBX: the PBX's reports about its lines."""

LISTENING_PORT = 5060
"""The port that a phone listens on unless its file says otherwise (P-SIP-1)."""

NOT_ASKED = Unknown("nobody asked")


@dataclass(frozen=True, slots=True)
class Source:
    """Where the events come from."""

    kind: Literal["ours", "log", "capture"]
    """``ours``: the events of `ringup serve`; ``log`` and ``capture``: those of other programs."""
    protocols: frozenset[Protocol]
    """The protocols that were listened to."""

    def heard(self, protocol: Protocol) -> bool:
        """Return whether this protocol was listened to at all."""
        return protocol in self.protocols

    def proves_silence(self, protocol: Protocol) -> bool:
        """Return whether something that is not among the events did not happen.

        A log of another program may begin late, end early, or leave lines out.
        """
        return self.kind == "ours" and protocol in self.protocols


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One line as the site has it."""

    extension: str
    secret_length: int
    """Characters of the secret, which itself is no evidence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the site has for this phone, and what its files say."""

    is_known: bool
    """True if the phone is in the site."""
    lines: tuple[ExpectedLine, ...] = ()
    load: str = ""
    """The load that its files name; empty: none."""
    loads: frozenset[str] = frozenset()
    """The loads in the firmware folder."""
    tftp_server: str = ""
    proxy: str = ""
    """The address of the PBX that its files name."""
    listening_port: int = LISTENING_PORT
    """``voip_control_port``."""
    driver: Driver = "pjsip"


@dataclass(frozen=True, slots=True)
class PbxLine:
    """What the PBX believes of one line."""

    options: Mapping[str, str] = field(default_factory=dict)
    """By ``object.Field``, like ``endpoint.ForceRport``."""
    contact: str = ""
    """The URI that it calls; empty: the line is not registered."""


@dataclass(frozen=True, slots=True)
class PbxState:
    """What the PBX said when it was asked."""

    lines: Mapping[str, PbxLine]
    """By extension; a line that it does not have is not among them."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a rule may look at."""

    mac: str
    now: float
    """Unix seconds; of a log or a capture, the time of its last line."""
    source: Source
    events: tuple[Event, ...] = ()
    """Of this phone, in the order of their times."""
    journey: Journey = field(default_factory=lambda: Journey(""))
    """What these events, and those before them, fold to."""
    model: str = ""
    expected: Expected | Unknown = NOT_ASKED
    pbx: PbxState | Unknown = NOT_ASKED
    pbx_lost: str = ""
    """Why ringup has no connection to the PBX; empty: it has one, or needs none."""
    screen: str = ""
    """The words on the phone's screen."""
