"""A UDP port as a software phone sees it, whoever carries its datagrams."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol


class Arrival(NamedTuple):
    """A datagram that arrived at a port."""

    data: bytes
    source: tuple[str, int]
    waited: float
    """Seconds between its arrival and its being read."""


Receive = Callable[[Iterator[Arrival]], None]
"""Takes the datagrams that wait at a port, the oldest first."""


class Port(Protocol):
    """A UDP port of the phone."""

    number: int
    """The port number that it has."""

    def send(self, data: bytes, destination: tuple[str, int]) -> None:
        """Send one datagram; raises OSError where the network refuses it."""
        ...

    def close(self) -> None:
        """Receive nothing more."""
        ...
