"""The interface that the SIP user agent needs from its host: a clock, a timer, ports and names.

`sockets.py` implements it with real sockets. A simulation implements it with a simulated clock, so that the
same phone runs in both.
"""

from typing import Protocol

from ringup.emulator.ports import TimedHost


class SipHost(TimedHost, Protocol):
    """The host of one phone's SIP user agent."""

    async def resolve(self, name: str) -> str:
        """Look up an IPv4 address; raises OSError if there is none."""
        ...
