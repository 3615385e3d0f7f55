"""Fetch a page over HTTP, as an embedded client does: one connection, one answer, no redirects (P-XML-28).

No capture shows the requests of a SIP 7940 or 7960. The emulated phone sends HTTP/1.0 without headers of its
own: a guess from the oldest captured client and from P-XML-31.
"""

import asyncio
from typing import NamedTuple
from urllib.parse import urlsplit

from ringup.emulator.pages.objects import PageError, PageRefusedError

SECONDS = 10.0
"""Maximum seconds to wait for an answer; a guess."""
MOST_BYTES = 65_536
"""Maximum size of an answer in bytes; a guess, because the phone has little memory."""


class HttpAnswer(NamedTuple):
    """The answer to an HTTP request."""

    content_type: str
    body: bytes
    refresh: str = ""
    """The URL in the header Refresh."""


async def fetch(own: str, url: str) -> HttpAnswer:
    """Request a URL from the phone's own address; raises PageRefusedError."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise PageRefusedError(PageError.NO_HOST, f"{url} is not an http URL")
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(
                parts.hostname, parts.port or 80, local_addr=(own, 0)
            )
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            writer.write(f"GET {target} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode("ascii", "replace"))
            await writer.drain()
            data = b""
            while len(data) <= MOST_BYTES and (more := await reader.read(MOST_BYTES)):
                data += more
            writer.close()
    except (OSError, TimeoutError) as error:
        raise PageRefusedError(PageError.NO_CONNECTION, f"{url}: {str(error) or 'no answer'}") from error
    return _read(url, data)


def _read(url: str, data: bytes) -> HttpAnswer:
    head, _, body = data.partition(b"\r\n\r\n")
    status, *rows = head.decode("iso-8859-1").split("\r\n")
    if status.split(" ")[1:2] != ["200"]:
        raise PageRefusedError(PageError.HTTP_STATUS, f"{url}: {status}")
    headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    if headers.get("content-length") != str(len(body)):
        raise PageRefusedError(PageError.HTTP_STATUS, f"{url}: the length is missing or wrong")
    refresh = headers.get("refresh", "").partition("url=")[2]
    return HttpAnswer(headers.get("content-type", ""), body, refresh)
