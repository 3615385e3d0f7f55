"""Build the DATA packets of a file; all transfers of a large file share one copy.

Strategy: a large file in blocks of 512 bytes has one buffer, with a packet every 516 bytes, headers included;
a packet is a slice of the buffer. Every load that a phone requests is sent like this. The packets of small
files, which go to one phone once, and of other block sizes are cut when they are sent. A client may name any
of 65,457 block sizes, and a buffer for each could fill the server's memory.
"""

from collections import OrderedDict
from struct import Struct
from typing import Protocol

from ringup.wire.tftp import BLOCK_NUMBERS, Opcode

BLOCK_SIZE = 512
"""Bytes of payload per packet, unless the request names another block size (RFC 1350)."""

SMALLEST_SHARED = 16 * 1024
"""Minimum size in bytes of a file with a buffer: loads, ring tones and logos. A file that is rendered for one
phone has a few KB.
"""

MOST_BUFFERED = 32 * 1024 * 1024
"""Maximum number of bytes in all buffers: about twenty-five firmware packages of 1.2 MB."""

_HEADER = Struct("!HH")
"""The header of a DATA packet: opcode and block number."""

Packet = bytes | memoryview


class Blocks(Protocol):
    """The packets of one file; block 1 has the number 0."""

    @property
    def data(self) -> bytes:
        """Return the complete file, as sent."""

    @property
    def size(self) -> int:
        """Return the size of the file in bytes."""

    @property
    def block_size(self) -> int:
        """Return the number of bytes of payload in every packet but the last."""

    @property
    def count(self) -> int:
        """Return the number of packets; the last is shorter than the block size, and may be empty."""

    def packet(self, number: int) -> Packet:
        """Return one DATA packet; the first has number 0."""


class CutBlocks:
    """Packets that are built on demand."""

    __slots__ = ("block_size", "count", "data", "size")

    def __init__(self, data: bytes, block_size: int) -> None:
        self.data = data
        self.size = len(data)
        self.block_size = block_size
        self.count = len(data) // block_size + 1

    def packet(self, number: int) -> Packet:
        """Build and return a packet."""
        start = number * self.block_size
        header = _HEADER.pack(Opcode.DATA, (number + 1) % BLOCK_NUMBERS)
        return header + self.data[start : start + self.block_size]


class ReadyBlocks(CutBlocks):
    """Every packet of a file with 512-byte blocks, one after another in one buffer."""

    __slots__ = ("_buffer", "_packets", "_stride")

    def __init__(self, data: bytes) -> None:
        super().__init__(data, BLOCK_SIZE)
        self._stride = BLOCK_SIZE + _HEADER.size
        cut = super().packet
        self._buffer = b"".join([cut(number) for number in range(self.count)])
        self._packets = memoryview(self._buffer)

    @property
    def packets(self) -> bytes:
        """Return the buffer, with a packet every 516 bytes."""
        return self._buffer

    @property
    def buffered(self) -> int:
        """Return the size of the buffer in bytes."""
        return len(self._buffer)

    def packet(self, number: int) -> Packet:
        """Return a slice of the buffer."""
        start = number * self._stride
        return self._packets[start : start + self._stride]


class DataBlocks:
    """The packets of the most recently requested files, by the identity of each file's bytes object.

    A file that changes is a new bytes object, so no entry can be out of date.
    """

    def __init__(self, most_buffered: int = MOST_BUFFERED) -> None:
        self._most = most_buffered
        self._buffered = 0
        # The bytes object is kept beside its packets, so that its id is not reused while the entry exists.
        self._ready: OrderedDict[tuple[int, str], tuple[bytes, ReadyBlocks]] = OrderedDict()
        self._converted: tuple[bytes, bytes] = (b"", b"")

    def blocks(self, data: bytes, mode: str, block_size: int) -> Blocks:
        """Return the packets of a file for a transfer in this mode with this block size."""
        if block_size == BLOCK_SIZE and len(data) >= SMALLEST_SHARED:
            return self._ready_blocks(data, mode)
        return CutBlocks(self.as_sent(data, mode), block_size)

    def as_sent(self, data: bytes, mode: str) -> bytes:
        """Return the bytes as sent: the file's own, or their netascii form."""
        if mode == "octet":
            return data
        # The size is requested before the blocks, so the conversion is cached.
        if self._converted[0] is not data:
            self._converted = (data, netascii(data))
        return self._converted[1]

    def _ready_blocks(self, data: bytes, mode: str) -> ReadyBlocks:
        key = id(data), mode
        entry = self._ready.get(key)
        if entry is not None:
            self._ready.move_to_end(key)
            return entry[1]
        blocks = ReadyBlocks(self.as_sent(data, mode))
        self._ready[key] = data, blocks
        self._buffered += blocks.buffered
        while self._buffered > self._most and len(self._ready) > 1:
            self._buffered -= self._ready.popitem(last=False)[1][1].buffered
        return blocks


def netascii(data: bytes) -> bytes:
    """Return the netascii form of a text: CR LF for a line end, CR NUL for a CR (RFC 1350 §1, RFC 764)."""
    return data.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")
