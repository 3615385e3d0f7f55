"""Logged: one event as the live log shows it."""

from dataclasses import dataclass
from typing import Self

from ringup.events import Event
from ringup.journey.describe import describe


@dataclass(frozen=True, slots=True)
class Logged:
    """One event with its text."""

    at: float
    """Unix seconds."""
    mac: str
    """The phone; empty for the server and strangers."""
    name: str
    """The phone's name; empty if it is not in the site."""
    kind: str
    """The event's class, like ``FileSent``."""
    text: str

    @classmethod
    def of(cls, event: Event, name: str) -> Self:
        """Return an event for the log; `name` is its phone's."""
        return cls(event.at, event.mac, name, type(event).__name__, describe(event))
