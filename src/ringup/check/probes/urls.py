"""Fetch URLs as a phone does: over HTTP, and without following redirections."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from ringup.check.facts import UrlAnswer

SECONDS = 3.0
"""Timeout in seconds of a connection and of an answer."""
MOST_AT_ONCE = 16


def answers(urls: Iterable[str]) -> dict[str, UrlAnswer]:
    """Return what the servers of these URLs answer; other text than an HTTP URL is left out."""
    fetched = [url for url in urls if url.startswith("http://")]
    with ThreadPoolExecutor(MOST_AT_ONCE) as threads:
        return dict(zip(fetched, threads.map(_answer, fetched), strict=True))


def _answer(url: str) -> UrlAnswer:
    try:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
        try:
            connection.request("GET", f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
            response = connection.getresponse()
            return UrlAnswer(response.status, response.getheader("Location") or "")
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError) as error:
        return UrlAnswer(error=getattr(error, "strerror", None) or str(error) or type(error).__name__)
