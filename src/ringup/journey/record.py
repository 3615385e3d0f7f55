"""Journey: the state of one phone between power-on and its calls, as a frozen value."""

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
    """The time of its last request."""
    name: str
    outcome: str = "asked"
    """``asked``, ``sent``, ``absent``, ``refused`` or ``abandoned``."""
    times: int = 1
    """The number of consecutive requests for this file."""


OWN_MAC = "\0"
"""Stands for the phone's own MAC in a name: no name that `plain` let through has this character."""

MOST_REQUESTS = 40
"""Maximum number of requests kept per boot; the longest real boot, a conversion, has 16 names (P-BOOT-15)."""


class SharedRequest(NamedTuple):
    """A Request without its time, so that ten thousand phones share one: made by `shared_request`."""

    name: str
    """The requested name, with OWN_MAC in place of the phone's MAC."""
    file: str
    """The kind of file (`file_kinds.FILE_KINDS`) that it means."""
    outcome: str
    times: int
    open: int
    """The number of requests for this file that have no outcome yet."""


shared_request = lru_cache(maxsize=4096)(SharedRequest)
"""Return the shared request with these values; the cache is bounded because clients can invent names."""


@lru_cache(maxsize=4096)
def shared(requested: tuple[SharedRequest, ...]) -> tuple[SharedRequest, ...]:
    """Return the shared list of these requests: phones that boot alike share one list."""
    return requested


TIME_BYTES = 8
packed_time = Struct(">d").pack
"""Pack a time into bytes that sort in the order of the times."""


def _times(packed: bytes) -> tuple[float, ...]:
    return unpack(f">{len(packed) // TIME_BYTES}d", packed)


def without_mac(name: str, mac: str) -> str:
    """Return a requested name in the form that a journey keeps: with OWN_MAC in place of the MAC."""
    return plain(name).replace(mac, OWN_MAC)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a line."""

    extension: str
    to: str
    since: float
    answered: bool = False


class Mailbox(NamedTuple):
    """One line's mailbox."""

    extension: str
    new: int
    """Messages not heard yet."""


class Journey(NamedTuple):
    """The state of one phone: its stage, and its requests and calls in this boot.

    A tuple, because every event makes a new one: a changed copy of a tuple costs a quarter of a dataclass's.
    """

    mac: str
    address: str = ""
    """Its last address; empty if it has none from this server."""
    model: str = ""
    """Four digits, from DHCP's vendor class; empty while unknown."""
    stage: str = "new"
    since: float = 0.0
    """The time at which it reached the stage; 0 while it is new."""
    boots: int = 0
    """Number of boots. A loader that gives up and starts its hunt again also counts, because it looks the
    same.
    """
    firmware_asked: str = ""
    """The load whose `.loads` file the phone last requested, e.g. ``P0S3-8-12-00``."""
    last_event: Event | None = None
    requested: tuple[SharedRequest, ...] = ()
    """The requests of this boot, oldest first, at most MOST_REQUESTS."""
    requested_at: bytes = b""
    """The times of the requests, TIME_BYTES each: a third of the memory that floats need."""
    registered: tuple[str, ...] = ()
    """Extensions."""
    in_call: tuple[Call, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    attempts: int = 0
    """Boots since it last had all its files; 0 while it has them."""

    @property
    def last(self) -> str:
        """Return a sentence about the last event; it is composed only when it is read."""
        return describe(self.last_event) if self.last_event else ""

    @property
    def last_at(self) -> float:
        """Return the time of the last event; 0 before the first."""
        return self.last_event.at if self.last_event else 0.0

    @property
    def progress(self) -> int | None:
        """Return the percentage of the running transfer; None if the last event does not report it."""
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
        """Return the number of new messages in all mailboxes of the phone; above 0 the MWI lamp is on."""
        return sum(box.new for box in self.mailboxes)

    @property
    def is_phone(self) -> bool:
        """Return whether it said that it is a phone, or requested a file."""
        return bool(self.requested or self.model)

    @property
    def trouble(self) -> Trouble | None:
        """Return the latest trouble; None if there is none."""
        return self.troubles[-1] if self.troubles else None
