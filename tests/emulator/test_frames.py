"""DHCP in frames; a socket pair stands for the cable."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from ringup.emulator.boot.dhcp import DhcpClient
from ringup.emulator.frame_socket import FrameSocket
from ringup.emulator.frames import DhcpFrames
from ringup.wire import dhcp
from ringup.wire.dhcp import Message, MessageType
from ringup.wire.ethernet import UdpFrame, build_udp_frame, parse_udp_frame

MAC = "001646C0FFEE"
SERVER_MAC = "020000000001"
TIMEOUT = 10.0

Result = TypeVar("Result")


class Cable:
    """The far end of the phone's cable with a DHCP server on it, and the clock."""

    def __init__(self) -> None:
        self.near, self._far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._far.setblocking(False)
        self.now = 0.0
        self.frames = DhcpFrames(MAC, lambda: self.now, FrameSocket("eth0", lambda _interface: self.near))
        self.frames.open()

    async def frame(self) -> UdpFrame:
        """Return the next frame that the phone sent."""
        data = await asyncio.get_running_loop().sock_recv(self._far, 65535)
        frame = parse_udp_frame(data)
        assert frame is not None
        return frame

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._far, data)

    async def reply(
        self, kind: MessageType, *, destination_mac: str = "F" * 12, source_port: int = 67
    ) -> None:
        message = Message(
            op=2,
            xid=0x46C0FFEE,
            your_address="192.0.2.50",
            hardware_address=bytes.fromhex(MAC),
            options=((53, bytes([kind])), (54, bytes((192, 0, 2, 1))), (51, (600).to_bytes(4, "big"))),
        )
        frame = UdpFrame(
            SERVER_MAC, destination_mac, "192.0.2.1", "255.255.255.255", source_port, 68, dhcp.build(message)
        )
        await self.send(build_udp_frame(frame))

    def close(self) -> None:
        self.frames.close()
        self._far.close()


def on_cable(scene: Callable[[Cable], Awaitable[Result]]) -> Result:
    async def play() -> Result:
        cable = Cable()
        try:
            async with asyncio.timeout(TIMEOUT):
                return await scene(cable)
        finally:
            cable.close()

    return asyncio.run(play())


async def bind(cable: Cable, destination_mac: str = "F" * 12) -> DhcpClient:
    """Take a client through the exchange until it has a lease."""
    client = DhcpClient(MAC, "7960")
    obtaining = asyncio.ensure_future(cable.frames.obtain(client))
    await cable.frame()
    await cable.reply(MessageType.OFFER, destination_mac=destination_mac)
    await cable.frame()
    await cable.reply(MessageType.ACK, destination_mac=destination_mac)
    assert (await obtaining).address == "192.0.2.50"
    return client


def test_a_discover_is_a_broadcast_frame_from_nobody() -> None:
    async def scene(cable: Cable) -> UdpFrame:
        obtaining = asyncio.ensure_future(cable.frames.obtain(DhcpClient(MAC, "7960")))
        frame = await cable.frame()
        obtaining.cancel()
        return frame

    frame = on_cable(scene)
    assert (frame.source_mac, frame.destination_mac) == (MAC, "F" * 12)
    assert (frame.source, frame.source_port) == ("0.0.0.0", 68)
    assert (frame.destination, frame.destination_port) == ("255.255.255.255", 67)
    assert dhcp.parse(frame.payload).type is MessageType.DISCOVER


@pytest.mark.parametrize("destination_mac", ["F" * 12, MAC])
def test_broadcast_and_unicast_replies_are_taken(destination_mac: str) -> None:
    async def scene(cable: Cable) -> None:
        await bind(cable, destination_mac)

    on_cable(scene)


def test_frames_that_are_no_reply_to_this_phone_are_dropped() -> None:
    async def scene(cable: Cable) -> None:
        client = DhcpClient(MAC, "7960")
        obtaining = asyncio.ensure_future(cable.frames.obtain(client))
        await cable.frame()
        await cable.send(b"noise")
        await cable.reply(MessageType.OFFER, destination_mac="020000000099")
        await cable.reply(MessageType.OFFER, source_port=1067)
        garbled = UdpFrame(SERVER_MAC, MAC, "192.0.2.1", "192.0.2.50", 67, 68, b"no DHCP")
        await cable.send(build_udp_frame(garbled))
        await cable.reply(MessageType.OFFER)
        assert dhcp.parse((await cable.frame()).payload).type is MessageType.REQUEST
        obtaining.cancel()

    on_cable(scene)


def test_a_reply_whose_checksum_was_left_to_the_card_is_taken() -> None:
    async def scene(cable: Cable) -> None:
        obtaining = asyncio.ensure_future(cable.frames.obtain(DhcpClient(MAC, "7960")))
        await cable.frame()
        offer = Message(
            op=2, xid=0x46C0FFEE, your_address="192.0.2.50", hardware_address=bytes.fromhex(MAC),
            options=((53, b"\2"), (54, bytes((192, 0, 2, 1)))),
        )  # fmt: skip
        frame = UdpFrame(SERVER_MAC, MAC, "192.0.2.1", "192.0.2.50", 67, 68, dhcp.build(offer))
        data = bytearray(build_udp_frame(frame))
        data[40:42] = b"\x12\x34"
        await cable.send(bytes(data))
        assert dhcp.parse((await cable.frame()).payload).type is MessageType.REQUEST
        obtaining.cancel()

    on_cable(scene)


def test_a_renewal_goes_to_the_server_alone_and_a_nak_ends_the_lease() -> None:
    async def scene(cable: Cable) -> UdpFrame:
        client = await bind(cable)
        lost = asyncio.ensure_future(cable.frames.until_lost(client))
        cable.now = 300.0
        cable.frames.wake()
        frame = await cable.frame()
        await cable.reply(MessageType.NAK)
        await lost
        return frame

    frame = on_cable(scene)
    assert (frame.destination_mac, frame.destination) == (SERVER_MAC, "192.0.2.1")
    assert frame.source == "192.0.2.50"
