"""The events while a phone fetches its files.

A request that is answered within half a second makes only one event, its outcome. The request then arrived at
the event's `at`; for a FileSent, it arrived `seconds` before `at`. Any other request first makes a
FileRequested, whose `at` is the time of the request.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileRequested:
    """A read request that had no outcome within half a second, or whose transfer failed."""

    at: float
    mac: str
    name: str
    """The name in the phone's spelling, here and in the outcomes; a very long name is cut."""
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """A long transfer continues; `engine/tftp/progress_events.py` limits the number of these events."""

    at: float
    mac: str
    name: str
    address: str
    sent: int
    """Number of bytes that the phone has acknowledged."""
    size: int
    """Size in bytes, above 0."""

    @property
    def percent(self) -> int:
        """Return the acknowledged part of the file in percent, 0 to 100, rounded down."""
        return min(100 * self.sent // max(self.size, 1), 100)


@dataclass(frozen=True, slots=True)
class FileSent:
    """The phone received the complete file: over TFTP, it acknowledged the last block."""

    at: float
    mac: str
    name: str
    address: str
    size: int
    """Size in bytes; -1 if the log of another server does not contain it."""
    seconds: float
    """Seconds from the request to the end of the transfer."""
    resent: int = 0
    """Number of retransmitted DATA packets."""


@dataclass(frozen=True, slots=True)
class FileNotFound:
    """Error 1, "File not found": normal for most names of the hunt."""

    at: float
    mac: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class FileRefused:
    """The file exists, but not for this requester, or the request was wrong."""

    at: float
    mac: str
    name: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class TransferFailed:
    """The transfer of a file ended early: over TFTP, the phone stopped acknowledging or sent an error."""

    at: float
    mac: str
    name: str
    address: str
    sent: int
    """Number of acknowledged bytes."""
    size: int
    """Size in bytes; 0 if the log of another server does not contain it."""
    reason: str

    @property
    def progress(self) -> str:
        """Return the progress as text: the bytes sent of all, or ``broke off`` if the size is unknown."""
        return f"stopped at {self.sent:,} of {self.size:,} bytes" if self.size else "broke off"


@dataclass(frozen=True, slots=True)
class TftpIgnored:
    """A datagram that is not a read request and belongs to no transfer."""

    at: float
    mac: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class DatagramsDropped:
    """The kernel dropped datagrams because the receive queue was full; the phones repeat the requests."""

    at: float
    mac: str
    service: str
    """The service whose receive queue was full: ``TFTP`` or ``DHCP``."""
    dropped: int
    """The number of datagrams since the last such event."""


FileEvent = FileRequested | FileSent | FileNotFound | FileRefused | TransferFailed
"""A request for a file, or its outcome."""
FILE_EVENTS = (FileRequested, FileSent, FileNotFound, FileRefused, TransferFailed)

TftpEvent = (
    FileRequested
    | FileSent
    | FileNotFound
    | FileRefused
    | TransferFailed
    | TransferProgress
    | TftpIgnored
    | DatagramsDropped
)
