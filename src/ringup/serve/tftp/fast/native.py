"""Python's interface to `tftp_fast.c`, the C library that answers ACKs and cached requests.

The package's build compiles the library if there is a C compiler (`hatch_build.py`); without it, the server
is only slower.
"""

import ctypes
import errno
import os
import socket
import struct
import time
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ringup.engine.rates import Bucket, TokenBucket
from ringup.engine.tftp.blocks import Blocks, ReadyBlocks
from ringup.engine.tftp.options import FIRST_RESEND, NO_OPTIONS, NegotiatedOptions
from ringup.engine.tftp.progress import CachedRequest, Finished, HandedOver, Progress, TransferId
from ringup.engine.tftp.reply_ports import ReplyPortChoice
from ringup.engine.tftp.server import Reply
from ringup.serve.tftp.traffic import Outbox, Received, batched_ports
from ringup.wire import tftp

LIBRARY = Path(__file__).with_name("tftp_fast.so")
"""The path to which the build writes the library."""

_LEFT_DATA = struct.Struct("=4s4sHHI")
"""Header of a datagram for Python, in network order: sender, own address, sender's port, length, socket."""
_FINISHED = struct.Struct("=4s2sHI4xd")
"""A finished transfer: address and port (network order), cached request, retransmitted blocks, start."""
_PYTHONS = 0xFFFF
"""Instead of a cached request's number: Python began this transfer, not the library."""


class NativeProgress(ctypes.Structure):
    """The state of one transfer; `struct progress` in C has the same fields."""

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
        """Return the number of packets to send after an ACK, starting at `acked`.

        It is 0 for an outdated ACK, for the last one, and if the timer will retransmit the packets.
        """
        packets: int = _library().acknowledge(ctypes.byref(self), number, now)
        return packets


def available() -> bool:
    """Return whether the library was built for this machine, with the structures that Python reads."""
    try:
        library = _library()
    except (OSError, AttributeError):  # not built, or built from another version
        return False
    return all(getattr(library, name)() == size for name, size in _SIZES)


class NativeProgresses:
    """The states of all transfers; the library finds them by the phone's address and port."""

    def __init__(self, table: int | None = None) -> None:
        """`table` is the library's memory; without it, the engine handles every ACK itself."""
        self._table = table
        # Keeps the blocks alive until their packets are sent: the library has only the bytes' address.
        self._leaving: list[Blocks] = []
        self.known: dict[int, CachedRequest] = {}
        """The cached requests by their number in the library, which is reused after their transfers."""

    def share(self, bucket: TokenBucket) -> Bucket:
        """Return a token bucket that the engine shares with the library."""
        return bucket if self._table is None else _SharedBucket(bucket, _TableHead.from_address(self._table))

    def learn(self, known: CachedRequest, seconds: float) -> None:
        """Let the library answer repeats of this request from now on, for this many seconds."""
        if self._table is None:
            return
        request = tftp.build(known.request)
        model = ctypes.byref(_progress(known.blocks, NO_OPTIONS))
        number = _library().table_learn(self._table, request, len(request), model, time.monotonic(), seconds)
        if number >= 0:
            self.known[number] = known

    def start(self, transfer_id: TransferId, blocks: Blocks, negotiated: NegotiatedOptions) -> Progress:
        """Return the state of a new transfer; the library answers its ACKs from now on."""
        (address, port), port_index, own_address = transfer_id
        progress = _progress(blocks, negotiated)
        progress.address = _as_it_lies(socket.inet_aton(address))
        progress.port = socket.htons(port)
        progress.port_index = port_index
        if own_address:
            progress.own_address = _as_it_lies(own_address)
        if self._table is not None:
            _library().table_add(self._table, ctypes.byref(progress))
        return progress

    def send(self, progress: Progress, blocks: Blocks) -> bool:
        """Queue the packets from `acked` to `sent` for the next flush; return False if the library cannot
        send them.
        """
        if self._table is None or not isinstance(progress, NativeProgress):
            return False
        self._leaving.append(blocks)
        _library().table_send(self._table, ctypes.byref(progress))
        return True

    def flush(self) -> None:
        """Send all queued packets."""
        if self._leaving:
            _library().table_flush(self._table)
            self._leaving.clear()

    def end(self, progress: Progress) -> None:
        """End a transfer: the library no longer answers its ACKs."""
        if self._table is not None and isinstance(progress, NativeProgress):
            _library().table_remove(self._table, ctypes.byref(progress))


class _SharedBucket:
    """A token bucket whose tokens are in the library's memory."""

    def __init__(self, bucket: TokenBucket, head: "_TableHead") -> None:
        self._bucket = bucket
        self._head = head
        head.unanswered_bytes = bucket.tokens

    def take(self, now: float, amount: float) -> bool:
        self._bucket.tokens = self._head.unanswered_bytes
        fits = self._bucket.take(now, amount)
        self._head.unanswered_bytes = self._bucket.tokens
        return fits

    def give_back(self, amount: float) -> None:
        self._head.unanswered_bytes += amount


def _progress(blocks: Blocks, negotiated: NegotiatedOptions) -> NativeProgress:
    """Return a transfer's state before its first packet.

    The state has only the address of the file's bytes, so the caller must keep the blocks while it is used.
    """
    progress = NativeProgress()
    progress.ready = isinstance(blocks, ReadyBlocks)
    progress.data = _address_of(blocks.packets if isinstance(blocks, ReadyBlocks) else blocks.data)
    progress.size = blocks.size
    progress.block_size = blocks.block_size
    progress.count = blocks.count
    progress.window = negotiated.window
    progress.first_wait = progress.wait = negotiated.wait
    return progress


class NativeTraffic:
    """Receives and sends through the library, which leaves to Python only datagrams that it cannot answer.

    These are requests that it has not cached, errors, and the first ACKs with unknown transfer IDs.
    """

    def __init__(
        self,
        sockets: Sequence[socket.socket],
        wake_up: int,
        main_address: bytes,
        port_choice: ReplyPortChoice,
        resend_after: float = FIRST_RESEND,
    ) -> None:
        """`resend_after`: seconds after which the engine takes over a transfer that the library began.

        The engine then retransmits. Raises OSError if the kernel refuses a socket or there is no memory.
        """
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
        self._handed = (_Handed * self._head.most_left).from_address(library.table_handed(self._table))
        self._head.resend_after = resend_after
        # The library answers from all reply ports but the last, as the engine does.
        self._head.spread = max(0, len(sockets) - 2)
        library.table_choose_ports(self._table, port_choice.multiplier, port_choice.choices)
        self._head.main_address = _as_it_lies(main_address or bytes(4))

    @property
    def unsent(self) -> int:
        """Return the number of packets that could not be sent."""
        return self._outbox.unsent + int(self._head.unsent)

    @property
    def ignored(self) -> int:
        """Return the number of dropped datagrams: ACKs with unknown transfer IDs, and those of a flood."""
        return int(self._head.unknown_tids)

    def wait(self, seconds: float) -> list[Received]:
        """Wait for datagrams that Python must handle, and return them; raises OSError.

        It returns none after `seconds` or after a wake-up.
        """
        if _library().run(self._table, seconds) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        return [self._received(index * self._left_size) for index in range(self._head.left_count)]

    @property
    def live(self) -> int:
        """Return the number of running transfers that the library began and the engine does not know yet."""
        return int(self._head.live)

    def finished(self) -> list[Finished]:
        """Return the transfers whose last block was acknowledged during the last wait."""
        known = self.progresses.known
        entries = _FINISHED.iter_unpack(self._finished[: self._head.finished_count * _FINISHED.size])
        return [
            Finished(
                (socket.inet_ntoa(address), int.from_bytes(port, "big")),
                None if number == _PYTHONS else known[number],
                started,
                resent,
            )
            for address, port, number, resent, started in entries
        ]

    def handed_over(self) -> list[HandedOver]:
        """Return the transfers that the engine must take over; the library answers their ACKs again from now
        on.
        """
        return [self._taken(self._handed[index]) for index in range(self._head.handed_count)]

    def send(self, replies: Iterable[Reply]) -> list[OSError]:
        """Send the replies; return an error for each that could not be sent, except because of full
        queues.
        """
        self.progresses.flush()
        return [*self._outbox.send(replies), *self._refusal()]

    def rebound(self, main_address: bytes) -> None:
        """Let the library answer requests to this address; its sockets keep their file descriptors."""
        self._head.main_address = _as_it_lies(main_address)

    def close(self) -> None:
        """Free the library's memory; the sockets stay open."""
        _library().table_free(self._table)

    def _taken(self, handed: "_Handed") -> HandedOver:
        # This is a copy, because the library will reuse the memory of the original.
        progress = NativeProgress.from_buffer_copy(handed.progress)
        _library().table_add(self._table, ctypes.byref(progress))
        address = socket.inet_ntoa(struct.pack("=I", progress.address))
        transfer_id = (address, socket.ntohs(progress.port)), progress.port_index, b""
        return HandedOver(transfer_id, self.progresses.known[handed.known], handed.started, progress)

    def _refusal(self) -> list[OSError]:
        """Return the error of a packet that the library could not send since the last call, except for full
        queues.
        """
        number, self._head.last_error = self._head.last_error, 0
        if number in (0, errno.EAGAIN, errno.ENOBUFS):
            return []
        return [OSError(number, os.strerror(number))]

    def _received(self, start: int) -> Received:
        address, own_address, port, length, index = _LEFT_DATA.unpack_from(self._left, start)
        data = bytes(self._left[start + _LEFT_DATA.size : start + _LEFT_DATA.size + length])
        own = b"" if own_address == b"\0\0\0\0" else own_address
        return data, (socket.inet_ntoa(address), socket.ntohs(port)), index, own


class _TableHead(ctypes.Structure):
    """The fields at the start of `struct table` that Python reads."""

    _fields_ = (
        ("left_count", ctypes.c_uint32),
        ("finished_count", ctypes.c_uint32),
        ("handed_count", ctypes.c_uint32),
        ("most_left", ctypes.c_uint32),
        ("last_error", ctypes.c_int),
        ("live", ctypes.c_uint32),
        ("unknown_tids", ctypes.c_uint64),
        ("unsent", ctypes.c_uint64),
        ("resend_after", ctypes.c_double),
        ("spread", ctypes.c_uint32),
        ("main_address", ctypes.c_uint32),
        ("many_left", ctypes.c_uint32),
        ("unanswered_bytes", ctypes.c_double),
    )


class _Handed(ctypes.Structure):
    """A transfer that Python takes over; `struct handed` in C has the same fields."""

    _fields_ = (
        ("progress", NativeProgress),
        ("started", ctypes.c_double),
        ("known", ctypes.c_uint32),
    )


_SIZES = (
    ("progress_size", ctypes.sizeof(NativeProgress)),
    ("handed_size", ctypes.sizeof(_Handed)),
    ("finished_size", _FINISHED.size),
    ("left_head_size", _LEFT_DATA.size),
    ("table_head_size", ctypes.sizeof(_TableHead)),
)
"""The functions of the library that return the size of each shared structure, and the size that Python
computes. The two sizes can differ although the fields are the same, because machines align a double
differently.
"""


@lru_cache(maxsize=1)
def _library() -> Any:
    """Load the library; raises OSError if it was not built, AttributeError if its version is another.

    Only `run`, which waits, releases Python's global lock: in any other call, another thread could then hold
    the lock for milliseconds.
    """
    library: Any = ctypes.PyDLL(str(LIBRARY), use_errno=True)
    library.run = ctypes.CDLL(str(LIBRARY), use_errno=True).run
    pointer = ctypes.c_void_p
    for name, result, arguments in (
        *((name, ctypes.c_size_t, ()) for name, _ in _SIZES),
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
        ("table_handed", pointer, (pointer,)),
        (
            "table_learn",
            ctypes.c_int,
            (pointer, ctypes.c_char_p, ctypes.c_uint32, pointer, ctypes.c_double, ctypes.c_double),
        ),
        ("table_choose_ports", None, (pointer, ctypes.c_uint64, ctypes.c_char_p)),
        ("run", ctypes.c_int, (pointer, ctypes.c_double)),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_address_of = ctypes.pythonapi.PyBytes_AsString
_address_of.restype = ctypes.c_void_p
_address_of.argtypes = (ctypes.py_object,)


def _as_it_lies(address: bytes) -> int:
    """Convert four bytes to the number that has the same bytes in this machine's memory."""
    number: int = struct.unpack("=I", address)[0]
    return number


def _memory_at(address: int, size: int) -> memoryview:
    return memoryview((ctypes.c_char * size).from_address(address)).cast("B")
