"""Detect that phones have fetched their new secrets, and let Asterisk have these secrets, too.

The command that restarts phones does the same while it runs. If that command is killed, the server does the
rest.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from ringup.change.releases import Releases
from ringup.errors import RingupError
from ringup.store.held_secrets import read_held

if TYPE_CHECKING:
    from ringup.site.held import HeldSecret

LOOK_SECONDS = 0.25
"""Seconds until Asterisk gets a secret that a phone has fetched."""


class HeldWatch:
    """Releases held secrets when their phones have fetched the new ones, and emits an event for
    every change.
    """

    def __init__(self, engine: Engine, revision: Callable[[], int]) -> None:
        """`revision` returns the number of the site's revision; new secrets come only with a new revision."""
        self._engine = engine
        self._revision = revision
        self._seen = -1
        self._releases = Releases(engine)
        self._held: Sequence[HeldSecret] = ()

    def look(self) -> bool:
        """Release the fetched secrets; return whether Asterisk's secrets changed since the last check."""
        revision = self._revision()
        if revision == self._seen and not self._held:
            return False
        self._releases.look()
        before, self._held, self._seen = self._held, read_held(self._engine), revision
        return before != self._held

    async def run(self, changed: Callable[[], None], failed: Callable[[str], None]) -> None:
        """Call `changed` for each change, until cancelled; retry after a database error."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await asyncio.to_thread(self.look):
                    changed()
            except RingupError as error:
                failed(str(error))
