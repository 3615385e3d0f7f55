"""Files over HTTP: the files that TFTP serves, for the same phones, if they can use HTTP.

Strategy: one ASGI application. A name goes to the same `find` as in a TFTP request, and the outcome is
reported by the same events, so a journey follows a phone over either protocol. The complete answer is decided
first (`answer_with`). Then its bytes are sent in pieces. Each piece waits until the previous one was sent, so
a slow phone needs the memory of one piece only.

Source: RFC 9110; file names of phones are Latin-1 (P-XML-8).
"""

import asyncio
import hashlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from ringup.engine.faults import Faults
from ringup.engine.found import Absent, File, Found, Refused
from ringup.engine.tftp.options import FIRST_RESEND
from ringup.events import (
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    TransferFailed,
)
from ringup.pages.ranges import lists_tag, wanted_part
from ringup.wire.file_names import shown

LONGEST_NAME = 512
"""Maximum number of characters, as in a TFTP request; a longer text is not a file's name and would only fill
the database.
"""

PIECE = 32 * 1024
"""Bytes handed to a connection at a time: the memory that a phone costs when it stops reading."""

OPEN_SECONDS = FIRST_RESEND
"""Seconds after which a request without an outcome gets an event of its own, as over TFTP. Otherwise the
event of the outcome reports the request too.
"""

MOST_TAGS = 64
"""Maximum number of files whose entity tag is cached: a load, the common files, and the phones' own files of
a busy minute.
"""

CONTENT_TYPES = {".xml": "text/xml", ".cnf": "text/plain; charset=iso-8859-1", ".bmp": "image/bmp"}
"""Content types by the end of a file's name; phones read XML only as ``text/xml`` (P-XML-5)."""
ANY_BYTES = "application/octet-stream"

_METHODS = "GET, HEAD"
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^/]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _RequestedFile:
    """One request for a file."""

    name: str
    address: str
    port: int
    mac: str
    at: float
    """Unix seconds."""


class FilesOverHttp:
    """The ASGI application."""

    def __init__(
        self,
        find: Callable[[str, str], Found],
        mac_of: Callable[[str], str],
        on_events: Callable[[list[Event]], None],
    ) -> None:
        self._find = find
        self._mac_of = mac_of
        self._on_events = on_events
        self._faults = Faults(lambda fault: on_events([fault]), time.time, " over HTTP")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an internal error is logged, and the phone gets status 500 or a closed
        connection.
        """
        try:
            await self._answer_request(scope, receive, send)
        except Exception as error:
            self._faults.report(f"an HTTP request of {scope['client'][0]}: {error!r}")
            raise

    async def _answer_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            headers = {"allow": _METHODS, "connection": "close"}
            await PlainTextResponse(f"Only {_METHODS}.\n", 405, headers)(scope, receive, send)
            return
        address, port = scope["client"]
        name = requested_name(scope["raw_path"])
        requested = _RequestedFile(shown(name), address, port, self._mac_of(address), time.time())
        found = self._find_safely(name, address)
        response = _answer(scope, found)
        if not isinstance(found, File):
            self._on_events([_not_given(requested, found)])
            await response(scope, receive, send)
        elif scope["method"] == "HEAD":  # A successful HEAD transfers no file, so it has no event.
            await response(scope, receive, send)
        else:
            await self._give(requested, response, receive, send)

    async def _give(
        self, requested: _RequestedFile, response: Response, receive: Receive, send: Send
    ) -> None:
        unreported = [
            FileRequested(requested.at, requested.mac, requested.name, requested.address, requested.port)
        ]
        emit_request = asyncio.get_running_loop().call_later(OPEN_SECONDS, self._emit, unreported)
        outcome: Event | None = None
        try:
            outcome = _given(requested, response, await _send_in_pieces(response, receive, send), time.time())
        finally:
            emit_request.cancel()
            if not isinstance(outcome, FileSent | FileRefused):  # The client broke off, or this server did.
                self._emit(unreported)
        self._on_events([outcome])

    def _emit(self, unreported: list[FileRequested]) -> None:
        """Emit the event of the request, only once."""
        self._on_events([unreported.pop() for _ in tuple(unreported)])

    def _find_safely(self, name: str, address: str) -> Found:
        if len(name) > LONGEST_NAME:
            return Absent(f"the name has {len(name)} characters")
        return self._faults.find(self._find, name, address)


def requested_name(target: bytes) -> str:
    """Return the name in a request's target, without the query: ``/US/7960-tones.xml``, or a complete URL."""
    path = target.decode("latin-1")
    if not path.startswith("/"):
        path = _ORIGIN.sub("", path, count=1)
    return unquote(path, "latin-1").removeprefix("/")


def content_type(name: str) -> str:
    """Return the content type of a file of this name."""
    return next((kind for end, kind in CONTENT_TYPES.items() if name.lower().endswith(end)), ANY_BYTES)


# Cached by the bytes object: bytes keep their hash, and are compared by identity first.
@lru_cache(MOST_TAGS)
def entity_tag(data: bytes) -> str:
    """Return the strong entity tag of a file's bytes, with its quotes."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def answer_with(file: File, headers: Headers, *, whole: bool = False) -> Response:
    """Return the answer to a request for an existing file; with `whole`, a range is ignored (HEAD)."""
    tag, size = entity_tag(file.data), len(file.data)
    # Each file is made for one requester: no proxy may cache it, and a phone revalidates its copy.
    common = {"etag": tag, "accept-ranges": "bytes", "cache-control": "private, no-cache"}
    if "if-match" in headers and not lists_tag(_all(headers, "if-match"), tag, weakly=False):
        return PlainTextResponse("The file has changed.\n", 412, common)
    if "if-none-match" in headers and lists_tag(_all(headers, "if-none-match"), tag, weakly=True):
        return Response(status_code=304, headers=common)
    part = None if whole else _part(headers, tag, size)
    if part is None:
        return Response(file.data, 200, {**common, "content-type": content_type(file.name)})
    if not part:
        return PlainTextResponse(
            "The requested range is outside the file.\n", 416, {**common, "content-range": f"bytes */{size}"}
        )
    place = {"content-range": f"bytes {part.start}-{part.stop - 1}/{size}"}
    data = memoryview(file.data)[part.start : part.stop]
    return Response(data, 206, {**common, **place, "content-type": content_type(file.name)})


def _answer(scope: Scope, found: Found) -> Response:
    if isinstance(found, File):
        return answer_with(found, Headers(scope=scope), whole=scope["method"] == "HEAD")
    return PlainTextResponse("File not found\n", 404)


def _all(headers: Headers, name: str) -> str:
    return ", ".join(headers.getlist(name))


def _part(headers: Headers, tag: str, size: int) -> range | None:
    """Return the part that the request names, if it may be sent; None: the complete file."""
    if "if-range" in headers and headers["if-range"].strip() != tag:
        # The requester has a part of another file, or gives a date; this server sends no dates.
        return None
    return wanted_part(_all(headers, "range"), size)


def _not_given(requested: _RequestedFile, found: Absent | Refused) -> Event:
    kind = FileRefused if isinstance(found, Refused) else FileNotFound
    return kind(requested.at, requested.mac, requested.name, requested.address, found.reason)


_CONDITIONS = {
    412: "the file is no longer the one that the requester has (If-Match)",
    416: "the requested part is outside the file (Range)",
}
"""The reason why a file exists and the answer contains none of it."""


def _given(requested: _RequestedFile, response: Response, sent: int, now: float) -> Event:
    who = (now, requested.mac, requested.name, requested.address)
    if response.status_code in _CONDITIONS:
        return FileRefused(requested.at, *who[1:], _CONDITIONS[response.status_code])
    if sent < len(response.body):
        return TransferFailed(*who, sent, len(response.body), "the connection was closed")
    return FileSent(*who, sent, now - requested.at)


async def _send_in_pieces(response: Response, receive: Receive, send: Send) -> int:
    """Send an answer; return how many bytes of its body left before the requester closed the connection.

    A byte counts as sent when the kernel has accepted it: HTTP has no acknowledgement that a server could
    see.
    """
    gone = asyncio.ensure_future(_until_gone(receive))
    try:
        await send(
            {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
        )
        left = 0
        for start in range(0, len(response.body), PIECE):
            piece = bytes(response.body[start : start + PIECE])
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            # Sending waits until the previous piece has left, so sending an empty piece means that the last
            # one has left.
            await send({"type": "http.response.body", "body": b"", "more_body": True})
            await asyncio.sleep(0)
            if gone.done():
                return left
            left += len(piece)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return left
    finally:
        gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
