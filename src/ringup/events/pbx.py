"""Events that the PBX reports about a phone's lines and calls."""

from dataclasses import dataclass


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
class LineAuthenticated:
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
class LineHungUp:
    """This end of a call hung up; `CallEnded` follows for both ends."""

    at: float
    mac: str
    extension: str


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
