"""Read datagrams with the kernel's arrival times, so that a slow reader does not count them as gaps in the
sound.

Source: socket(7), SO_TIMESTAMPNS; its number is Linux's, because Python has no name for it.
"""

import contextlib
import socket
import struct
import time

SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")
_ROOM = socket.CMSG_SPACE(_TIMESPEC.size)


def note_arrivals(opened: socket.socket) -> None:
    """Make the kernel record the arrival time of each datagram; otherwise the time of reading counts."""
    with contextlib.suppress(OSError):
        opened.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


def receive(opened: socket.socket, largest: int) -> tuple[bytes, tuple[str, int], float]:
    """Return a datagram, its sender, and how many seconds it has waited; raises OSError as recvfrom does."""
    datagram, notes, _, source = opened.recvmsg(largest, _ROOM)
    for level, kind, data in notes:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS) and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return datagram, source, max(time.time() - seconds - nanoseconds / 1e9, 0.0)
    return datagram, source, 0.0
