"""How many datagrams the kernel threw away because a socket's receive queue was full."""

import socket
import struct
from collections.abc import Sequence

_SO_MEMINFO = 55
"""Linux 4.12; Python has no name for it."""
_MEMINFO = struct.Struct("=9I")
_DROPS = 8
"""SK_MEMINFO_DROPS: which of the nine numbers it is."""
_COUNTER = 2**32


class DropCount:
    """Asks the kernel, at most a few times a second: it is one system call a socket."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self._sockets = sockets
        self._seen = [_drops(opened) for opened in sockets]
        self.total = 0

    def more(self) -> int:
        """How many since the last call; the kernel's counters wrap."""
        now = [_drops(opened) for opened in self._sockets]
        new = sum((count - before) % _COUNTER for count, before in zip(now, self._seen, strict=True))
        self._seen = now
        self.total += new
        return new


def _drops(opened: socket.socket) -> int:
    """0 where the kernel does not tell."""
    try:
        told = opened.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
    except OSError:
        return 0
    return int(_MEMINFO.unpack(told)[_DROPS]) if len(told) == _MEMINFO.size else 0
