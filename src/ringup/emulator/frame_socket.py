"""The raw socket that carries DHCP for phones without an address: for one phone, or for many on one
interface.

Sources: packet(7), socket(7); RFC 2131 §2 for the position of the hardware address.
"""

import asyncio
import contextlib
import ctypes
import socket
import struct
from collections.abc import Callable

from ringup.errors import BindError

ETHERTYPE_IPV4 = 0x0800
LARGEST_FRAME = 65535
RECEIVE_BUFFER = 4 * 1024 * 1024
"""Bytes of receive buffer: enough for the answers to 1,000 phones that send at the same moment."""

_SO_ATTACH_FILTER, _SO_RCVBUFFORCE = 26, 33  # Linux constants that Python's socket module lacks.
_INSTRUCTION = struct.Struct("=HBBI")
_PROGRAM = struct.Struct("@HL")
"""C's struct sock_fprog: the number of instructions, and their address."""
_TO_A_DHCP_CLIENT = (
    (0x30, 0, 0, 23),  # the IPv4 protocol
    (0x15, 0, 6, 17),  # is UDP, else refuse
    (0x28, 0, 0, 20),  # flags and fragment offset
    (0x45, 4, 0, 0x1FFF),  # of a later fragment: refuse
    (0xB1, 0, 0, 14),  # x = length of the IPv4 header
    (0x48, 0, 0, 16),  # the destination port
    (0x15, 0, 1, 68),  # is the client's, else refuse
    (0x06, 0, 0, LARGEST_FRAME),
    (0x06, 0, 0, 0),
)
"""Classic BPF program that accepts only DHCP for clients. Without it, this process would also read every
block of every file.
"""

_ETHERNET, _UDP, _HARDWARE_ADDRESS = 14, 8, 28
"""Lengths of the Ethernet and UDP headers, and the position of the client's MAC in a DHCP message."""


def open_frames(interface: str) -> socket.socket:
    """Return an AF_PACKET socket that receives an interface's frames for DHCP clients; raises BindError."""
    try:
        opened = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_IPV4))
        try:
            only_for_dhcp_clients(opened)
            # With only CAP_NET_RAW, the socket keeps the kernel's buffer size.
            with contextlib.suppress(PermissionError):
                opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
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


def only_for_dhcp_clients(opened: socket.socket) -> None:
    """Accept only Ethernet frames of IPv4 with a datagram to a DHCP client."""
    code = ctypes.create_string_buffer(b"".join(_INSTRUCTION.pack(*each) for each in _TO_A_DHCP_CLIENT))
    program = _PROGRAM.pack(len(_TO_A_DHCP_CLIENT), ctypes.addressof(code))
    opened.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)


class FrameSocket:
    """Passes each frame to the phone whose MAC its DHCP message names; open while any phone is plugged in."""

    def __init__(self, interface: str, open_socket: Callable[[str], socket.socket] = open_frames) -> None:
        self._interface = interface
        self._open_socket = open_socket
        self._socket: socket.socket | None = None
        self._phones: dict[bytes, Callable[[bytes], None]] = {}

    def plug_in(self, mac: str, receive: Callable[[bytes], None]) -> None:
        """Pass frames to this phone from now on; raises BindError."""
        if self._socket is None:
            self._socket = self._open_socket(self._interface)
            self._socket.setblocking(False)
            asyncio.get_running_loop().add_reader(self._socket, self._readable)
        self._phones[bytes.fromhex(mac)] = receive

    def unplug(self, mac: str) -> None:
        """Pass no more frames to this phone; close the socket if no phone is left."""
        self._phones.pop(bytes.fromhex(mac), None)
        if self._socket is not None and not self._phones:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def send(self, frame: bytes) -> None:
        """Send a frame; if no phone is plugged in, drop it, because the DHCP client repeats it."""
        with contextlib.suppress(OSError):
            if self._socket is not None:
                self._socket.send(frame)

    def _readable(self) -> None:
        while self._socket is not None:
            try:
                frame = self._socket.recv(LARGEST_FRAME)
            except OSError:
                return  # no frame is left, or the interface is down: the client repeats
            receive = self._phones.get(_client_of(frame))
            if receive is not None:
                receive(frame)


def _client_of(frame: bytes) -> bytes:
    """Return the client's MAC in an IPv4 frame with a DHCP message; the result for other packets has no
    meaning.
    """
    header = frame[_ETHERNET] % 16 * 4 if len(frame) > _ETHERNET else 0
    at = _ETHERNET + header + _UDP + _HARDWARE_ADDRESS
    return frame[at : at + 6]
