"""Send actions to Asterisk from any thread, over the connection that `ringup serve` keeps open."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from ringup.asterisk.control import Manager
from ringup.engine.ami import Answered
from ringup.errors import OutsideError

SECONDS = 4.0
"""Timeout in seconds; it is short because a phone's user waits for the page that needs the reply."""


class PbxAsker:
    """Sends actions to Asterisk over the connection that is open at the moment."""

    def __init__(self) -> None:
        self._now: tuple[Manager, asyncio.AbstractEventLoop] | None = None

    @contextmanager
    def connected(self, manager: Manager) -> Iterator[None]:
        """Use this connection until the block ends; the caller runs in the connection's event loop."""
        self._now = (manager, asyncio.get_running_loop())
        try:
            yield
        finally:
            self._now = None

    @property
    def is_connected(self) -> bool:
        """Return whether there is a connection to Asterisk."""
        return self._now is not None

    def ask(self, name: str, *fields: tuple[str, str]) -> Answered:
        """Return the reply to an action; any thread may call this, except the one of the event loop.

        Raises AmiRefused with Asterisk's reply. Raises OutsideError without a connection, or if no reply
        comes in time. Raises ValueError for values with line ends.
        """
        if self._now is None:
            raise OutsideError(f"asking Asterisk for {name}", "ringup serve is not connected to it.", "")
        manager, loop = self._now
        if loop is _running_loop():
            raise RuntimeError("the event loop cannot wait for itself")
        asked = asyncio.run_coroutine_threadsafe(manager.action(name, fields), loop)
        try:
            return asked.result(SECONDS)
        except TimeoutError:
            asked.cancel()
            raise OutsideError(f"asking Asterisk for {name}", "no answer in time.", "") from None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None
