"""A UDP port and a clock as a software phone uses them, on any network."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol


class ReceivedDatagram(NamedTuple):
    """A datagram that arrived at a port."""

    data: bytes
    source: tuple[str, int]
    waited: float
    """Seconds between the datagram's arrival and its being read."""


Receive = Callable[[Iterator[ReceivedDatagram]], None]
"""Takes the datagrams that wait at a port, the oldest first."""


class Port(Protocol):
    """A UDP port of the phone."""

    number: int
    """The number of the port."""

    def send(self, data: bytes, destination: tuple[str, int]) -> None:
        """Send one datagram; raises OSError where the network refuses it."""
        ...

    def close(self) -> None:
        """Receive nothing more."""
        ...


class PortHost(Protocol):
    """The part of a phone's host that opens ports."""

    def open(self, address: str, port: int, *, is_media: bool, receive: Receive) -> Port:
        """Open a UDP port; 0 for any free one. Raises BindError.

        For a media port, `receive` gets datagrams with the time that each has waited.
        """
        ...


class Timer(Protocol):
    """A call that is due later, like asyncio's TimerHandle."""

    def cancel(self) -> None:
        """Cancel the call."""
        ...


class TimedHost(PortHost, Protocol):
    """The part of a phone's host that opens ports and has a clock."""

    def now(self) -> float:
        """Return Unix seconds; a change of the machine's clock has no effect on them."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call once, after this many seconds."""
        ...
