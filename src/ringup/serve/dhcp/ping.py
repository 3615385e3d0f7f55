"""Probe by ping whether a host behind a relay uses an address."""

import os
from collections.abc import Iterator

from ringup.serve.sockets import LARGEST_DATAGRAM, open_ping
from ringup.wire.icmp import build_echo_request, parse_echo_reply


class Pinger:
    """One ICMP socket for all interfaces: the routing table chooses the interface."""

    def __init__(self) -> None:
        """Open the socket; raises BindError."""
        self._raw = open_ping()
        self._identifier = os.getpid() & 0xFFFF
        self._request = build_echo_request(self._identifier)

    def fileno(self) -> int:
        """Return the file descriptor that the event loop watches."""
        return self._raw.fileno()

    def probe(self, address: str) -> None:
        """Send one echo request; raises OSError."""
        self._raw.sendto(self._request, (address, 0))

    def answers(self, most: int) -> Iterator[str]:
        """Return the addresses that replied, from up to `most` packets that have arrived; raises OSError."""
        for _ in range(most):
            try:
                packet = self._raw.recv(LARGEST_DATAGRAM)
            except BlockingIOError:
                return
            address = parse_echo_reply(packet, self._identifier)
            if address:
                yield address

    def close(self) -> None:
        """Close the socket."""
        self._raw.close()
