"""When a datagram arrived, by the kernel's clock: a phone that is slow to read has not been without sound.

Source: socket(7), SO_TIMESTAMPNS; its number is Linux's, Python has no name for it.
"""

import contextlib
import socket
import struct
import time

SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_ROOM = socket.CMSG_SPACE(_TIMESPEC.size)


def note_arrivals(opened: socket.socket) -> None:
    """Have the kernel note the time of each datagram; where it cannot, they arrive when they are read."""
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def receive(opened: socket.socket, largest: int) -> tuple[bytes, tuple[str, int], float]:
    """A datagram, its sender, and how many seconds it has waited; raises OSError as recvfrom does."""
    datagram, notes, _, source = opened.recvmsg(largest, _ROOM)
    for level, kind, data in notes:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return datagram, source, max(time.time() - seconds - nanoseconds / 1e9, 0.0)
    return datagram, source, 0.0
