"""SCCP's frames in a TCP stream: length, header version, message, body (P-SCCP-1)."""

from collections.abc import Iterator
from typing import NamedTuple

from ringup.errors import WireError

PORT = 2000
HEADER = 12
MOST = 2000
"""Maximum number of bytes of a frame: a longer one ends the session with chan_skinny (P-SCCP-2)."""


class Frame(NamedTuple):
    """One frame: a message whose body is not parsed yet."""

    message: int
    """The number of the message."""
    body: bytes
    version: int = 0
    """The header's version: 0 for the 7940 and 7960; later phones send their own."""


def build(frame: Frame) -> bytes:
    """Return the bytes of a frame, to be sent in one segment: chan_skinny cannot read a split header."""
    numbers = (len(frame.body) + 4, frame.version, frame.message)
    return b"".join(each.to_bytes(4, "little") for each in numbers) + frame.body


class Stream:
    """Cuts the bytes of one connection into frames."""

    def __init__(self) -> None:
        self._rest = b""

    def take(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that these bytes complete; raises WireError for an impossible length.

        After an error, nothing in the stream can be trusted, so the caller must close the connection.
        """
        self._rest += data
        while len(self._rest) >= HEADER:
            length, version, message = (
                int.from_bytes(self._rest[place : place + 4], "little") for place in (0, 4, 8)
            )
            if not 4 <= length <= MOST - 8:
                raise WireError(f"a frame of {length} bytes after the first eight", 0)
            if len(self._rest) < length + 8:
                return
            body, self._rest = self._rest[HEADER : length + 8], self._rest[length + 8 :]
            yield Frame(message, body, version)
