"""Open one file of evidence: compressed or not, a capture or text in any usual encoding."""

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, cast

from ringup.wire import pcap

_PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ERRORS = {"utf-8": "surrogateescape"}
_CHUNK = 1 << 18
_HEAD = 64
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError)
"""The exceptions that a damaged or truncated compressed file can raise."""


class InputFile(NamedTuple):
    """One file of evidence, opened by the caller."""

    name: str
    stream: BinaryIO
    written: float
    """The time when the file was last written, in Unix seconds; its lines are not later than that."""


class OpenedSource(NamedTuple):
    """The contents of a file, after its format was detected."""

    stream: io.BufferedReader
    is_capture: bool
    is_packed: bool


def opened(stream: BinaryIO) -> OpenedSource:
    """Return the decompressed contents, and whether they are a capture."""
    plain = _buffered(stream)
    head = _peek(plain)
    for magic, unpack in _PACKED:
        if head.startswith(magic):
            inner = _buffered(cast("BinaryIO", unpack(plain, "rb")))
            return OpenedSource(inner, pcap.is_capture(_peek(inner)), is_packed=True)
    return OpenedSource(plain, pcap.is_capture(head), is_packed=False)


def _buffered(stream: BinaryIO) -> io.BufferedReader:
    if isinstance(stream, io.BufferedReader):
        return stream
    return io.BufferedReader(cast("io.RawIOBase", stream), _CHUNK)


def _peek(stream: io.BufferedReader) -> bytes:
    try:
        return stream.peek(_HEAD)[:_HEAD]
    except _BROKEN:
        return b""


def lines(stream: io.BufferedReader) -> Iterator[str]:
    """Yield the lines of a text, without their line ends; of a truncated file, up to the last byte that can
    be read.

    UTF-8 and UTF-16 are decoded; bytes that are not UTF-8 are kept as surrogates.
    """
    head = _peek(stream)
    encoding, mark = _encoding(head)
    decoder = codecs.getincrementaldecoder(encoding)(
        errors="replace" if encoding != "utf-8" else "surrogateescape"
    )
    _take(stream, len(mark))
    rest = ""
    while chunk := _take(stream, _CHUNK):
        pieces = (rest + decoder.decode(chunk)).split("\n")
        rest = pieces.pop()
        yield from pieces
        if len(rest) > _CHUNK:  # not text: no line is that long
            yield rest
            rest = ""
    if rest:
        yield rest


def _take(stream: io.BufferedReader, size: int) -> bytes:
    try:
        return stream.read1(size) if size == _CHUNK else stream.read(size)
    except _BROKEN:
        return b""


def _encoding(head: bytes) -> tuple[str, bytes]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, mark
    if len(head) >= 8 and not any(head[1:8:2]) and all(head[0:8:2]):
        return "utf-16-le", b""
    if len(head) >= 8 and not any(head[0:8:2]) and all(head[1:8:2]):
        return "utf-16-be", b""
    return "utf-8", b""


def read_exactly(stream: io.BufferedReader) -> pcap.Read:
    """Return a function that reads a number of bytes, or fewer at the end of the file or where it is
    damaged.
    """
    return lambda size: _take(stream, size) if size else b""
