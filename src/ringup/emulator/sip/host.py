"""The interface that the SIP half needs from its host: a clock, a timer, ports and names.

`sockets.py` provides the real ones. A simulation provides others, so that the same phone runs on a simulated
clock.
"""

from typing import Protocol

from ringup.emulator.ports import TimedHost


class SipHost(TimedHost, Protocol):
    """The host of one phone's SIP half."""

    async def resolve(self, name: str) -> str:
        """Look up an IPv4 address; raises OSError if there is none."""
        ...
