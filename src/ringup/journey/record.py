"""Journey: where one phone is on its road from the box to a call, as a frozen value."""

from dataclasses import dataclass
from typing import NamedTuple

from ringup.events import Event
from ringup.journey.describe import describe
from ringup.journey.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Request:
    """One file asked for in this boot."""

    at: float
    """When it was asked for last."""
    name: str
    outcome: str = "asked"
    """``asked``, ``sent``, ``absent``, ``refused`` or ``abandoned``."""
    times: int = 1
    """How often it was asked for without another name between."""


Asked = tuple[float, str, str, int]
"""A Request as a journey keeps it: the garbage collector need not look at each of a hundred thousand."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a line."""

    extension: str
    to: str
    since: float
    answered: bool = False


class Journey(NamedTuple):
    """Where one phone is, and what it did in this boot.

    A tuple, because every event makes a new one: a changed copy of a tuple costs a quarter of a dataclass's.
    """

    mac: str
    address: str = ""
    """Where it was heard last; empty when it has none of ours."""
    model: str = ""
    """Four digits, from DHCP's vendor class; empty while unknown."""
    stage: str = "new"
    since: float = 0.0
    """When it reached the stage; 0 while it is new."""
    boots: int = 0
    """Boots seen. A loader that gives up and starts its hunt anew counts too: it looks the same."""
    firmware_asked: str = ""
    """The load it was last sent to fetch, e.g. ``P0S3-8-12-00``."""
    last_event: Event | None = None
    asked: tuple[Asked, ...] = ()
    """The requests of this boot, oldest first, at most MOST_REQUESTS."""
    registered: tuple[str, ...] = ()
    """Extensions."""
    in_call: tuple[Call, ...] = ()
    mailboxes: tuple[tuple[str, int], ...] = ()
    """Extension and number of new messages."""
    troubles: tuple[Trouble, ...] = ()

    @property
    def last(self) -> str:
        """The last event in words; they are made when somebody asks."""
        return describe(self.last_event) if self.last_event else ""

    @property
    def last_at(self) -> float:
        """When that was; 0 before the first."""
        return self.last_event.at if self.last_event else 0.0

    @property
    def requests(self) -> tuple[Request, ...]:
        """What it asked for in this boot, oldest first."""
        return tuple(Request(*asked) for asked in self.asked)

    @property
    def messages_waiting(self) -> int:
        """New messages in all its boxes: above 0 the lamp is on."""
        return sum(new for _, new in self.mailboxes)

    @property
    def trouble(self) -> str:
        """What is plainly wrong, the latest first in line; empty when nothing is."""
        return self.troubles[-1].text if self.troubles else ""
