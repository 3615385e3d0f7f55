"""Events that the PBX reports about a phone's lines and calls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LineRegistered:
    """The PBX accepted a registration; it sends calls to `contact`."""

    at: float
    mac: str
    extension: str
    contact: str


@dataclass(frozen=True, slots=True)
class LineUnregistered:
    """The registration was removed or expired."""

    at: float
    mac: str
    extension: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LineAuthenticated:
    """The PBX accepted the line's password; PJSIP reports an unchanged new registration only in this way."""

    at: float
    mac: str
    extension: str
    address: str
    """The source address of the login; calls need a login, too."""


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
    """The PBX refused a registration: wrong password, or unknown account."""

    at: float
    mac: str
    extension: str
    reason: str


@dataclass(frozen=True, slots=True)
class LineChallenged:
    """The PBX challenged a REGISTER, and the phone did not answer the challenge."""

    at: float
    mac: str
    extension: str
    address: str
    """The source address of the REGISTER, as the PBX sees it."""


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A line dials the number `to`."""

    at: float
    mac: str
    extension: str
    to: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The far end answered the call."""

    at: float
    mac: str
    extension: str
    to: str


@dataclass(frozen=True, slots=True)
class CallMissed:
    """A line rang, and the call was not answered there; `caller` is the caller's number."""

    at: float
    mac: str
    extension: str
    caller: str


@dataclass(frozen=True, slots=True)
class LineHungUp:
    """This end of a call hung up; `CallEnded` follows for both ends."""

    at: float
    mac: str
    extension: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call has ended; `cause` is the PBX's text."""

    at: float
    mac: str
    extension: str
    cause: str


@dataclass(frozen=True, slots=True)
class MessagesWaiting:
    """The mailbox changed; the MWI lamp is on if `new` is not 0."""

    at: float
    mac: str
    extension: str
    new: int
    old: int


PbxEvent = (
    LineRegistered
    | LineUnregistered
    | LineAuthenticated
    | LineReachable
    | LineUnreachable
    | RegistrationRefused
    | LineChallenged
    | CallStarted
    | CallAnswered
    | CallMissed
    | LineHungUp
    | CallEnded
    | MessagesWaiting
)
