"""Pass each HTTP request either to the pages below ``/phone/`` or to the files."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

BEGINS = "/phone/"
"""The beginning of the path of every page for phones."""


class Routes:
    """The ASGI application that phones reach.

    It loads the pages when the first one is requested. A server whose phones never request a page saves their
    memory.
    """

    def __init__(self, files: ASGIApp, make_pages: Callable[[], ASGIApp]) -> None:
        self._files = files
        self._make_pages = make_pages
        self._pages: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on one request."""
        if not scope["path"].startswith(BEGINS):
            await self._files(scope, receive, send)
            return
        if self._pages is None:
            self._pages = self._make_pages()
        await self._pages(scope, receive, send)
