"""Journey: where one phone is on its road from the box to a call, as a frozen value."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a line."""

    extension: str
    to: str
    since: float
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """Where one phone is, and what it did in this boot."""

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
    last: str = ""
    """The last event in words."""
    last_at: float = 0.0
    requests: tuple[Request, ...] = ()
    """Of this boot, oldest first, at most MOST_REQUESTS."""
    registered: tuple[str, ...] = ()
    """Extensions."""
    in_call: tuple[Call, ...] = ()
    mailboxes: tuple[tuple[str, int], ...] = ()
    """Extension and number of new messages."""
    troubles: tuple[Trouble, ...] = ()

    @property
    def messages_waiting(self) -> int:
        """New messages in all its boxes: above 0 the lamp is on."""
        return sum(new for _, new in self.mailboxes)

    @property
    def trouble(self) -> str:
        """What is plainly wrong, the latest first in line; empty when nothing is."""
        return self.troubles[-1].text if self.troubles else ""
