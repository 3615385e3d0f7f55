"""The interface that the SCCP client needs from its host: the SIP user agent's interface, and TCP
connections.
"""

from collections.abc import Callable
from typing import Protocol

from ringup.emulator.sccp.config import Server
from ringup.emulator.sip.host import SipHost


class Connection(Protocol):
    """An open TCP connection."""

    def send(self, data: bytes) -> None:
        """Send bytes, in one TCP segment if they fit."""
        ...

    def close(self) -> None:
        """Close the connection; its `on_end` is not called."""
        ...


class SccpHost(SipHost, Protocol):
    """The host of one phone's SCCP client."""

    async def connect(
        self, own: str, server: Server, on_data: Callable[[bytes], None], on_end: Callable[[], None]
    ) -> Connection:
        """Connect from the phone's own address; raises OSError.

        `on_end` is called once when the far end closes the connection.
        """
        ...
