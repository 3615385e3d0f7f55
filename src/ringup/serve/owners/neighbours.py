"""Read the kernel's neighbour table, which shows the MACs of hosts on the server's own segment."""

import select
import socket
import threading
import time
from collections.abc import Callable

from ringup.wire.neighbours import build_question, parse_answer

ANSWER_SECONDS = 0.2
"""Maximum seconds to wait for the kernel's answer. It comes at once; if it does not, a serving thread must
not hang.
"""

RESOLVE_SECONDS = 0.03
"""Seconds to wait for an unknown neighbour. A host that sent a request has sent ARP before, so the kernel
normally knows it; with many neighbours, the kernel may have dropped its entry.
"""

BETWEEN_RESOLUTIONS = 1.0
"""Minimum seconds between two such waits, so that a host which invents source addresses takes at most 3 % of
a serving thread's time.
"""

_DISCARD_PORT = 9
"""The discard port (RFC 863); a datagram to this port makes the kernel resolve the host by ARP."""

_ROOM = 4096


class NeighbourTable:
    """Reads the entry of one address at a time; any thread may use this object."""

    def __init__(self, interface: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._interface = interface
        self._clock = clock
        self._lock = threading.Lock()
        self._number = 0
        self._resolved_at = -BETWEEN_RESOLUTIONS

    def mac_of(self, address: str) -> str:
        """Return the MAC that the kernel has for this address on the interface; empty: none."""
        with self._lock:
            try:
                index = socket.if_nametoindex(self._interface)
                with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, 0) as asking:
                    return self._ask(asking, address, index) or self._resolved(asking, address, index)
            except OSError:  # the interface is gone, or there is no such table
                return ""

    def _ask(self, asking: socket.socket, address: str, index: int) -> str:
        self._number = self._number % 0xFFFFFFFF + 1
        asking.send(build_question(address, index, self._number))
        until = time.monotonic() + ANSWER_SECONDS
        answers = select.poll()  # `select` accepts no descriptor above 1,023
        answers.register(asking, select.POLLIN)
        while (left := until - time.monotonic()) > 0 and answers.poll(left * 1000):
            answer = parse_answer(asking.recv(_ROOM), self._number)
            if answer is not None:
                return answer
        return ""

    def _resolved(self, asking: socket.socket, address: str, index: int) -> str:
        """Have the kernel resolve an unknown neighbour, not too often, and read the entry again."""
        now = self._clock()
        if now - self._resolved_at < BETWEEN_RESOLUTIONS or not self._is_beside_us(address):
            return ""
        self._resolved_at = now
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knocking:
            knocking.sendto(b"", (address, _DISCARD_PORT))
        time.sleep(RESOLVE_SECONDS)
        return self._ask(asking, address, index)

    def _is_beside_us(self, address: str) -> bool:
        return is_beside(address, self._interface)


def is_beside(address: str, interface: str) -> bool:
    """Return whether an address is in a network of this interface, so that no router is between."""
    import psutil

    from ringup.wire.ipv4 import number_of

    for entry in psutil.net_if_addrs().get(interface, ()):
        if entry.family == socket.AF_INET and entry.netmask:
            mask = number_of(entry.netmask)
            if number_of(entry.address) & mask == number_of(address) & mask:
                return True
    return False
