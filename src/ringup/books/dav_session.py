"""One connection to a CardDAV server: requests with a body of XML, and their answers."""

import ssl
from base64 import b64encode
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

from ringup.books.dav_answer import DavResource, read_answer
from ringup.books.reading import BookUnreadable
from ringup.site.directory_record import DirectorySource
from ringup.site.table import LARGEST_FILE

SECONDS = 30.0
"""Maximum seconds without an answer."""
MOST_REDIRECTS = 5

_MULTI_STATUS, _UNAUTHORIZED, _FORBIDDEN = 207, 401, 403
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_WHERE = "Check url, that the server runs, and its certificate (ca)."


class DavSession:
    """Sends requests with the account of a source."""

    def __init__(self, source: DirectorySource) -> None:
        """Raises BookUnreadable if the certificate of the CA cannot be read."""
        self._tried = f"reading {source.url}"
        self._origin = urlsplit(source.url)
        account = b64encode(f"{source.user}:{source.password}".encode()).decode()
        self._authorization = {"Authorization": f"Basic {account}"} if source.user else {}
        try:
            self._connection = self._connect(source)
        except OSError as error:
            cure = "Check ca, and that the user of `ringup serve` may read it."
            raise self.error(f"{source.ca}: {error.strerror or error}.", cure) from error

    def _connect(self, source: DirectorySource) -> HTTPConnection:
        host, port = self._origin.hostname or "", self._origin.port
        if self._origin.scheme == "http":
            return HTTPConnection(host, port, timeout=SECONDS)
        context = ssl.create_default_context(cafile=source.ca or None)
        return HTTPSConnection(host, port, timeout=SECONDS, context=context)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._connection.close()

    def error(self, answer: str, cure: str) -> BookUnreadable:
        """Return an error about this source."""
        return BookUnreadable(self._tried, answer, cure)

    def ask(self, method: str, path: str, body: str, depth: int) -> tuple[str, list[DavResource]]:
        """Return the path at which the server answered, and the resources; raises BookUnreadable.

        Redirections are followed on the same server only: another one must not get the password.
        """
        for _ in range(MOST_REDIRECTS + 1):
            response, data = self._send(method, path, body, depth)
            if response.status not in _REDIRECTS:
                return path, self._resources(response, data)
            target = urlsplit(urljoin(f"{self._origin.scheme}://{self._origin.netloc}{path}", _to(response)))
            if (target.scheme, target.netloc) != (self._origin.scheme, self._origin.netloc):
                place = f"{target.scheme}://{target.netloc}{target.path}"
                raise self.error(f"it leads to another server: {place}.", f"Set url={place}")
            path = target.path or "/"
        raise self.error("its redirections do not end.", "Set url to the address of the address book.")

    def _send(self, method: str, path: str, body: str, depth: int) -> tuple[HTTPResponse, bytes]:
        headers = {
            "Content-Type": "application/xml; charset=utf-8",
            "Depth": str(depth),
            **self._authorization,
        }
        try:
            self._connection.request(method, path, body.encode(), headers)
            response = self._connection.getresponse()
            data = response.read(LARGEST_FILE + 1)
        except (OSError, HTTPException) as error:
            self._connection.close()
            reason = getattr(error, "verify_message", "") or getattr(error, "strerror", "") or str(error)
            raise self.error(f"{reason or type(error).__name__}.", _WHERE) from error
        if len(data) > LARGEST_FILE:
            raise self.error(f"it has more than {LARGEST_FILE:,} bytes.", "Name a smaller address book.")
        return response, data

    def _resources(self, response: HTTPResponse, data: bytes) -> list[DavResource]:
        said = f"{response.status} {response.reason}".strip()
        if response.status in (_UNAUTHORIZED, _FORBIDDEN):
            raise self.error(f"the server refuses the account ({said}).", "Check user and password.")
        resources = read_answer(data) if response.status == _MULTI_STATUS else None
        if resources is None:
            raise self.error(f"the server's answer is not CardDAV ({said}).", "Check url.")
        return resources


def _to(response: HTTPResponse) -> str:
    return response.getheader("Location") or ""
