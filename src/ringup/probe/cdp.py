"""List the devices that send CDP on an interface, and the phones that a voice VLAN would move.

`CdpNeighbours` takes frames, and `listen` reads them from a raw socket. Nothing is sent.
"""

import select
import socket
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ringup.engine.voice_vlan import LISTEN_FIRST, LONGEST_TEXT, is_query
from ringup.errors import WireError
from ringup.journey.describe import plain
from ringup.serve.frames_of_interest import ONLY_CDP, RELEVANT_BYTES
from ringup.serve.socket_filter import attach
from ringup.serve.sockets import ETH_P_802_2, open_frame_tap
from ringup.wire import cdp
from ringup.wire.captured import ETHERNET, CapturedCdp, captured

SECONDS = LISTEN_FIRST
"""Seconds to listen: in this time every device announces itself once (P-CDP-6)."""
MOST_NEIGHBOURS = 2_000
"""Maximum number of listed devices, because a host may invent any number."""


class CdpNeighbour(NamedTuple):
    """The last announcement of one device."""

    mac: str
    device: str
    platform: str
    software: str
    port: str
    voice_vlan: int
    """The voice VLAN in the announcement; `cdp.NO_VLAN`: it has none."""
    is_phone: bool
    would_move: bool
    """True if `ringup serve --voice-vlan` would answer this device, so that the phone changes its VLAN."""


class CdpNeighbours:
    """The devices whose CDP announcements were received."""

    def __init__(self) -> None:
        self._by_mac: dict[str, CdpNeighbour] = {}

    @property
    def phones(self) -> Sequence[CdpNeighbour]:
        """Return the phones, by MAC."""
        return sorted(each for each in self._by_mac.values() if each.is_phone)

    @property
    def others(self) -> Sequence[CdpNeighbour]:
        """Return the devices that are not phones, by MAC: if there is one, ringup gives no phone a voice
        VLAN.
        """
        return sorted(each for each in self._by_mac.values() if not each.is_phone)

    def take(self, frame: bytes) -> CdpNeighbour | None:
        """Read a frame; return the device if it is new, otherwise None."""
        content = captured(ETHERNET, frame)
        if not isinstance(content, CapturedCdp):
            return None
        try:
            announced = cdp.parse(content.data)
        except WireError:
            return None
        is_new = content.mac not in self._by_mac
        if is_new and len(self._by_mac) >= MOST_NEIGHBOURS:
            return None
        self._by_mac[content.mac] = found = _neighbour(content, announced)
        return found if is_new else None


def _neighbour(content: CapturedCdp, announced: cdp.Announcement) -> CdpNeighbour:
    texts = (announced.device, announced.platform, announced.software, announced.port)
    device, platform, software, port = (plain(text, LONGEST_TEXT) for text in texts)
    is_intact = cdp.checksum(content.data) == 0
    would_move = is_intact and is_query(content.mac, announced)
    return CdpNeighbour(
        content.mac,
        device,
        platform,
        software,
        port,
        announced.voice_vlan,
        announced.is_of_a_phone,
        would_move,
    )


def listen(
    interface: str,
    seconds: float = SECONDS,
    on_new: Callable[[CdpNeighbour], None] = lambda _found: None,
    open_tap: Callable[[str], socket.socket] | None = None,
) -> CdpNeighbours:
    """Listen for this many seconds, or until KeyboardInterrupt; raises BindError.

    `on_new` is called with each device when it is heard for the first time.
    """
    found = CdpNeighbours()
    with (open_tap or _open_tap)(interface) as tap:
        ends = time.monotonic() + seconds
        try:
            while (left := ends - time.monotonic()) > 0:
                if select.select([tap], [], [], left)[0] and (new := found.take(tap.recv(RELEVANT_BYTES))):
                    on_new(new)
        except KeyboardInterrupt:  # Ctrl-C ends the listening
            pass
    return found


def _open_tap(interface: str) -> socket.socket:
    return open_frame_tap(interface, lambda opened: attach(opened, ONLY_CDP), protocol=ETH_P_802_2)
