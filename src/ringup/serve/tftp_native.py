"""ACKs answered in C: the other side of `native/tftp_fast.c`, where it was built.

The package's own build compiles it when it finds a C compiler (`hatch_build.py`); without it nothing is
missing but speed.
"""

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ringup.engine.tftp import Reply
from ringup.engine.tftp_blocks import Blocks, ReadyBlocks
from ringup.engine.tftp_options import Terms
from ringup.engine.tftp_progress import Peer, Progress, Way
from ringup.serve.tftp_traffic import Outbox, Received, batched_ports

LIBRARY = Path(__file__).parent / "native" / "tftp_fast.so"
"""Where the build puts it."""

_LEFT_DATA = struct.Struct("=4s4sHHI")
"""What is known of a datagram, in front of its bytes; addresses and port in network order."""
_FINISHED = struct.Struct("=4s2s2x")


class NativeProgress(ctypes.Structure):
    """The numbers of one transfer, as `struct progress` keeps them."""

    _fields_ = (
        ("_next", ctypes.c_void_p),
        ("data", ctypes.c_void_p),
        ("size", ctypes.c_uint64),
        ("deadline", ctypes.c_double),
        ("wait", ctypes.c_double),
        ("first_wait", ctypes.c_double),
        ("block_size", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("window", ctypes.c_uint32),
        ("acked", ctypes.c_uint32),
        ("sent", ctypes.c_uint32),
        ("unanswered", ctypes.c_uint32),
        ("resent", ctypes.c_uint32),
        ("address", ctypes.c_uint32),
        ("own_address", ctypes.c_uint32),
        ("port", ctypes.c_uint16),
        ("port_index", ctypes.c_uint8),
        ("offering", ctypes.c_bool),
        ("ready", ctypes.c_bool),
    )
    deadline: float
    wait: float
    first_wait: float
    count: int
    window: int
    acked: int
    sent: int
    unanswered: int
    resent: int
    offering: bool

    def acknowledge(self, number: int, now: float) -> int:
        """How many packets to send for an ACK, from `acked` on; none if it is old, or the last one."""
        packets: int = _library().acknowledge(ctypes.byref(self), number, now)
        return packets


def available() -> bool:
    """Whether the library was built, and for this Python's machine."""
    try:
        library = _library()
    except OSError:
        return False
    return bool(library.progress_size() == ctypes.sizeof(NativeProgress))


class NativeProgresses:
    """The numbers of all transfers, where the library finds them by the phone's address and port."""

    def __init__(self, table: int | None = None) -> None:
        """Without a table they are only kept: then every ACK comes through the engine."""
        self._table = table
        # Until their packets have left: the library holds no more than the address of a file's bytes.
        self._leaving: list[Blocks] = []

    def start(self, way: Way, blocks: Blocks, terms: Terms) -> Progress:
        """The numbers of a new transfer; ACKs for it are answered from now on."""
        (address, port), port_index, asked = way
        progress = NativeProgress()
        progress.address = _as_it_lies(socket.inet_aton(address))
        progress.port = socket.htons(port)
        progress.port_index = port_index
        if asked:
            progress.own_address = _as_it_lies(asked)
        # The transfer holds on to the blocks, and they to the bytes.
        progress.ready = isinstance(blocks, ReadyBlocks)
        progress.data = _address_of(blocks.packets if isinstance(blocks, ReadyBlocks) else blocks.data)
        progress.size = blocks.size
        progress.block_size = blocks.block_size
        progress.count = blocks.count
        progress.window = terms.window
        progress.first_wait = progress.wait = terms.wait
        if self._table is not None:
            _library().table_add(self._table, ctypes.byref(progress))
        return progress

    def send(self, progress: Progress, blocks: Blocks) -> bool:
        """Let the packets from `acked` to `sent` leave with the next flush."""
        if self._table is None or not isinstance(progress, NativeProgress):
            return False
        self._leaving.append(blocks)
        _library().table_send(self._table, ctypes.byref(progress))
        return True

    def flush(self) -> None:
        """Let what was sent leave."""
        if self._leaving:
            _library().table_flush(self._table)
            self._leaving.clear()

    def end(self, progress: Progress) -> None:
        """The transfer is over: no ACK moves it any more."""
        if self._table is not None and isinstance(progress, NativeProgress):
            _library().table_remove(self._table, ctypes.byref(progress))


class NativeTraffic:
    """Only requests, errors and ACKs of nobody come to Python."""

    def __init__(self, sockets: Sequence[socket.socket], wake_up: int) -> None:
        """Raises OSError when the kernel or the memory says no."""
        library = _library()
        ports = (ctypes.c_int * len(sockets))(*(opened.fileno() for opened in sockets))
        self._table: int = library.table_new(ports, len(sockets), wake_up)
        if not self._table:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        self.progresses = NativeProgresses(self._table)
        self._outbox = Outbox(batched_ports(sockets))
        self._head = _TableHead.from_address(self._table)
        self._left_size: int = library.left_size()
        self._left = _memory_at(library.table_left(self._table), self._head.most_left * self._left_size)
        self._finished = _memory_at(
            library.table_finished(self._table), self._head.most_left * _FINISHED.size
        )

    @property
    def unsent(self) -> int:
        """Packets that did not leave."""
        return self._outbox.unsent + int(self._head.unsent)

    @property
    def ignored(self) -> int:
        """ACKs of nobody beyond the few that the engine is shown."""
        return int(self._head.strangers)

    def wait(self, seconds: float) -> list[Received]:
        """What came that Python must see; nothing after `seconds` or after a wake-up; raises OSError."""
        if _library().run(self._table, seconds) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return [self._received(index * self._left_size) for index in range(self._head.left_count)]

    def finished(self) -> list[Peer]:
        """Whose last block was acknowledged in the last wait."""
        entries = _FINISHED.iter_unpack(self._finished[: self._head.finished_count * _FINISHED.size])
        return [(socket.inet_ntoa(address), int.from_bytes(port, "big")) for address, port in entries]

    def send(self, replies: Iterable[Reply]) -> list[OSError]:
        """Let replies leave; returns an error for each that did not, but for full queues."""
        self.progresses.flush()
        return [*self._outbox.send(replies), *self._refusal()]

    def close(self) -> None:
        """Forget the sockets; they stay open."""
        _library().table_free(self._table)

    def _refusal(self) -> list[OSError]:
        """Why the kernel refused one of the library's packets since the last look, but for full queues."""
        number, self._head.last_error = self._head.last_error, 0
        if number in (0, errno.EAGAIN, errno.ENOBUFS):
            return []
        return [OSError(number, os.strerror(number))]

    def _received(self, start: int) -> Received:
        address, asked, port, length, index = _LEFT_DATA.unpack_from(self._left, start)
        data = bytes(self._left[start + _LEFT_DATA.size : start + _LEFT_DATA.size + length])
        own = b"" if asked == b"\0\0\0\0" else asked
        return data, (socket.inet_ntoa(address), socket.ntohs(port)), index, own


class _TableHead(ctypes.Structure):
    """What Python reads of `struct table`: its first fields."""

    _fields_ = (
        ("left_count", ctypes.c_uint32),
        ("finished_count", ctypes.c_uint32),
        ("most_left", ctypes.c_uint32),
        ("last_error", ctypes.c_int),
        ("strangers", ctypes.c_uint64),
        ("unsent", ctypes.c_uint64),
    )


@lru_cache(maxsize=1)
def _library() -> Any:
    """Raises OSError when it was not built.

    Python's lock is given up in `run` alone, which waits: another thread would take it for milliseconds.
    """
    library: Any = ctypes.PyDLL(str(LIBRARY), use_errno=True)
    library.run = ctypes.CDLL(str(LIBRARY), use_errno=True).run
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        ("progress_size", ctypes.c_size_t, ()),
        ("left_size", ctypes.c_size_t, ()),
        ("acknowledge", ctypes.c_uint32, (pointer, ctypes.c_uint32, ctypes.c_double)),
        ("table_new", pointer, (pointer, ctypes.c_uint32, ctypes.c_int)),
        ("table_free", None, (pointer,)),
        ("table_add", None, (pointer, pointer)),
        ("table_remove", None, (pointer, pointer)),
        ("table_send", None, (pointer, pointer)),
        ("table_flush", None, (pointer,)),
        ("table_left", pointer, (pointer,)),
        ("table_finished", pointer, (pointer,)),
        ("run", ctypes.c_int, (pointer, ctypes.c_double)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_address_of = ctypes.pythonapi.PyBytes_AsString
_address_of.restype = ctypes.c_void_p
_address_of.argtypes = (ctypes.py_object,)


def _as_it_lies(address: bytes) -> int:
    """Four bytes as the number that has them in this machine's memory."""
    number: int = struct.unpack("=I", address)[0]
    return number


def _memory_at(address: int, size: int) -> memoryview:
    return memoryview((ctypes.c_char * size).from_address(address)).cast("B")
