"""Evidence: everything that is known about one phone when a person asks why it does not come up.

A fact that was not looked up is an `Unknown`. If a protocol was not recorded, its silence proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from ringup.events import Event, LineAuthenticated, LineReachable, LineRegistered
from ringup.journey.record import Journey
from ringup.rule import Found, Unknown
from ringup.site.model import Driver

Protocol = Literal["CDP", "DHCP", "TFTP", "SIP", "PBX"]
"""The protocols that a source of events may record. SIP: the messages themselves; PBX: the PBX's reports
about its lines.
"""

LISTENING_PORT = 5060
"""The port on which a phone listens unless its configuration file names another (P-SIP-1)."""

SERVICE = (LineRegistered, LineReachable, LineAuthenticated)
"""Events that show that a line is in service."""

NOT_ASKED = Unknown("it was not looked up")


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """The origin of the events: ringup's own server, or another program's log or capture."""

    kind: Literal["ours", "log", "capture"]
    """``ours``: the events of `ringup serve`; ``log`` and ``capture``: those of other programs."""
    protocols: frozenset[Protocol]
    """The protocols that the source records."""

    def heard(self, protocol: Protocol) -> bool:
        """Return whether the source records this protocol at all."""
        return protocol in self.protocols

    def proves_silence(self, protocol: Protocol) -> bool:
        """Return whether the absence of an event of this protocol proves that the event did not happen.

        It proves nothing in a log of another program, which may begin late, end early, or leave lines out.
        """
        return self.kind == "ours" and protocol in self.protocols


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One line of the phone, as the site configures it."""

    extension: str
    secret_length: int
    """Number of characters of the line's secret; the secret itself is not part of the evidence."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The site's settings for this phone, and the contents of its files."""

    is_known: bool
    """True if the phone is in the site."""
    lines: tuple[ExpectedLine, ...] = ()
    load: str = ""
    """The load that the phone's files name; empty if they name none."""
    loads: frozenset[str] = frozenset()
    """The loads in the firmware folder."""
    tftp_server: str = ""
    proxy: str = ""
    """The address of the PBX in the phone's files."""
    listening_port: int = LISTENING_PORT
    """The port on which the phone listens: its ``voip_control_port``."""
    driver: Driver = "pjsip"
    speaks: Literal["sip", "sccp"] = "sip"
    """The protocol that the phone should use, from its record, its group or the site."""


@dataclass(frozen=True, slots=True)
class PbxLine:
    """One line of the phone, as the PBX has loaded it."""

    options: Mapping[str, str] = field(default_factory=dict)
    """The values of the options by names like ``endpoint.ForceRport``: object, dot, field."""
    contact: str = ""
    """The URI at which the PBX calls the line; empty: the line is not registered."""


@dataclass(frozen=True, slots=True)
class SkinnyAnswers:
    """Asterisk's answers about chan_skinny, its module for SCCP phones."""

    is_loaded: bool
    """True if Asterisk has loaded the module."""
    devices: Mapping[str, str] = field(default_factory=dict)
    """For each device (like ``SEP001646C0FFEE``), the address from which it is registered; empty: it is not
    registered.
    """


@dataclass(frozen=True, slots=True)
class PbxAnswers:
    """The PBX's answers to questions about the lines of this phone."""

    lines: Mapping[str, PbxLine]
    """The SIP lines by extension, without the lines that the PBX does not have."""
    skinny: SkinnyAnswers | Unknown = NOT_ASKED


@dataclass(frozen=True)
class Evidence:
    """All facts about one phone that a rule may use.

    The class has no slots, so that values that 50 rules need are computed once and cached.
    """

    mac: str
    now: float
    """The time of the diagnosis in Unix seconds; for a log or a capture, the time of its last line."""
    source: EvidenceSource
    events: tuple[Event, ...] = ()
    """The events of this phone, in the order of their times."""
    journey: Journey = field(default_factory=lambda: Journey(""))
    """The phone's state and boot stage after these events and all earlier ones."""
    model: str = ""
    expected: Expected | Unknown = NOT_ASKED
    pbx: PbxAnswers | Unknown = NOT_ASKED
    pbx_lost: str = ""
    """The reason why ringup has no connection to the PBX; empty: it is connected, or needs no connection."""
    blocked: Mapping[str, Found] | Unknown = NOT_ASKED
    """The firewall rules of this machine that drop the phone's packets, by the code of a check like
    ``firewall-tftp``.
    """
    dhcp_vlan: int | Unknown = NOT_ASKED
    """The VLAN of the phone's last DHCPDISCOVER in a capture; 0: the frame had no tag."""
    dhcp_servers: Mapping[int, str] = field(default_factory=dict)
    """The DHCP server that answered any client, by VLAN, in a capture."""
    neighbour: str | Unknown = NOT_ASKED
    """The MAC in this machine's neighbour (ARP) table for the phone's address; empty if it has none."""
    screen: str = ""
    """The text on the phone's screen."""

    @cached_property
    def since_service(self) -> tuple[Event, ...]:
        """Return the events after the last one that shows a line in service."""
        last = max((n for n, event in enumerate(self.events) if isinstance(event, SERVICE)), default=-1)
        return self.events[last + 1 :]
