"""Asterisk's manager interface on the wire: a banner line, then messages of ``Key: value`` lines.

    Asterisk Call Manager/5.0.4 CR LF          the banner, once
    Key: value CR LF                           any number of fields; names repeat (``Output``, ``Variable``)
    CR LF                                      ends the message

Strategy: fields keep their order and spelling; names compare without case. Outgoing values are checked: a
value with a line end would become a second field or a second action. Source: Asterisk's main/manager.c,
versions 16 and 22.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ringup.errors import WireError

BANNER_START = b"Asterisk Call Manager/"

LONGEST_LINE = 64 * 1024
"""Maximum number of bytes of a line. Asterisk's own lines are under 1 KB, except in the output of CLI
commands.
"""

LARGEST_MESSAGE = 16 * 1024 * 1024
"""Maximum number of bytes of a message. On a PBX with 10,000 phone lines, the output of ``pjsip show
endpoints`` is one message of about 5 MB.
"""

_FORBIDDEN = "\r\n\0"


@dataclass(frozen=True, slots=True)
class AmiMessage:
    """A message of the manager interface: an action, a response or an event."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value with this name."""
        wanted = name.lower()
        return next((value for key, value in self.fields if key.lower() == wanted), default)

    def all(self, name: str) -> list[str]:
        """Return every value with this name, in order."""
        wanted = name.lower()
        return [value for key, value in self.fields if key.lower() == wanted]


def build(message: AmiMessage) -> bytes:
    """Return the bytes of a message; raises ValueError for a field that Asterisk would read differently."""
    if not message.fields:
        raise ValueError("a manager message needs at least one field")
    lines = [_line(name, value) for name, value in message.fields]
    return "".join([*lines, "\r\n"]).encode()


def _line(name: str, value: str) -> str:
    if not name or ":" in name or name != name.strip() or any(mark in name for mark in _FORBIDDEN):
        raise ValueError(f"{name!r} is not a possible name of a manager field")
    if any(mark in value for mark in _FORBIDDEN):
        raise ValueError(f"the value of {name} holds a line end or a NUL: it would become another field")
    return f"{name}: {value}\r\n"


def parse(data: bytes) -> AmiMessage:
    """Read a message from its bytes, which include the closing empty line."""
    if not data.endswith(b"\r\n\r\n"):
        raise WireError("a manager message has no empty line at its end", len(data))
    if len(data) > LARGEST_MESSAGE:
        raise WireError(f"a manager message is longer than {LARGEST_MESSAGE} bytes", LARGEST_MESSAGE)
    offset = 0
    fields = []
    for line in data[:-4].split(b"\r\n"):
        fields.append(_field(line, offset))
        offset += len(line) + 2
    return AmiMessage(tuple(fields))


def _field(line: bytes, offset: int) -> tuple[str, str]:
    """Read one line; a space after the colon is a separator, and further spaces belong to the value."""
    name, colon, value = line.partition(b":")
    if not colon or not name:
        raise WireError("a manager line is no 'Key: value'", offset)
    return _text(name), _text(value[1:] if value.startswith(b" ") else value)


def _text(data: bytes) -> str:
    # Callers' names may be in any encoding; a wrong letter in a name must not end the connection.
    return data.decode("utf-8", "replace")


def parse_banner(line: bytes) -> str:
    """Return the protocol's version from the first line, like ``5.0.4``."""
    if not line.startswith(BANNER_START) or not line.endswith(b"\r\n"):
        raise WireError("this is no Asterisk manager interface: its first line is another", 0)
    return _text(line[len(BANNER_START) : -2])


class Framer:
    """Cuts a stream into the banner line and messages, and keeps an incomplete message until its rest
    arrives.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked = 0
        self._greeted = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return the pieces that these bytes complete, the banner first; raises WireError past the limits."""
        self._held += data
        return list(self._pieces())

    def _pieces(self) -> Iterable[bytes]:
        if not self._greeted:
            end = self._held.find(b"\r\n")
            if end < 0:
                self._limit(LONGEST_LINE)
                return
            self._greeted = True
            yield self._cut(end + 2)
        self._skip_empty_lines()
        while (end := self._held.find(b"\r\n\r\n", self._looked)) >= 0:
            yield self._cut(end + 4)
            self._skip_empty_lines()
        self._limit(LARGEST_MESSAGE)
        self._looked = max(0, len(self._held) - 3)

    def _cut(self, end: int) -> bytes:
        piece = bytes(self._held[:end])
        del self._held[:end]
        self._looked = 0
        return piece

    def _skip_empty_lines(self) -> None:
        """Skip empty lines: Asterisk 16 ends its TestEvent with one line end too many."""
        while self._held.startswith(b"\r\n"):
            del self._held[:2]

    def _limit(self, most: int) -> None:
        if len(self._held) > most:
            raise WireError(f"more than {most} bytes without an end", most)


def action(name: str, action_id: str, fields: Iterable[tuple[str, str]] = ()) -> bytes:
    """Return the bytes of an action; raises ValueError for values that contain line ends."""
    return build(AmiMessage((("Action", name), ("ActionID", action_id), *fields)))
