"""Everything that can happen to a phone, one dataclass each, and their plain-data form.

Every event has `at` (Unix seconds) and `mac` (twelve upper-case digits; empty while nobody knows whose
packet it was). Engines return them, the store keeps them, the journey is a fold over them.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

# --- DHCP ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddressWanted:
    """A DHCPDISCOVER: the phone looks for anybody who gives addresses."""

    at: float
    mac: str
    vendor_class: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class AddressOffered:
    """Our DHCPOFFER."""

    at: float
    mac: str
    address: str
    tftp_server: str


@dataclass(frozen=True, slots=True)
class AddressLeased:
    """Our DHCPACK; the lease was on disk before it left."""

    at: float
    mac: str
    address: str
    seconds: int
    """Lease time."""
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """Our DHCPNAK."""

    at: float
    mac: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddressDeclined:
    """A DHCPDECLINE: the phone found the address in use by somebody else."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class AddressReleased:
    """A DHCPRELEASE."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class OptionsAsked:
    """A DHCPINFORM: the phone has an address and asks for the rest."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class OtherServerChosen:
    """A broadcast DHCPREQUEST that takes another server's offer."""

    at: float
    mac: str
    server: str


@dataclass(frozen=True, slots=True)
class OtherServerSeen:
    """Another DHCP server answered on the segment."""

    at: float
    mac: str
    server: str
    tftp_server: str
    """What it gives as option 150, 66 or siaddr; empty when it gives none."""


@dataclass(frozen=True, slots=True)
class DhcpIgnored:
    """A DHCP packet that gets no answer, and why."""

    at: float
    mac: str
    reason: str


@dataclass(frozen=True, slots=True)
class PoolEmpty:
    """No address is free for this phone."""

    at: float
    mac: str
    subnet: str


# --- TFTP ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileAsked:
    """A read request, with the name exactly as the phone spelt it."""

    at: float
    mac: str
    name: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class FileSent:
    """The phone acknowledged the last block."""

    at: float
    mac: str
    name: str
    address: str
    size: int
    seconds: float
    resent: int = 0
    """DATA packets sent more than once."""


@dataclass(frozen=True, slots=True)
class FileAbsent:
    """Error 1, "File not found": normal for most names of the hunt."""

    at: float
    mac: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The file exists, but not for this asker, or the request was wrong."""

    at: float
    mac: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransferAbandoned:
    """The phone stopped acknowledging, or sent an error."""

    at: float
    mac: str
    name: str
    address: str
    sent: int
    """Bytes acknowledged."""
    size: int
    reason: str


@dataclass(frozen=True, slots=True)
class TftpIgnored:
    """A datagram that is no read request and belongs to no transfer."""

    at: float
    mac: str
    address: str
    reason: str


# --- SIP, as the PBX tells it ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineRegistered:
    """The PBX accepted a registration; `contact` is where it will send calls."""

    at: float
    mac: str
    extension: str
    contact: str


@dataclass(frozen=True, slots=True)
class LineUnregistered:
    """The registration ended or ran out."""

    at: float
    mac: str
    extension: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineLoggedIn:
    """The PBX accepted the line's password: all PJSIP says of a phone that registers again unchanged."""

    at: float
    mac: str
    extension: str
    address: str
    """Where the login came from; calls are logged in too."""


@dataclass(frozen=True, slots=True)
class LineReachable:
    """The phone answered the PBX's OPTIONS."""

    at: float
    mac: str
    extension: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class LineUnreachable:
    """The phone did not answer the PBX's OPTIONS."""

    at: float
    mac: str
    extension: str


@dataclass(frozen=True, slots=True)
class RegistrationRefused:
    """The PBX turned a registration away: wrong password, unknown account."""

    at: float
    mac: str
    extension: str
    reason: str


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A line dials."""

    at: float
    mac: str
    extension: str
    to: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The far end picked up."""

    at: float
    mac: str
    extension: str
    to: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over; `cause` is the PBX's text."""

    at: float
    mac: str
    extension: str
    cause: str


@dataclass(frozen=True, slots=True)
class MessagesWaiting:
    """The voicemail box changed; the lamp follows `new`."""

    at: float
    mac: str
    extension: str
    new: int
    old: int


# --- the server itself ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """`ringup serve` is ready."""

    at: float
    mac: str
    version: str


@dataclass(frozen=True, slots=True)
class ServerStopped:
    """`ringup serve` stopped cleanly."""

    at: float
    mac: str


@dataclass(frozen=True, slots=True)
class SiteChanged:
    """A new revision is being served."""

    at: float
    mac: str
    revision: int


@dataclass(frozen=True, slots=True)
class PbxConnected:
    """The manager interface accepted our login."""

    at: float
    mac: str
    version: str


@dataclass(frozen=True, slots=True)
class PbxLost:
    """The manager interface is unreachable; phones keep working, we see no registrations."""

    at: float
    mac: str
    reason: str


@dataclass(frozen=True, slots=True)
class PbxReloaded:
    """Our files were written and Asterisk reloaded them."""

    at: float
    mac: str
    files: str
    """Names of the changed files, separated by blanks."""


@dataclass(frozen=True, slots=True)
class ServerFault:
    """Something of ours went wrong while one datagram or request was handled; the server goes on."""

    at: float
    mac: str
    what: str


Event = (
    AddressWanted
    | AddressOffered
    | AddressLeased
    | AddressRefused
    | AddressDeclined
    | AddressReleased
    | OptionsAsked
    | OtherServerChosen
    | OtherServerSeen
    | DhcpIgnored
    | PoolEmpty
    | FileAsked
    | FileSent
    | FileAbsent
    | FileRefused
    | TransferAbandoned
    | TftpIgnored
    | LineRegistered
    | LineUnregistered
    | LineLoggedIn
    | LineReachable
    | LineUnreachable
    | RegistrationRefused
    | CallStarted
    | CallAnswered
    | CallEnded
    | MessagesWaiting
    | ServerStarted
    | ServerStopped
    | SiteChanged
    | PbxConnected
    | PbxLost
    | PbxReloaded
    | ServerFault
)

KINDS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__args__}
"""Every event by its name; the name is what the store and the JSON form keep."""


def to_record(event: Event) -> dict[str, Any]:
    """The plain-data form: ``kind`` and every field."""
    return {"kind": type(event).__name__, **asdict(event)}


def from_record(record: Mapping[str, Any]) -> Event:
    """The event of a plain-data form; fields that this version does not know are dropped.

    Raises KeyError for a kind that this version does not know, and for a missing field without a default.
    """
    kind = KINDS[record["kind"]]
    wanted = (field for field in fields(kind) if field.name in record or field.default is MISSING)
    return kind(**{field.name: record[field.name] for field in wanted})
