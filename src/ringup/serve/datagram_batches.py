"""Receive and send many datagrams per system call, through ctypes; Linux with glibc or musl.

The calls are recvmmsg(2) and sendmmsg(2). Strategy: all structures are made once and point at each other, so
that a batch only fills in lengths, addresses and payloads. A datagram costs half as much time as with
Python's own sockets.
"""

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Sequence
from typing import Generic, TypeVar

from ringup.engine.tftp.blocks import Packet
from ringup.engine.tftp.progress import Peer
from ringup.serve.sockets import IP_PKTINFO, PKTINFO

BATCH = 64
"""Maximum number of datagrams per call; more would save no time and would make the other ports wait."""

LARGEST_DATAGRAM = 1024
"""Maximum number of bytes read per datagram: a request has at most 512, an ACK 4; a longer datagram is
invalid.
"""

LARGEST_PACKET = 1500
"""Maximum size in bytes of a packet sent in a batch: one Ethernet frame; longer packets are sent singly."""

CONTROL_ROOM = socket.CMSG_SPACE(PKTINFO.size)
"""Size in bytes of the control message with the local address of a received or sent datagram."""

_SOCKADDR = struct.Struct("!2xH4s")
_PORT_AND_ADDRESS = struct.Struct("!H4s")
_FAMILY = struct.Struct("=H")
_CONTROL = struct.Struct("@Nii")
_CONTROL_HEADER = socket.CMSG_LEN(0)
_OWN_ADDRESS = _CONTROL_HEADER + 4
"""Offset of the local address in in_pktinfo: after the interface's number."""

Datagram = tuple[bytes, Peer, bytes]
"""A received datagram: bytes, sender, and the local address (four bytes; empty: not known)."""

Outgoing = tuple[Packet, Peer, bytes]
"""A datagram to send: packet, destination, and the local address (empty: the socket's own)."""

One = TypeVar("One")
"""The type of the messages that a batch sends."""


class _Part(ctypes.Structure):
    """The C structure iovec: the address and the length of a message's bytes."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _MessageHeader(ctypes.Structure):
    """The C structure msghdr. Where glibc has a size_t, musl has an int and padding, which is always zero."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("parts", ctypes.POINTER(_Part)),
        ("part_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """The C structure mmsghdr: a msghdr, and the number of bytes received or sent."""

    _anonymous_ = ("header",)
    _fields_ = (("header", _MessageHeader), ("length", ctypes.c_uint))


def supported() -> bool:
    """Return whether this system has recvmmsg and sendmmsg."""
    libc = ctypes.CDLL(None)
    return hasattr(libc, "recvmmsg") and hasattr(libc, "sendmmsg")


class Batch:
    """Holds BATCH messages, each with a part, an address, a control message and room for its bytes."""

    def __init__(self, room: int, *, addressed: bool = True, control_room: int = CONTROL_ROOM) -> None:
        """`addressed`: messages have the peer's address; `control_room`: bytes for control messages, with the
        local address and more.
        """
        self.room = room
        # None of these calls blocks, so they keep Python's global lock. If they released it, another thread
        # could hold it for milliseconds.
        self._libc = ctypes.PyDLL(None, use_errno=True)
        self._array = (_Message * BATCH)()
        self._part_array = (_Part * BATCH)()
        # Stored as lists, because an array makes a new object for each access.
        self.messages, self.parts = list(self._array), list(self._part_array)
        self._keep = [bytearray(BATCH * size) for size in (room, 16, control_room)]
        self.data, self.addresses, self.control = (memoryview(kept) for kept in self._keep)
        data, addresses, control = (_address_of(kept) for kept in self._keep)
        for index, (message, part) in enumerate(zip(self.messages, self.parts, strict=True)):
            part.base, part.length = data + index * room, room
            message.parts, message.part_count = ctypes.pointer(part), 1
            if addressed:
                message.name, message.name_length = addresses + index * 16, 16
            if control_room:
                message.control = control + index * control_room

    def call(self, name: str, descriptor: int, first: int, count: int) -> int:
        """Do the system call; returns the number of messages that it handled, raises OSError."""
        messages = ctypes.byref(self._array, first * ctypes.sizeof(_Message))
        more = (None,) if name == "recvmmsg" else ()
        done: int = getattr(self._libc, name)(descriptor, messages, count, socket.MSG_DONTWAIT, *more)
        if done < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return done


class ReceiveBatch(Batch):
    """Receives the datagrams that wait on a socket."""

    def __init__(self) -> None:
        super().__init__(LARGEST_DATAGRAM)

    def receive(self, descriptor: int) -> list[Datagram]:
        """Return up to BATCH datagrams that have already arrived."""
        for message in self.messages:
            message.name_length, message.control_length = 16, CONTROL_ROOM
        try:
            count = self.call("recvmmsg", descriptor, 0, BATCH)
        except OSError:  # no datagram is waiting; the event loop calls again when one arrives
            return []
        return [self._datagram(index) for index in range(count)]

    def _datagram(self, index: int) -> Datagram:
        message, start = self.messages[index], index * self.room
        port, address = _SOCKADDR.unpack_from(self.addresses, index * 16)
        own_address = b""
        if message.control_length:
            at = index * CONTROL_ROOM
            if _CONTROL.unpack_from(self.control, at)[1:] == (socket.IPPROTO_IP, IP_PKTINFO):
                own_address = bytes(self.control[at + _OWN_ADDRESS : at + _OWN_ADDRESS + 4])
        data = bytes(self.data[start : start + message.length])
        return data, (socket.inet_ntoa(address), port), own_address


class SendingBatch(Batch, Generic[One]):
    """Sends messages; `fill` prepares each of them."""

    def send(self, descriptor: int, outgoing: Sequence[One]) -> dict[int, OSError]:
        """Send the messages in order; returns the error of each message that could not be sent, by its index
        in `outgoing`.
        """
        failures: dict[int, OSError] = {}
        for start in range(0, len(outgoing), BATCH):
            batch = outgoing[start : start + BATCH]
            for index, one in enumerate(batch):
                self.fill(index, one)
            failures |= {start + index: error for index, error in self._send_filled(descriptor, len(batch))}
        return failures

    def fill(self, index: int, one: One) -> None:
        """Put this packet into the message with this index."""
        raise NotImplementedError

    def copy_packet(self, index: int, packet: Packet) -> None:
        """Copy a packet into the message with this index; the packet has at most `room` bytes."""
        start, length = index * self.room, len(packet)
        self.data[start : start + length] = packet
        self.parts[index].length = length

    def _send_filled(self, descriptor: int, count: int) -> list[tuple[int, OSError]]:
        failures: list[tuple[int, OSError]] = []
        gone = 0
        while gone < count:
            try:
                gone += self.call("sendmmsg", descriptor, gone, count - gone)
            except OSError as error:
                # A full queue refuses the other packets, too; any other error concerns only the first packet.
                lost = count - gone if error.errno in (errno.EAGAIN, errno.ENOBUFS) else 1
                failures += [(index, error) for index in range(gone, gone + lost)]
                gone += lost
        return failures


class SendBatch(SendingBatch[Outgoing]):
    """Hands packets of at most LARGEST_PACKET bytes to the kernel."""

    def __init__(self) -> None:
        super().__init__(LARGEST_PACKET)
        self._last_addresses: list[tuple[Peer, bytes] | None] = [None] * BATCH
        for index in range(BATCH):
            _FAMILY.pack_into(self.addresses, index * 16, socket.AF_INET)
            header = (_CONTROL_HEADER + PKTINFO.size, socket.IPPROTO_IP, IP_PKTINFO)
            _CONTROL.pack_into(self.control, index * CONTROL_ROOM, *header)

    def fill(self, index: int, one: Outgoing) -> None:
        """Put this packet into the message with this index."""
        packet, peer, own_address = one
        self.copy_packet(index, packet)
        # Successive replies often go to the same relay, so the addresses of the last message with this index
        # are kept.
        if self._last_addresses[index] != (peer, own_address):
            self._last_addresses[index] = (peer, own_address)
            self._address(index, peer, own_address)

    def _address(self, index: int, peer: Peer, own_address: bytes) -> None:
        address, port = peer
        # The first two bytes, the address family, do not change; the port and the address follow.
        _PORT_AND_ADDRESS.pack_into(self.addresses, index * 16 + 2, port, socket.inet_aton(address))
        self.messages[index].control_length = CONTROL_ROOM if own_address else 0
        if own_address:
            at = index * CONTROL_ROOM + _OWN_ADDRESS
            self.control[at : at + 4] = own_address


def _address_of(kept: bytearray) -> int:
    return ctypes.addressof((ctypes.c_char * len(kept)).from_buffer(kept))
