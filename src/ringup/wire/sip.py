"""SIP messages: headers kept in order and as written (RFC 3261 §7, §25).

Strategy: a datagram is split at its CRLFs once, from front to back. Nothing is searched twice, so an
attacker's message costs no more than its length. Text is UTF-8, and other bytes are kept unchanged, because
phones of this age put Latin-1 into display names. A header's value is parsed only when it is needed.
"""

from dataclasses import dataclass

from ringup.errors import WireError

VERSION = "SIP/2.0"

COMPACT_FORMS = {
    "b": "referred-by", "c": "content-type", "e": "content-encoding", "f": "from", "i": "call-id",
    "k": "supported", "l": "content-length", "m": "contact", "o": "event", "r": "refer-to",
    "s": "subject", "t": "to", "u": "allow-events", "v": "via", "x": "session-expires",
}  # fmt: skip
"""The lower-case long name for each one-letter header name of RFC 3261 §7.3.3 and its extensions."""

_TOKEN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~")
_LONGEST_NUMBER = 10
"""Maximum number of digits of a number: those of the largest CSeq, 2**31. A text of a thousand digits is not
converted.
"""

Headers = tuple[tuple[str, str], ...]
Parameters = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class SipRequest:
    """A request: ``METHOD uri SIP/2.0``, headers and body."""

    method: str
    uri: str
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """A response: ``SIP/2.0 status reason``, headers and body."""

    status: int
    reason: str
    headers: Headers
    body: bytes = b""


Message = SipRequest | Response


@dataclass(frozen=True, slots=True)
class Uri:
    """A URI: ``sip:user@host:port;parameters``; the user part as written, without a password."""

    scheme: str
    user: str
    host: str
    port: int | None = None
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class Address:
    """An address: ``"display name" <uri>;parameters``, as in From, To, Contact and Route."""

    uri: str
    display_name: str = ""
    """The display name without quotation marks."""
    parameters: Parameters = ()


@dataclass(frozen=True, slots=True)
class Via:
    """One Via header: a hop through which the response travels back."""

    transport: str
    host: str
    port: int | None = None
    parameters: Parameters = ()


# --- bytes <-> message ----------------------------------------------------------------------------------


def parse(data: bytes) -> Message:
    """Read one datagram; raises WireError."""
    start = len(data) - len(data.lstrip(b"\r\n"))  # RFC 3261 §7.5: blank lines before a message are skipped
    end = data.find(b"\r\n\r\n", start)
    if end < 0:
        raise WireError("a SIP message has no blank line after its headers", len(data))
    lines = data[start:end].split(b"\r\n")
    headers = _parse_headers(lines[1:], start + len(lines[0]) + 2)
    body = _body(headers, data[end + 4 :], end + 4)
    return _parse_start(_text(lines[0], start), headers, body, start)


def build(message: Message) -> bytes:
    """Return the bytes of a message, with its headers exactly as given.

    Raises ValueError for a part that `parse` would read differently.
    """
    if isinstance(message, SipRequest):
        start = f"{message.method} {message.uri} {VERSION}"
    else:
        start = f"{VERSION} {message.status:03d} {message.reason}"
    lines = [start, *(f"{name}: {value}" for name, value in message.headers)]
    data = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + message.body
    try:
        same = parse(data) == message
    except WireError as error:
        raise ValueError(f"not a SIP message: {error}") from error
    if not same:
        raise ValueError("not a SIP message: a line break, spaces or a wrong Content-Length in its parts")
    return data


def _parse_start(line: str, headers: Headers, body: bytes, offset: int) -> Message:
    if line.startswith(VERSION + " "):
        status, _, reason = line[len(VERSION) + 1 :].partition(" ")
        if len(status) != 3 or not status.isdecimal() or not status.isascii() or status < "100":
            raise WireError(f"{status[:20]!r} is no SIP status", offset)
        return Response(int(status), reason, headers, body)
    parts = line.split(" ")
    if len(parts) != 3 or parts[2] != VERSION or not is_token(parts[0]) or not parts[1]:
        raise WireError("a SIP message starts with neither a request nor a status line", offset)
    return SipRequest(parts[0], parts[1], headers, body)


def _parse_headers(lines: list[bytes], offset: int) -> Headers:
    found: list[tuple[str, list[str]]] = []
    for raw in lines:
        line = _text(raw, offset)
        if line[:1] in (" ", "\t"):
            if not found:
                raise WireError("the first SIP header is a continuation", offset)
            found[-1][1].append(line.strip(" \t"))
        else:
            name, colon, value = line.partition(":")
            name = name.rstrip(" \t")
            if not colon or not is_token(name):
                raise WireError("a SIP header has no name", offset)
            found.append((name, [value.strip(" \t")]))
        offset += len(raw) + 2
    return tuple((name, " ".join(parts).strip(" \t")) for name, parts in found)


def _body(headers: Headers, rest: bytes, offset: int) -> bytes:
    lengths = [value for name, value in headers if canonical(name) == "content-length"]
    if not lengths:
        return rest
    for length in lengths:
        if not is_number(length) or length != lengths[0]:
            raise WireError(f"Content-Length {length[:20]!r} is not one number", offset)
    if int(lengths[0]) > len(rest):
        raise WireError(f"Content-Length is {lengths[0]}, {len(rest)} bytes are left", offset)
    return rest[: int(lengths[0])]


def _text(line: bytes, offset: int) -> str:
    if b"\r" in line or b"\n" in line:
        raise WireError("a lone CR or LF in a SIP header", offset)
    return line.decode("utf-8", "surrogateescape")


def is_token(text: str) -> bool:
    """Return whether a text may be a method or header name (RFC 3261 §25.1)."""
    return bool(text) and _TOKEN.issuperset(text)


def is_number(text: str) -> bool:
    """Return whether a text is a decimal number of at most _LONGEST_NUMBER digits."""
    return 0 < len(text) <= _LONGEST_NUMBER and text.isascii() and text.isdecimal()


# --- headers --------------------------------------------------------------------------------------------


def canonical(name: str) -> str:
    """Return the lower-case long form of a header name."""
    lowered = name.lower()
    return COMPACT_FORMS.get(lowered, lowered)


def every(message: Message, name: str) -> list[str]:
    """Return the values of all headers of a name, as written."""
    wanted = canonical(name)
    return [value for written, value in message.headers if canonical(written) == wanted]


def first(message: Message, name: str) -> str:
    """Return the value of the first header of a name; empty if there is none."""
    wanted = canonical(name)
    return next((value for written, value in message.headers if canonical(written) == wanted), "")


def listed(message: Message, name: str) -> list[str]:
    """Return the members of a header that may be a list (Via, Route, Contact), over all its lines."""
    return [member for value in every(message, name) for member in split_outside(value, ",") if member]


def parse_cseq(message: Message) -> tuple[int, str]:
    """Return the number and method of CSeq; raises WireError."""
    number, _, method = first(message, "CSeq").partition(" ")
    method = method.strip(" \t")
    if not is_number(number) or not is_token(method):
        raise WireError("CSeq is not a number and a method", 0)
    return int(number), method


def split_outside(text: str, separator: str) -> list[str]:
    """Split a text at a separator outside quotation marks and angle brackets, without surrounding spaces."""
    parts, start, quoted_, bracketed, escaped = [], 0, False, False, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif quoted_:
            escaped = character == "\\"
            quoted_ = character != '"'
        elif character == '"':
            quoted_ = True
        elif character == "<":
            bracketed = True
        elif character == ">":
            bracketed = False
        elif character == separator and not bracketed:
            parts.append(text[start:index].strip(" \t"))
            start = index + 1
    parts.append(text[start:].strip(" \t"))
    return parts


def parameter(parameters: Parameters, name: str) -> str | None:
    """Return the value of a parameter; None: it is absent; empty: it has no value."""
    for written, value in parameters:
        if written.lower() == name:
            return value or ""
    return None


def quoted(text: str) -> str:
    """Return a display name in quotation marks, escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _parse_parameters(parts: list[str], what: str) -> Parameters:
    found: list[tuple[str, str | None]] = []
    for part in parts:
        name, equals, value = part.partition("=")
        name = name.strip(" \t")
        if not name:
            raise WireError(f"{what} has a parameter without a name", 0)
        found.append((name, value.strip(" \t") if equals else None))
    return tuple(found)


def parse_address(text: str) -> Address:
    """Read one From, To, Contact or Route value; raises WireError with the offset inside the value."""
    display, rest = _display_name(text)
    if rest.startswith("<"):
        uri, bracket, tail = rest[1:].partition(">")
        if not bracket:
            raise WireError("an address has no closing bracket", len(text))
        if tail.strip(" \t") and not tail.lstrip(" \t").startswith(";"):
            raise WireError("an address goes on after its bracket", len(text) - len(tail))
        parts = split_outside(tail, ";")[1:]
    else:
        uri, *parts = split_outside(rest, ";")
    if not uri or " " in uri:
        raise WireError("an address has no URI", 0)
    return Address(uri, display, _parse_parameters(parts, "an address"))


def _display_name(text: str) -> tuple[str, str]:
    text = text.strip(" \t")
    if not text.startswith('"'):
        before, bracket, after = text.partition("<")
        return (before.strip(" \t"), bracket + after) if bracket else ("", text)
    letters, escaped = [], False
    for index, character in enumerate(text[1:], start=1):
        if escaped or character not in '\\"':
            letters.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        else:
            rest = text[index + 1 :].lstrip(" \t")
            if not rest.startswith("<"):
                raise WireError("a display name has no address behind it", index)
            return "".join(letters), rest
    raise WireError("a display name has no closing quotation mark", len(text))


def parse_uri(text: str) -> Uri:
    """Read a ``sip:`` or ``sips:`` URI; raises WireError."""
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in ("sip", "sips"):
        raise WireError(f"{text[:40]!r} is no SIP URI", 0)
    before, at, after = rest.rpartition("@") if "@" in rest else ("", "", rest)
    place, *parts = after.partition("?")[0].split(";")
    host, port = _host_and_port(place)
    return Uri(scheme.lower(), before.partition(":")[0] if at else "", host, port,
               _parse_parameters(parts, "a URI"))  # fmt: skip


def _host_and_port(text: str) -> tuple[str, int | None]:
    if text.startswith("["):  # an IPv6 address keeps its brackets
        host, _, rest = text.partition("]")
        host, colon, port = host + "]", rest[:1], rest[1:]
        if colon not in ("", ":"):
            raise WireError("a host has no port after its bracket", len(host))
    else:
        host, colon, port = text.partition(":")
    host, port = host.strip(" \t"), port.strip(" \t")
    if not host or " " in host:
        raise WireError("a host is missing", 0)
    if not colon:
        return host, None
    if not is_number(port) or not 0 < int(port) <= 0xFFFF:
        raise WireError(f"{port[:20]!r} is not a port", len(host))
    return host, int(port)


def parse_via(text: str) -> Via:
    """Read one Via value; raises WireError."""
    sent, *parts = split_outside(text, ";")
    protocol, _, place = sent.partition(" ")
    name, _, transport = protocol.rpartition("/")
    if name.upper() != VERSION or not is_token(transport):
        raise WireError("Via does not start with SIP/2.0 and a transport", 0)
    host, port = _host_and_port(place.strip(" \t"))
    return Via(transport, host, port, _parse_parameters(parts, "Via"))


def top_via(message: Message) -> Via:
    """Return the first Via, which identifies a request's sender or the request that a response answers.

    Raises WireError.
    """
    hops = listed(message, "Via")
    if not hops:
        raise WireError("a SIP message has no Via", 0)
    return parse_via(hops[0])
