"""Ask a network's servers as a 7940 or 7960 does, without taking a lease: DISCOVER, then its files by TFTP.

The probe sends DISCOVER as the phone does, but no REQUEST, so the servers' offers lapse. It requests the
files from this machine's own address.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from itertools import count

from ringup.emulator.behaviour import RetryPattern
from ringup.emulator.boot.dhcp import DhcpClient
from ringup.emulator.boot.tftp import Fetch, Outcome, Received
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.frames import Frames
from ringup.emulator.network_host import NetworkHost
from ringup.errors import WireError
from ringup.probe.boot_files import (
    APPLICATION_FILES,
    OLD_LOADERS_FILE,
    BootFile,
    FileResult,
    Use,
    boot_file,
    hunt_names,
    images_of,
    named_load,
)
from ringup.probe.offers import DhcpOffer, offer_of
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT, MessageType, build, parse
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame, parse_udp_frame

BROADCAST, NO_ADDRESS = "255.255.255.255", "0.0.0.0"
MOST_OFFERS = 64
"""Maximum number of offers that are read, because a host may invent any number of servers."""
REPEATS = RetryPattern((0.0, 1.0, 2.0), 4.0, 1, "shorter than the phone's own: silence ends after 4 s")
MOST_SILENT = 2
"""Number of unanswered requests at the beginning after which the probe requests no further file."""
FIRST_PORT = 49_901
"""The first source port of the TFTP requests, in the range that phones use (P-TFTP-4)."""


class Discovery:
    """One DISCOVER exchange, and the offers to it."""

    def __init__(self, mac: str, model: str, now: Callable[[], float] = time.time) -> None:
        """`mac` is the phone's, in upper case without separators; `model` is ``7940`` or ``7960``."""
        self.offers: list[DhcpOffer] = []
        self._mac = mac
        self._client = DhcpClient(mac, model)
        self._now = now
        self._began = 0.0

    async def run(
        self, frames: Frames, seconds: float, on_offer: Callable[[DhcpOffer], None] = lambda _offer: None
    ) -> list[DhcpOffer]:
        """Send DISCOVER as often as a phone does in this time; raises BindError."""
        frames.plug_in(self._mac, lambda data: self._take(data, on_offer))
        try:
            self._began = self._now()
            until = self._began + seconds
            outgoing = self._client.start(self._began)
            while True:
                for each in outgoing:
                    frames.send(self._frame(build(each.message)))
                wake_at = min(self._client.wake_at or until, until)
                await asyncio.sleep(max(0.0, wake_at - self._now()))
                if self._now() >= until:
                    return self.offers
                outgoing = self._client.wake(self._now())
        finally:
            frames.unplug(self._mac)

    def _frame(self, payload: bytes) -> bytes:
        return build_udp_frame(
            UdpFrame(self._mac, BROADCAST_MAC, NO_ADDRESS, BROADCAST, CLIENT_PORT, SERVER_PORT, payload)
        )

    def _take(self, data: bytes, on_offer: Callable[[DhcpOffer], None]) -> None:
        frame = parse_udp_frame(data, check_udp=False)
        if frame is None or frame.source_port != SERVER_PORT or len(self.offers) >= MOST_OFFERS:
            return
        try:
            message = parse(frame.payload)
        except WireError:
            return
        if message.type is not MessageType.OFFER or message.hardware_address.hex().upper() != self._mac:
            return
        offer = offer_of(message, frame.source, frame.source_mac, self._now() - self._began)
        if all((each.server, each.mac) != (offer.server, offer.mac) for each in self.offers):
            self.offers.append(offer)
            on_offer(offer)


async def discover(
    interface: str, mac: str, model: str, seconds: float, on_offer: Callable[[DhcpOffer], None]
) -> list[DhcpOffer]:
    """Return the offers on an interface, in the order of their arrival; raises BindError without root."""
    return await Discovery(mac, model).run(FrameSocket(interface), seconds, on_offer)


async def fetch_boot_files(
    interface: str, server: str, mac: str, model: str, port: int = 69
) -> AsyncIterator[BootFile]:
    """Request every file of a boot from this server, in the order of a boot, and yield each answer."""
    host = NetworkHost(interface, mac, keep_address=True)
    ports = count(FIRST_PORT)

    async def fetched(name: str) -> Outcome:
        return await host.fetch(Fetch(name, server, ports, REPEATS, port))

    try:
        load, answered = "", 0
        for asked, name in enumerate(hunt_names(mac), 1):
            outcome = await fetched(name)
            if isinstance(outcome, Received) and not load:
                load = named_load(name, outcome.data, model)
            found = boot_file(name, Use.HUNT, outcome)
            yield found
            answered += found.result is not FileResult.SILENT
            if asked == MOST_SILENT and not answered:
                return
        if load:
            async for found in _load_files(load, fetched):
                yield found
        for name in (*APPLICATION_FILES, OLD_LOADERS_FILE):
            if name not in hunt_names(mac):
                yield boot_file(name, Use.SETTINGS, await fetched(name))
    finally:
        await host.close()


async def _load_files(load: str, fetched: Callable[[str], Awaitable[Outcome]]) -> AsyncIterator[BootFile]:
    name = f"{load}.loads"
    outcome = await fetched(name)
    yield boot_file(name, Use.LOAD, outcome)
    for image in images_of(name, outcome.data) if isinstance(outcome, Received) else ():
        yield boot_file(image, Use.LOAD, await fetched(image))
