"""DHCP in raw Ethernet frames: a phone talks before it has an address, on an interface without one."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable

from ringup.emulator.dhcp import DhcpClient, Lease, Outgoing
from ringup.errors import BindError, WireError
from ringup.wire.dhcp import CLIENT_PORT, SERVER_PORT, build, parse
from ringup.wire.ethernet import BROADCAST_MAC, UdpFrame, build_udp_frame, parse_udp_frame

ETHERTYPE_IPV4 = 0x0800
LARGEST_FRAME = 65535
BROADCAST = "255.255.255.255"


def open_frames(interface: str) -> socket.socket:
    """An AF_PACKET socket that sees an interface's IPv4 frames; raises BindError."""
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_IPV4))
        try:
            opened.bind((interface, ETHERTYPE_IPV4))
        except OSError:
            opened.close()
            raise
    except OSError as error:
        raise BindError(
            f"listening to frames on {interface}",
            f"{error.strerror}.",
            "Name an existing interface and run as root or with CAP_NET_RAW.",
        ) from error
    return opened


class DhcpFrames:
    """Carries one client's messages over an AF_PACKET socket; a new client takes the place of the last."""

    def __init__(
        self,
        interface: str,
        mac: str,
        now: Callable[[], float],
        open_socket: Callable[[str], socket.socket] = open_frames,
    ) -> None:
        self._interface = interface
        self._open_socket = open_socket
        self._mac = mac
        self._now = now
        self._socket: socket.socket | None = None
        self._client: DhcpClient | None = None
        self._server_mac = BROADCAST_MAC
        self._timer: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Begin to listen; raises BindError."""
        opened = self._open_socket(self._interface)
        opened.setblocking(False)
        self._socket = opened
        asyncio.get_running_loop().add_reader(opened, self._readable)

    async def obtain(self, client: DhcpClient) -> Lease:
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
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    async def _wait(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def _readable(self) -> None:
        while self._socket is not None:
            try:
                data = self._socket.recv(LARGEST_FRAME)
            except OSError:
                return  # nothing more, or the interface went down: it says so once, and the client repeats
            self._receive(data)

    def _receive(self, data: bytes) -> None:
        # Between namespaces of one machine the sender leaves the UDP checksum to a card that is not there.
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
        """Do what is due."""
        if self._client is not None:
            self._send(self._client.wake(self._now()))

    def _send(self, messages: Iterable[Outgoing]) -> None:
        for outgoing in messages:
            self._send_frame(outgoing)
        self._plan()
        self._changed.set()

    def _send_frame(self, outgoing: Outgoing) -> None:
        frame = UdpFrame(
            source_mac=self._mac,
            destination_mac=self._server_mac if outgoing.destination else BROADCAST_MAC,
            source=outgoing.message.client_address,
            destination=outgoing.destination or BROADCAST,
            source_port=CLIENT_PORT,
            destination_port=SERVER_PORT,
            payload=build(outgoing.message),
        )
        # A cable that is out loses the frame; the client repeats it.
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.send(build_udp_frame(frame))

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        wake_at = self._client.wake_at if self._client is not None else None
        if wake_at is not None:
            delay = max(0.0, wake_at - self._now())
            self._timer = asyncio.get_running_loop().call_later(delay, self.wake)
