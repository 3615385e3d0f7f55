"""The port of a phone in a voice VLAN on a real network: untagged CDP, and a TAP device with the VLAN's tag.

A phone in a voice VLAN tags its own frames. The kernel's VLAN interfaces need a module that many small
kernels lack, so this program adds the tag: a TAP device stands for the phone's network card, and its frames
leave the real interface with a tag. A raw socket receives the frames of the interface, and those with the
same tag, which the kernel stores beside the frame, go back to the TAP device.

Sources: packet(7), the kernel's networking/tuntap, IEEE 802.1Q.
"""

import asyncio
import contextlib
import fcntl
import os
import socket
import struct
from collections.abc import Callable

from ringup.emulator.boot.cdp import CdpClient
from ringup.errors import BindError
from ringup.wire import cdp
from ringup.wire.vlan_tag import VlanTag, precedence, tag_of, tagged

LARGEST_FRAME = 65535
MOST_AT_ONCE = 64
"""Maximum number of frames that are read before the event loop does other work."""
TUN = "/dev/net/tun"
LONGEST_PARENT = 8
"""Maximum number of characters of the real interface's name that the name of the TAP device repeats."""

# Linux constants that Python's modules lack.
_ETH_P_ALL = 3
_SOL_PACKET, _PACKET_AUXDATA, _PACKET_ADD_MEMBERSHIP, _PACKET_IGNORE_OUTGOING = 263, 8, 1, 23
_MEMBERSHIP = struct.Struct("=IHH8s")
"""C's struct packet_mreq: interface index, kind (0: multicast), and the length and bytes of the address."""
_AUXDATA = struct.Struct("=IIIHHHH")
"""C's struct tpacket_auxdata: status, lengths, offsets, the tag's control field, its EtherType."""
_TAG_IS_VALID = 0x10
_TUNSETIFF, _IFF_TAP, _IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
_IFREQ = struct.Struct("=16sH22x")


def open_port(interface: str) -> socket.socket:
    """Return a raw socket that receives all frames of an interface; raises BindError."""
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
        try:
            index, group = socket.if_nametoindex(interface), bytes.fromhex(cdp.GROUP)
            opened.setsockopt(_SOL_PACKET, _PACKET_AUXDATA, 1)
            opened.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
            joined = _MEMBERSHIP.pack(index, 0, len(group), group)
            opened.setsockopt(_SOL_PACKET, _PACKET_ADD_MEMBERSHIP, joined)
            opened.bind((interface, _ETH_P_ALL))
        except OSError:
            opened.close()
            raise
    except OSError as error:
        raise BindError(
            f"CDP on {interface}", f"{error.strerror}.", "Name an existing interface and run as root."
        ) from error
    return opened


def open_tap(name: str) -> int:
    """Create a TAP device, which exists until the returned descriptor is closed; raises BindError."""
    try:
        opened = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
        try:
            fcntl.ioctl(opened, _TUNSETIFF, _IFREQ.pack(name.encode(), _IFF_TAP | _IFF_NO_PI))
        except OSError:
            os.close(opened)
            raise
    except OSError as error:
        raise BindError(
            f"a network card {name} for the voice VLAN",
            f"{error.strerror}.",
            f"Run as root, and load the kernel's module for {TUN}: modprobe tun.",
        ) from error
    return opened


class TaggedLink:
    """The network port of one phone that may be in a voice VLAN."""

    def __init__(
        self,
        interface: str,
        now: Callable[[], float],
        open_socket: Callable[[str], socket.socket] = open_port,
        open_card: Callable[[str], int] = open_tap,
    ) -> None:
        self._interface = interface
        self._now = now
        self._open_socket = open_socket
        self._open_card = open_card
        self._socket: socket.socket | None = None
        self._card: int | None = None
        self._vlan = cdp.UNTAGGED
        self._client: CdpClient | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()

    def open(self) -> None:
        """Begin to listen on the running loop; raises BindError."""
        self._socket = self._open_socket(self._interface)
        asyncio.get_running_loop().add_reader(self._socket, self._read_port, self._socket)

    async def decided(self, client: CdpClient) -> None:
        """Carry a client's untagged CDP frames until it has decided, and keep carrying them afterwards."""
        self._client = client
        client.start(self._now())
        self._wake()
        while client.decision is None:
            await self._changed.wait()
            self._changed.clear()

    def tag(self, vlan: int) -> str:
        """Create the TAP device whose frames get this VLAN's tag; return its name. Raises BindError."""
        self.untag()
        name = f"{self._interface[:LONGEST_PARENT]}.{vlan}"
        self._card, self._vlan = self._open_card(name), vlan
        asyncio.get_running_loop().add_reader(self._card, self._read_card, self._card)
        return name

    def untag(self) -> None:
        """Remove the TAP device."""
        if self._card is not None:
            asyncio.get_running_loop().remove_reader(self._card)
            os.close(self._card)
        self._card, self._vlan = None, cdp.UNTAGGED

    def close(self) -> None:
        """Close the sockets and remove the TAP device."""
        self._client = None
        if self._timer:
            self._timer.cancel()
        self.untag()
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _read_port(self, opened: socket.socket) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                frame, ancillary, _, _ = opened.recvmsg(LARGEST_FRAME, socket.CMSG_SPACE(_AUXDATA.size))
            except OSError:
                return  # no frame is left, or the interface is down: the client repeats
            tag = _tag_in(ancillary)
            if tag is None and self._client is not None:
                self._client.receive(frame)
            if self._card is not None and (0 if tag is None else tag.vlan) == self._vlan:
                with contextlib.suppress(OSError):  # a full queue drops frames, as on a network card
                    os.write(self._card, frame)

    def _read_card(self, card: int) -> None:
        for _ in range(MOST_AT_ONCE):
            try:
                frame = os.read(card, LARGEST_FRAME)
            except OSError:
                return
            self._send(tagged(frame, VlanTag(self._vlan, precedence(frame))))

    def _wake(self) -> None:
        if self._client is None:
            return
        for frame in self._client.wake(self._now()):
            self._send(frame)
        self._changed.set()
        if self._timer:
            self._timer.cancel()
        if self._client.wake_at is not None:
            delay = max(0.0, self._client.wake_at - self._now())
            self._timer = asyncio.get_running_loop().call_later(delay, self._wake)

    def _send(self, frame: bytes) -> None:
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.send(frame)


def _tag_in(ancillary: list[tuple[int, int, bytes]]) -> VlanTag | None:
    """Return the VLAN tag that the kernel removed from a frame; None: the frame had none."""
    for level, kind, value in ancillary:
        if (level, kind) == (_SOL_PACKET, _PACKET_AUXDATA) and len(value) >= _AUXDATA.size:
            status, _, _, _, _, control, _ = _AUXDATA.unpack_from(value)
            return tag_of(control) if status & _TAG_IS_VALID else None
    return None
