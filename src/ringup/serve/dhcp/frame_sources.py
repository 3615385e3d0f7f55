"""Find the host that sent a DHCP message with another host's hardware address; Linux only.

A UDP socket does not show the frame. A raw socket beside it receives the beginnings of the frames whose
Ethernet source differs from the client's hardware address (chaddr) in the message; the kernel's filter drops
all others. So the messages of honest phones cost only the filter. Messages of relays are left out, because
their frames come from a router.

Strategy: the kernel queues a frame here before it queues the datagram at the UDP socket, because it serves
sockets for all protocols first. After each batch of datagrams, `look` reads all frames that have arrived, and
`source_of` finds a datagram's frame by its transaction ID and hardware address. If a frame's datagram does
not reach its socket, because a firewall dropped it, the frame is forgotten after MOST_KEPT newer ones.

Sources: packet(7), the kernel's networking/filter, RFC 2131 §2.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ringup.errors import BindError
from ringup.serve.dhcp.frame_filter import ETHERNET, MAC, RELEVANT_BYTES, UDP, other_hosts_messages
from ringup.serve.log import log
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import open_frame_tap
from ringup.wire.dhcp_request import CHADDR, XID

if TYPE_CHECKING:
    import socket

MOST_AT_ONCE = 4_096
"""Maximum number of frames read per batch of datagrams: 4 ms. A host that sends more keeps the rest waiting,
and some of its messages then count as those of an unknown host.
"""

MOST_KEPT = 8_192
"""Maximum number of frames that wait for their datagrams: 2 MB."""

NO_SOURCES = (
    "DHCP on %s: the kernel shows no Ethernet sources (%s). Messages with invented hardware addresses count "
    "as those of all new devices on the interface"
)


class FrameSources:
    """The frames of one interface whose DHCP message has another host's hardware address."""

    def __init__(self, interface: str) -> None:
        """Open the raw socket; if the kernel refuses it or its filter, the reason is logged."""
        self._opened: socket.socket | None = None
        try:
            self._opened = open_frame_tap(interface, lambda opened: attach(opened, other_hosts_messages()))
        except BindError as error:
            log.warning(NO_SOURCES, interface, error)
        self._kept: dict[bytes, tuple[str, int]] = {}
        """By transaction ID and hardware address: the source of the last frame, and the number of frames."""

    def look(self) -> bool:
        """Read the frames that have arrived; return whether a frame waits for its datagram."""
        for frame in self._frames():
            named = _name(frame[ETHERNET + (frame[ETHERNET] & 0x0F) * 4 + UDP :])
            _, number = self._kept.pop(named, ("", 0))
            self._kept[named] = frame[MAC : 2 * MAC].hex().upper(), number + 1
            if len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
        return bool(self._kept)

    def source_of(self, message: bytes) -> str:
        """Return the MAC of the host that sent a message, and forget its frame; empty: the client, or
        unknown.
        """
        named = _name(message)
        kept = self._kept.pop(named, None)
        if kept is None:
            return ""
        source, number = kept
        if number > 1:
            self._kept[named] = source, number - 1
        return source

    def close(self) -> None:
        """Close the socket."""
        if self._opened:
            self._opened.close()

    def _frames(self) -> Iterator[bytes]:
        if self._opened is None:
            return
        for _ in range(MOST_AT_ONCE):
            try:
                yield self._opened.recv(RELEVANT_BYTES)
            except OSError:  # no frame is waiting, or the interface went down
                return


def _name(message: bytes) -> bytes:
    return message[XID : XID + 4] + message[CHADDR : CHADDR + MAC]
