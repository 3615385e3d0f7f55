"""The phone's RTP port, in SIP and in SCCP: open while a call needs it."""

from collections.abc import Callable

from ringup.emulator.ports import Port, PortHost, Receive
from ringup.errors import BindError


class MediaPort:
    """One phone's RTP port."""

    def __init__(self, host: PortHost, receive: Receive, report: Callable[..., None]) -> None:
        self._host = host
        self._receive = receive
        self._report = report
        self._number: int | None = None
        self.port: Port | None = None
        """The open port; None if the call needs none, or if the port is not available."""

    def follow(self, address: str, number: int | None) -> None:
        """Open the port with this number at the phone's address; None: close the open one.

        Reports ``no-media`` if the port is not available.
        """
        if number == self._number:
            return
        self.close()
        self._number = number
        if number is None:
            return
        try:
            self.port = self._host.open(address, number, is_media=True, receive=self._receive)
        except BindError as error:
            self._report("no-media", port=number, reason=str(error))

    def close(self) -> None:
        """Close the port, if one is open."""
        if self.port:
            self.port.close()
        self.port = self._number = None
