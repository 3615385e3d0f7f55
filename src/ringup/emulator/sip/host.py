"""The interface that the SIP half needs from its host: a clock, an alarm, ports and names.

`sockets.py` provides the real ones. A simulation provides others, so that the same phone runs on a simulated
clock.
"""

from collections.abc import Callable
from typing import Protocol

from ringup.emulator.ports import PortHost


class Timer(Protocol):
    """A call that is due later, like asyncio's TimerHandle."""

    def cancel(self) -> None:
        """Cancel the call."""
        ...


class SipHost(PortHost, Protocol):
    """The host of one phone's SIP half."""

    def now(self) -> float:
        """Return Unix seconds; a change of the machine's clock has no effect on them."""
        ...

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call once, after this many seconds."""
        ...

    async def resolve(self, name: str) -> str:
        """Look up an IPv4 address; raises OSError if there is none."""
        ...
