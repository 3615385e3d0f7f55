"""DHCP in raw Ethernet frames, for a phone that has no address yet, on an interface without one."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease, OutgoingDhcp
from ringup.errors import WireError
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT, build, parse
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame, parse_udp_frame

BROADCAST = "255.255.255.255"


class Frames(Protocol):
    """The interface of a network that carries Ethernet frames with DHCP; FrameSocket implements it for a real
    one.
    """

    def plug_in(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Pass frames to this phone from now on; raises BindError."""
        ...

    def unplug(self, mac: str) -> None:
        """Pass no more frames to this phone."""
        ...

    def send(self, frame: bytes) -> None:
        """Send a frame, if a phone is plugged in."""
        ...


class DhcpFrames:
    """Carries one DHCP client's messages over a frame socket; a new client takes the place of the previous
    one.
    """

    def __init__(self, mac: str, now: Callable[[], float], frames: Frames) -> None:
        self._frames = frames
        self._mac = mac
        self._now = now
        self._client: DhcpClient | None = None
        self._server_mac = BROADCAST_MAC
        self._timer: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Begin to receive frames; raises BindError."""
        self._frames.plug_in(self._mac, self._receive)

    async def obtain(self, client: DhcpClient) -> HeldLease:
        """Run the client until it has a lease."""
        self._client = client
        self._send(client.start(self._now()))
        while client.lease is None:
            await self._wait()
        return client.lease

    async def until_lost(self, client: DhcpClient) -> None:
        """Renew the client's lease until that fails."""
        while not client.is_lost:
            await self._wait()

    def close(self) -> None:
        """Stop listening."""
        if self._timer is not None:
            self._timer.cancel()
        self._frames.unplug(self._mac)

    async def _wait(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _receive(self, data: bytes) -> None:
        # Between network namespaces the UDP checksum is left to a network card, and there is none.
        frame = parse_udp_frame(data, check_udp=False)
        is_for_us = (
            frame is not None
            and frame.destination_port == CLIENT_PORT
            and frame.source_port == SERVER_PORT
            and frame.destination_mac in (BROADCAST_MAC, self._mac)
        )
        if frame is None or not is_for_us or self._client is None:
            return
        try:
            message = parse(frame.payload)
        except WireError:
            return
        if message.hardware_address.hex().upper() == self._mac:
            self._server_mac = frame.source_mac
        self._send(self._client.receive(message, self._now()))

    def wake(self) -> None:
        """Send the messages that are due."""
        if self._client is not None:
            self._send(self._client.wake(self._now()))

    def _send(self, messages: Iterable[OutgoingDhcp]) -> None:
        for outgoing in messages:
            self._send_frame(outgoing)
        self._plan()
        self._changed.set()

    def _send_frame(self, outgoing: OutgoingDhcp) -> None:
        frame = UdpFrame(
            source_mac=self._mac,
            destination_mac=self._server_mac if outgoing.destination else BROADCAST_MAC,
            source=outgoing.message.client_address,
            destination=outgoing.destination or BROADCAST,
            source_port=CLIENT_PORT,
            destination_port=SERVER_PORT,
            payload=build(outgoing.message),
        )
        self._frames.send(build_udp_frame(frame))

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wake_at = self._client.wake_at if self._client is not None else None
        if wake_at is not None:
            delay = max(0.0, wake_at - self._now())
            self._timer = asyncio.get_running_loop().call_later(delay, self.wake)
