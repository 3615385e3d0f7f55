"""Raw datagrams to a TFTP server, and its replies as words: "DATA 1 (512)", "OACK blksize=8", "silence".

It shares no code with ringup, so that both cannot have the same fault.
"""

import re
import select
import socket
import struct
import time
from itertools import groupby

QUIET = 0.35
"""Seconds without a datagram that count as silence; every server's first retransmission comes later (0.5 to 5
s).
"""

PORT = 69

_KINDS = {1: "RRQ", 2: "WRQ"}


def request(name: str, mode: str = "octet", *options: str, opcode: int = 1) -> bytes:
    """Return a request with its options as name, value, name, value …"""
    texts = [name, mode, *options]
    return struct.pack("!H", opcode) + b"".join(text.encode("latin-1") + b"\0" for text in texts)


def ack(block: int) -> bytes:
    return struct.pack("!HH", 4, block % 65536)


def error(code: int, message: str = "enough") -> bytes:
    return struct.pack("!HH", 5, code) + message.encode() + b"\0"


def block_of(datagram: bytes) -> int:
    """Return the number of a DATA packet; -1 for any other datagram."""
    whole = len(datagram) >= 4 and int.from_bytes(datagram[:2], "big") == 3
    return int.from_bytes(datagram[2:4], "big") if whole else -1


def word(datagram: bytes) -> str:
    """Return a datagram as a word, without what may differ between two correct servers."""
    opcode = int.from_bytes(datagram[:2], "big")
    if len(datagram) < 4:
        return f"{len(datagram)} bytes"
    if opcode == 3:
        return f"DATA {block_of(datagram)} ({len(datagram) - 4})"
    if opcode == 4:
        return f"ACK {int.from_bytes(datagram[2:4], 'big')}"
    if opcode == 5:
        path = " that names a path" if b"/" in datagram[4:] else ""
        return f"ERROR {int.from_bytes(datagram[2:4], 'big')}{path}"
    if opcode == 6:
        texts = datagram[2:].split(b"\0")[:-1]
        pairs = zip(texts[::2], texts[1::2], strict=False)
        return " ".join(
            ["OACK", *sorted(f"{name.decode().lower()}={value.decode()}" for name, value in pairs)]
        )
    return f"opcode {opcode}"


def summary(words: list[str]) -> str:
    """Return the words as one line: repeated words are counted, and consecutive blocks become a range."""
    parts: list[str] = []
    for text, same in groupby(words):
        times = len(list(same))
        joined = _one_range(parts[-1], text) if parts and times == 1 else ""
        if joined:
            parts[-1] = joined
        else:
            parts.append(text if times == 1 else f"{text} ×{times}")
    return ", ".join(parts)


_BLOCKS = re.compile(r"DATA (\d+)(?: to (\d+))? (\(\d+\))")


def _one_range(before: str, text: str) -> str:
    first, last = _BLOCKS.fullmatch(before), _BLOCKS.fullmatch(text)
    if first is None or last is None or first[3] != last[3] or int(first[2] or first[1]) + 1 != int(last[1]):
        return ""
    return f"DATA {first[1]} to {last[1]} {first[3]}"


class Talk:
    """One socket of a client; the received words are in `words`, and the ports that sent them in `ports`."""

    def __init__(self, server: str, bind: tuple[str, int] = ("", 0)) -> None:
        self.server = server
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(bind)
        self.port = PORT
        """The port to which `say` sends: that of the last reply, as TFTP requires."""
        self.ports: set[int] = set()
        self.words: list[str] = []

    def say(self, datagram: bytes, port: int | None = None) -> None:
        self._socket.sendto(datagram, (self.server, self.port if port is None else port))

    def hear(self, seconds: float = QUIET) -> bytes | None:
        """Return the next datagram; without one for so long, return None and add the word "silence"."""
        datagram = self._next(seconds)
        self.words.append("silence" if datagram is None else word(datagram))
        return datagram

    def hear_all(self, quiet: float = QUIET) -> list[bytes]:
        """Receive everything until it is quiet; "silence" is added only if nothing came."""
        heard = []
        while (datagram := self._next(quiet)) is not None:
            heard.append(datagram)
        self.words += [word(datagram) for datagram in heard] or ["silence"]
        return heard

    def hear_for(self, seconds: float) -> list[bytes]:
        """Receive everything for so many seconds, as one word such as "DATA 1 (512) ×4 in 8 s"."""
        until = time.monotonic() + seconds
        heard = []
        while (left := until - time.monotonic()) > 0:
            if (datagram := self._next(left)) is not None:
                heard.append(datagram)
        said = summary([word(datagram) for datagram in heard]) or "silence"
        self.words.append(f"{said} in {seconds:.0f} s")
        return heard

    def ask(self, datagram: bytes, seconds: float = QUIET) -> bytes | None:
        """Send a datagram and return one reply."""
        self.say(datagram)
        return self.hear(seconds)

    def note(self, text: str) -> None:
        self.words.append(text)

    def close(self) -> None:
        self._socket.close()

    def _next(self, seconds: float) -> bytes | None:
        ready, _, _ = select.select([self._socket], [], [], max(seconds, 0))
        if not ready:
            return None
        datagram, (_, port) = self._socket.recvfrom(70_000)
        if self.port == PORT:
            self.port = port
        self.ports.add(port)
        return datagram
