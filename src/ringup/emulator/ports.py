"""The interfaces of a UDP port and a clock that a software phone needs, on any network."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol


class ReceivedDatagram(NamedTuple):
    """A datagram that arrived at a port."""

    data: bytes
    source: tuple[str, int]
    waited: float
    """Seconds between the arrival of the datagram and the moment when it was read."""


Receive = Callable[[Iterator[ReceivedDatagram]], None]
"""Called with the datagrams that wait at a port, the oldest first."""


class Port(Protocol):
    """A UDP port of the phone."""

    number: int
    """The number of the port."""

    def send(self, data: bytes, destination: tuple[str, int]) -> None:
        """Send one datagram; raises OSError where the network refuses it."""
        ...

    def close(self) -> None:
        """Close the port, which then receives nothing more."""
        ...


class PortHost(Protocol):
    """The part of a phone's host that opens ports."""

    def open(self, address: str, port: int, *, is_media: bool, receive: Receive) -> Port:
        """Open a UDP port; 0 for any free one. Raises BindError.

        For a media port, `receive` gets datagrams with the time that each has waited.
        """
        ...


class Timer(Protocol):
    """A scheduled call, like asyncio's TimerHandle."""

    def cancel(self) -> None:
        """Cancel the call."""
        ...


class TimedHost(PortHost, Protocol):
    """The part of a phone's host that opens ports and has a clock."""

    def now(self) -> float:
        """Return the Unix time in seconds, which continues steadily when the machine's clock is set."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call the function once, after this many seconds."""
        ...
