"""One socket for the frames of many phones; a socket pair stands for the cable."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.frame_socket import FrameSocket, only_for_dhcp_clients, open_frames
from ringup.emulator.network_host import NetworkHost
from ringup.errors import BindError
from ringup.wire import dhcp
from ringup.wire.dhcp import Message, MessageType
from ringup.wire.ethernet import UdpFrame, build_udp_frame, parse_udp_frame

SERVER_MAC = "020000000001"
ADDRESSES = {"001646C0FFEE": "127.0.0.21", "001646000000": "127.0.0.22"}
TIMEOUT = 10.0

Result = TypeVar("Result")


def frame_to(
    mac: str, kind: MessageType = MessageType.OFFER, *, port: int = 68, payload: bytes = b""
) -> bytes:
    message = Message(
        op=2,
        xid=int(mac[-8:], 16),
        your_address=ADDRESSES.get(mac, "127.0.0.23"),
        hardware_address=bytes.fromhex(mac),
        options=((53, bytes([kind])), (54, bytes((127, 0, 0, 1))), (51, (600).to_bytes(4, "big"))),
    )
    frame = UdpFrame(
        SERVER_MAC, "F" * 12, "127.0.0.1", "255.255.255.255", 67, port, payload or dhcp.build(message)
    )
    return build_udp_frame(frame)


class Segment:
    """The cable that the phones share; this end is that of the DHCP server."""

    def __init__(self) -> None:
        self.near, self.far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.far.setblocking(False)
        self.frames = FrameSocket("no-such-nic", lambda _interface: self.near)

    async def sent(self) -> Message:
        data = await asyncio.get_running_loop().sock_recv(self.far, 65535)
        frame = parse_udp_frame(data)
        assert frame is not None
        return dhcp.parse(frame.payload)

    async def serve(self, phones: int) -> None:
        """Answer the exchanges of so many phones."""
        acknowledged = 0
        while acknowledged < phones:
            message = await self.sent()
            is_request = message.type is MessageType.REQUEST
            kind = MessageType.ACK if is_request else MessageType.OFFER
            mac = message.hardware_address.hex().upper()
            await asyncio.get_running_loop().sock_sendall(self.far, frame_to(mac, kind))
            acknowledged += is_request


def on_segment(scene: Callable[[Segment], Awaitable[Result]]) -> Result:
    async def play() -> Result:
        segment = Segment()
        try:
            async with asyncio.timeout(TIMEOUT):
                return await scene(segment)
        finally:
            segment.near.close()
            segment.far.close()

    return asyncio.run(play())


def spoken_from(host: NetworkHost) -> str:
    """Return the source address of what the phone sends from its own port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hearing:
        hearing.bind(("127.0.0.1", 0))
        port = host.open_port(0, lambda _arrivals: None)
        port.send(b"hello", hearing.getsockname())
        port.close()
        return str(hearing.recvfrom(10)[1][0])


def test_phones_that_share_an_interface_get_their_own_leases_and_speak_from_them() -> None:
    async def scene(segment: Segment) -> dict[str, tuple[HeldLease, str]]:
        hosts = {mac: NetworkHost("no-such-nic", mac, shared=segment.frames) for mac in ADDRESSES}
        for host in hosts.values():
            await host.plug_in()
        asked = [host.lease(DhcpClient(mac, "7960")) for mac, host in hosts.items()]
        leases, _ = await asyncio.gather(asyncio.gather(*asked), segment.serve(len(hosts)))
        told = {}
        for (mac, host), lease in zip(hosts.items(), leases, strict=True):
            told[mac] = lease, spoken_from(host)
            await host.close()
        return told

    for mac, (lease, source) in on_segment(scene).items():
        assert lease.address == source == ADDRESSES[mac]


def test_a_phone_hears_what_is_for_its_mac_and_the_others_do_not() -> None:
    async def scene(segment: Segment) -> dict[str, list[bytes]]:
        heard: dict[str, list[bytes]] = {mac: [] for mac in ADDRESSES}
        last = asyncio.Event()
        first, second = ADDRESSES

        def hear_the_last(frame: bytes) -> None:
            heard[second].append(frame)
            last.set()

        segment.frames.plug_in(first, heard[first].append)
        segment.frames.plug_in(second, hear_the_last)
        for frame in (b"", b"short", frame_to("020000000099"), frame_to(first), frame_to(second)):
            await asyncio.get_running_loop().sock_sendall(segment.far, frame)
        await last.wait()
        segment.frames.unplug(first)
        segment.frames.unplug(second)
        return heard

    assert on_segment(scene) == {mac: [frame_to(mac)] for mac in ADDRESSES}


def test_the_last_phone_that_leaves_closes_the_socket() -> None:
    async def scene(segment: Segment) -> list[bool]:
        is_open = []
        for mac in ADDRESSES:
            segment.frames.plug_in(mac, lambda _frame: None)
        for mac in ADDRESSES:
            segment.frames.unplug(mac)
            is_open.append(segment.near.fileno() >= 0)
        segment.frames.send(b"nobody is left to send this")
        segment.frames.unplug("001646C0FFEE")
        return is_open

    assert on_segment(scene) == [True, False]


def test_a_cable_that_is_out_loses_the_frame() -> None:
    async def scene(segment: Segment) -> None:
        segment.frames.plug_in("001646C0FFEE", lambda _frame: None)
        segment.far.close()
        segment.frames.send(b"lost")
        segment.frames.unplug("001646C0FFEE")

    on_segment(scene)


def test_the_kernel_passes_nothing_but_datagrams_to_dhcp_clients() -> None:
    mac = "001646C0FFEE"
    wanted = frame_to(mac)
    fragment, other_protocol = bytearray(wanted), bytearray(wanted)
    fragment[21] = 1
    other_protocol[23] = 6
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with near, far:
        only_for_dhcp_clients(near)
        near.setblocking(False)
        for frame in (frame_to(mac, port=49845), bytes(fragment), bytes(other_protocol), b"noise", wanted):
            far.send(frame)
        assert near.recv(65535) == wanted
        with pytest.raises(BlockingIOError):
            near.recv(65535)


def test_an_interface_that_is_not_there_is_named() -> None:
    with pytest.raises(BindError, match="no-such-nic"):
        open_frames("no-such-nic")
