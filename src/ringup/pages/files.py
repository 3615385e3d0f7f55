"""Serve files over HTTP: the same files as over TFTP, for the same phones, if they can use HTTP.

Strategy: one ASGI application. A name goes to the same `find` as in a TFTP request. The same events report
the outcome, so the progress of a phone is visible over either protocol. First, the complete response is made
(`answer_with`). Then its bytes are sent in pieces. Each piece waits until the previous one was sent, so a
slow phone needs memory for only one piece.

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
"""Maximum number of characters of a name, as in a TFTP request.

A longer text is not the name of a file, and would only fill the database.
"""

PIECE = 32 * 1024
"""Number of bytes that are passed to a connection at a time; a phone that stops reading costs so much
memory.
"""

OPEN_SECONDS = FIRST_RESEND
"""Seconds after which a request without an outcome gets an event, as over TFTP.

If the outcome comes earlier, its event stands for the request too.
"""

MOST_TAGS = 64
"""Maximum number of files whose entity tag is cached.

It is enough for a load, the files for all phones, and the own files of phones that boot in the same minute.
"""

CONTENT_TYPES = {".xml": "text/xml", ".cnf": "text/plain; charset=iso-8859-1", ".bmp": "image/bmp"}
"""Content types by the suffix of a file's name; phones read XML only as ``text/xml`` (P-XML-5)."""
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
    """The time of the request, in Unix seconds."""


class FilesOverHttp:
    """The ASGI application for files."""

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
        """Respond to one request.

        An internal error is logged, and the phone gets status 500 or a closed connection.
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
            if not isinstance(
                outcome, FileSent | FileRefused
            ):  # The client or this server closed the connection.
                self._emit(unreported)
        self._on_events([outcome])

    def _emit(self, unreported: list[FileRequested]) -> None:
        """Emit the event about the request, unless it was emitted before."""
        self._on_events([unreported.pop() for _ in tuple(unreported)])

    def _find_safely(self, name: str, address: str) -> Found:
        if len(name) > LONGEST_NAME:
            return Absent(f"the name has {len(name)} characters")
        return self._faults.find(self._find, name, address)


def requested_name(target: bytes) -> str:
    """Return the file name in a request's target, without the query.

    The target is a path like ``/US/7960-tones.xml``, or a complete URL.
    """
    path = target.decode("latin-1")
    if not path.startswith("/"):
        path = _ORIGIN.sub("", path, count=1)
    return unquote(path, "latin-1").removeprefix("/")


def content_type(name: str) -> str:
    """Return the content type of a file of this name."""
    return next((kind for end, kind in CONTENT_TYPES.items() if name.lower().endswith(end)), ANY_BYTES)


# The bytes object is the key of the cache: it stores its hash, and a comparison begins with its identity.
@lru_cache(MOST_TAGS)
def entity_tag(data: bytes) -> str:
    """Return the strong entity tag for a file's bytes, including its quotes."""
    return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def answer_with(file: File, headers: Headers, *, whole: bool = False) -> Response:
    """Return the response to a request for an existing file; with `whole` (for HEAD), a range is ignored."""
    tag, size = entity_tag(file.data), len(file.data)
    # Each file is made for one requester. So a proxy must not cache it, and a phone must revalidate its copy.
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
    """Return the part that the request asks for; None if the complete file must be sent."""
    if "if-range" in headers and headers["if-range"].strip() != tag:
        # The requester has a part of another version, or sends a date; this server sends no dates.
        return None
    return wanted_part(_all(headers, "range"), size)


def _not_given(requested: _RequestedFile, found: Absent | Refused) -> Event:
    kind = FileRefused if isinstance(found, Refused) else FileNotFound
    return kind(requested.at, requested.mac, requested.name, requested.address, found.reason)


_CONDITIONS = {
    412: "the file is no longer the one that the requester has (If-Match)",
    416: "the requested part is outside the file (Range)",
}
"""The reason, by status, why the response contains nothing of an existing file."""


def _given(requested: _RequestedFile, response: Response, sent: int, now: float) -> Event:
    who = (now, requested.mac, requested.name, requested.address)
    if response.status_code in _CONDITIONS:
        return FileRefused(requested.at, *who[1:], _CONDITIONS[response.status_code])
    if sent < len(response.body):
        return TransferFailed(*who, sent, len(response.body), "the connection was closed")
    return FileSent(*who, sent, now - requested.at)


async def _send_in_pieces(response: Response, receive: Receive, send: Send) -> int:
    """Send a response; return the number of bytes of its body that were sent before the client closed the
    connection.

    A byte counts as sent when the kernel has accepted it, because HTTP has no acknowledgement that the server
    sees.
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
            # Sending waits until the previous piece was sent. So when the empty piece has been sent, the last
            # piece has been sent too.
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
