"""Send actions to Asterisk from any thread, over the connection that `ringup serve` keeps open.

Of several servers, only one keeps a connection. The others make one for each action, if Asterisk's manager
interface has an address that they can reach.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from ringup.asterisk.control import Manager
from ringup.asterisk.manager_account import LOCAL_HOSTS
from ringup.engine.ami import Answered
from ringup.errors import OutsideError
from ringup.site.model import Pbx

SECONDS = 4.0
"""Timeout in seconds; it is short because a phone's user waits for the page that needs the reply."""


class PbxAsker:
    """Sends actions to Asterisk over the connection that is open at the moment, or over one of its own."""

    def __init__(self, pbx: Callable[[], Pbx] = Pbx) -> None:
        """`pbx` returns the site's PBX, for actions while no connection is open."""
        self._pbx = pbx
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
        if _running_loop() is not None:
            raise RuntimeError("the event loop cannot wait for itself")
        if self._now is None:
            return _asked_alone(self._pbx(), name, fields)
        manager, loop = self._now
        asked = asyncio.run_coroutine_threadsafe(manager.action(name, fields), loop)
        try:
            return asked.result(SECONDS)
        except TimeoutError:
            asked.cancel()
            raise OutsideError(f"asking Asterisk for {name}", "no answer in time.", "") from None


def is_elsewhere(pbx: Pbx) -> bool:
    """Return whether the manager interface has an address that means the same Asterisk on every machine."""
    return bool(pbx.manager_user) and pbx.manager_host not in LOCAL_HOSTS


def _asked_alone(pbx: Pbx, name: str, fields: Sequence[tuple[str, str]]) -> Answered:
    if not is_elsewhere(pbx):
        raise OutsideError(f"asking Asterisk for {name}", "ringup serve is not connected to it.", "")

    async def ask() -> Answered:
        manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
        try:
            async with asyncio.timeout(SECONDS):
                await manager.connect()
                return await manager.action(name, fields)
        finally:
            await manager.close()

    try:
        return asyncio.run(ask())
    except TimeoutError:
        raise OutsideError(f"asking Asterisk for {name}", "no answer in time.", "") from None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None
