"""What the SIP half needs of the world: a clock, an alarm, ports and names.

`sockets.py` gives it the real ones. A simulation gives others, so that the same phone runs on a clock of
its own.
"""

from collections.abc import Callable
from typing import Protocol

from ringup.emulator.ports import Port, Receive


class Alarm(Protocol):
    """A call that is due later, as asyncio's TimerHandle is."""

    def cancel(self) -> None:
        """Do not call."""
        ...


class SipHost(Protocol):
    """The world of one phone's SIP half."""

    def now(self) -> float:
        """Unix seconds; a step of the machine's clock does not show in them."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Alarm:
        """Call once, so many seconds from now."""
        ...

    def open(self, address: str, port: int, *, is_media: bool, receive: Receive) -> Port:
        """Open a UDP port; 0 for any that is free. Raises BindError.

        Of a media port, `receive` is given datagrams with the time that each has waited.
        """
        ...

    async def resolve(self, name: str) -> str:
        """Look up an IPv4 address; raises OSError where there is none."""
        ...
