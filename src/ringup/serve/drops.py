"""The kernel's receive queues: the size granted, and the datagrams dropped because a queue was full."""

import socket
import struct
from collections.abc import Sequence

from ringup.errors import for_root
from ringup.serve.log import log

BYTES_A_REQUEST = 768
"""Bytes that the kernel counts for a small datagram: a queue of 212,992 bytes held 277 datagrams (measured on
Linux).
"""

_SO_MEMINFO = 55
"""The socket option of Linux 4.12 and later that returns the counters; Python has no name for it."""
_MEMINFO = struct.Struct("=9I")
_DROPS = 8
"""The index of SK_MEMINFO_DROPS among the nine numbers of SO_MEMINFO."""
_COUNTER = 2**32

ENOUGH = 4 * 1024 * 1024
"""Bytes of a queue that holds the first requests of 10,000 phones; many systems grant no more without root.
"""


def log_queue(service: str, opened: socket.socket) -> None:
    """Log how many requests may arrive at once before the kernel drops some."""
    granted = opened.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    requests = granted // BYTES_A_REQUEST
    if granted >= 2 * ENOUGH:  # Linux grants twice the requested size, because it counts its own overhead
        log.info("%s: the kernel's queue holds %d requests", service, requests)
        return
    log.warning(
        "%s: the kernel's queue holds only %d requests. If more phones send at once, some requests are "
        "lost, and these phones wait four seconds. Increase it: %s",
        service, requests, for_root(f"sysctl -w net.core.rmem_max={ENOUGH}"),
    )  # fmt: skip


class DropCount:
    """Reads the kernel's drop counters, one system call per socket: call it a few times a second at most."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self._sockets = sockets
        self._seen = [_drops(opened) for opened in sockets]
        self.total = 0

    def more(self) -> int:
        """Return the number of drops since the last call; the kernel's counters may wrap."""
        now = [_drops(opened) for opened in self._sockets]
        new = sum((count - before) % _COUNTER for count, before in zip(now, self._seen, strict=True))
        self._seen = now
        self.total += new
        return new


def _drops(opened: socket.socket) -> int:
    """Return the drop counter of a socket; 0 if the kernel has none."""
    try:
        memory = opened.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
    except OSError:
        return 0
    return int(_MEMINFO.unpack(memory)[_DROPS]) if len(memory) == _MEMINFO.size else 0
