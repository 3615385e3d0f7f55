"""Journey: the state of one phone, from power-on to its calls, as a frozen value."""

from dataclasses import dataclass
from functools import lru_cache
from struct import Struct, unpack
from typing import NamedTuple

from ringup.events import Event, TransferProgress
from ringup.journey.describe import describe, plain
from ringup.journey.troubles import Trouble


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One file that the phone requested in this boot."""

    at: float
    """The time of the last request for the file."""
    name: str
    outcome: str = "asked"
    """``asked``, ``sent``, ``absent``, ``refused`` or ``abandoned``."""
    times: int = 1
    """The number of consecutive requests for this file."""


OWN_MAC = "\0"
"""Stands for the phone's own MAC in a name; `plain` removes this character from names that were received."""

MOST_REQUESTS = 40
"""Maximum number of requests that are kept per boot; the longest real boot, a conversion, has 16 names
(P-BOOT-15).
"""


class SharedRequest(NamedTuple):
    """A request without its time, made by `shared_request`, so that ten thousand phones can share one
    object.
    """

    name: str
    """The requested name, with OWN_MAC in place of the phone's MAC."""
    file: str
    """The kind of the file (`file_kinds.FILE_KINDS`)."""
    outcome: str
    times: int
    open: int
    """The number of requests for this file that have no outcome yet."""


shared_request = lru_cache(maxsize=4096)(SharedRequest)
"""Return the shared request with these values; the cache is limited, because clients can invent names."""


@lru_cache(maxsize=4096)
def shared(requested: tuple[SharedRequest, ...]) -> tuple[SharedRequest, ...]:
    """Return the shared tuple of these requests: phones that boot in the same way share one tuple."""
    return requested


TIME_BYTES = 8
packed_time = Struct(">d").pack
"""Pack a time into bytes whose order is the order of the times."""


def _times(packed: bytes) -> tuple[float, ...]:
    return unpack(f">{len(packed) // TIME_BYTES}d", packed)


def without_mac(name: str, mac: str) -> str:
    """Return a requested name as a journey stores it, with OWN_MAC in place of the MAC."""
    return plain(name).replace(mac, OWN_MAC)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a line."""

    extension: str
    to: str
    since: float
    answered: bool = False


class Mailbox(NamedTuple):
    """The mailbox of one line."""

    extension: str
    new: int
    """Number of messages that nobody has heard yet."""


class Journey(NamedTuple):
    """The state of one phone: its stage, and its requests and calls since its last boot.

    It is a tuple, because every event makes a new one, and copying a tuple takes a quarter of the time that
    copying a dataclass takes.
    """

    mac: str
    address: str = ""
    """The phone's last address; empty if it has none from this server."""
    model: str = ""
    """The four digits of the model, from DHCP's vendor class; empty if they are unknown."""
    stage: str = "new"
    since: float = 0.0
    """The time at which the phone reached its stage, in Unix seconds; 0 for a new journey."""
    boots: int = 0
    """Number of boots.

    A loader that starts its file search again counts as a boot too, because its requests look the same.
    """
    firmware_asked: str = ""
    """The load whose `.loads` file the phone requested last, like ``P0S3-8-12-00``."""
    last_event: Event | None = None
    requested: tuple[SharedRequest, ...] = ()
    """The requests of this boot, oldest first; at most MOST_REQUESTS."""
    requested_at: bytes = b""
    """The times of the requests, with TIME_BYTES bytes each; floats would need three times as much memory."""
    registered: tuple[str, ...] = ()
    """The extensions that are registered."""
    in_call: tuple[Call, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    attempts: int = 0
    """Number of boots since the phone last had all its files; 0 while it has them."""

    @property
    def last(self) -> str:
        """Return a sentence about the last event, which is made only when it is read."""
        return describe(self.last_event) if self.last_event else ""

    @property
    def last_at(self) -> float:
        """Return the time of the last event; 0 before the first."""
        return self.last_event.at if self.last_event else 0.0

    @property
    def progress(self) -> int | None:
        """Return the percentage of the present transfer; None if the last event is not about the progress of
        one.
        """
        return self.last_event.percent if isinstance(self.last_event, TransferProgress) else None

    @property
    def requests(self) -> tuple[RequestRecord, ...]:
        """Return the requests of this boot, oldest first."""
        return tuple(
            RequestRecord(at, requested.name.replace(OWN_MAC, self.mac), requested.outcome, requested.times)
            for at, requested in zip(_times(self.requested_at), self.requested, strict=True)
        )

    @property
    def messages_waiting(self) -> int:
        """Return the number of new messages in all mailboxes of the phone; if it is above 0, the MWI lamp is
        on.
        """
        return sum(box.new for box in self.mailboxes)

    @property
    def is_phone(self) -> bool:
        """Return whether the device identified itself as a phone, or requested a file."""
        return bool(self.requested or self.model)

    @property
    def trouble(self) -> Trouble | None:
        """Return the latest trouble; None if there is none."""
        return self.troubles[-1] if self.troubles else None
