"""The host of the SIP user agent on a real network: UDP sockets, the machine's clock and the event loop's
timers.
"""

import asyncio
import socket
import time
from collections.abc import Callable, Iterator

from ringup.emulator.ports import Port, Receive, ReceivedDatagram, Timer
from ringup.emulator.sip import arrival
from ringup.emulator.socket_port import SocketPort
from ringup.errors import BindError

TOS_SIGNALLING = 0x60
"""The IP type of service of SIP packets. [L] LKML20."""
TOS_MEDIA = 0xA0
"""The IP type of service of RTP packets: precedence 5, the default of tos_media (P-PARAM-36)."""
SO_NO_CHECK = 11
"""Linux's socket option "send UDP without a checksum", which Python does not name. The real phone sends SIP
without one ([L] LKML20).
"""
LARGEST_DATAGRAM = 65535
MOST_AT_ONCE = 64
"""Maximum number of datagrams read from one socket before the other sockets are read."""


class NetworkSipHost:
    """A `SipHost` on the running event loop; `on_refused` is called when the network refused an earlier
    datagram.
    """

    def __init__(self, on_refused: Callable[[str], None]) -> None:
        self._on_refused = on_refused
        self._started = time.time() - time.monotonic()
        """Unix time minus monotonic time at the start, so that setting the machine's clock interrupts no
        call.
        """

    def now(self) -> float:
        """Return the Unix time in seconds, which continues steadily when the machine's clock is set."""
        return self._started + time.monotonic()

    def call_later(self, seconds: float, callback: Callable[[], None]) -> Timer:
        """Call the function once, after this many seconds."""
        return asyncio.get_running_loop().call_later(seconds, callback)

    def open(self, address: str, port: int, *, is_media: bool, receive: Receive) -> Port:
        """Open a UDP port; raises BindError."""
        opened = _bound(address, port, TOS_MEDIA if is_media else TOS_SIGNALLING)
        if is_media:
            arrival.note_arrivals(opened)
        else:
            opened.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
        return SocketPort(opened, lambda: receive(self._waiting(opened)))

    async def resolve(self, name: str) -> str:
        """Look up an IPv4 address; raises OSError if there is none."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(name, None, family=socket.AF_INET, type=socket.SOCK_DGRAM)
        return str(found[0][4][0])

    def _waiting(self, opened: socket.socket) -> Iterator[ReceivedDatagram]:
        for _ in range(MOST_AT_ONCE):
            if opened.fileno() < 0:  # An earlier datagram made the phone close the port.
                return
            try:
                datagram, source, waited = arrival.receive(opened, LARGEST_DATAGRAM)
            except (BlockingIOError, InterruptedError):
                return
            # The far end's port is closed (ICMP); this socket is still usable.
            except OSError as error:
                self._on_refused(str(error))
                continue
            yield ReceivedDatagram(datagram, source, waited)


def _bound(address: str, port: int, tos: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.setblocking(False)
    opened.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
    try:
        opened.bind((address, port))
    except OSError as error:
        opened.close()
        place = f"the software phone needs {address}:{port}/udp"
        raise BindError(place, str(error), "Free it or give it another.") from error
    return opened
