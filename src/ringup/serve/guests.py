"""Serve guests their files, and follow their calls, as soon as they have an account."""

import asyncio
from collections.abc import Callable

from sqlalchemy import Engine

from ringup.errors import RingupError
from ringup.site.guests import Guest
from ringup.site.model import Site
from ringup.store.guests import read_guests

LOOK_SECONDS = 1.0
"""Seconds until a new guest's file is served; a phone without a file requests it again every 31 s."""


class GuestWatch:
    """Detects new guests and new codes, whichever node or command wrote them."""

    def __init__(self, engine: Engine, site: Callable[[], Site]) -> None:
        """`site` returns the site of the latest revision; without guests, nothing is read."""
        self._engine = engine
        self._site = site
        self._seen: tuple[Guest, ...] = ()

    def look(self) -> bool:
        """Return whether the guests differ from those of the last call."""
        before, self._seen = self._seen, read_guests(self._engine) if self._site().guests else ()
        return before != self._seen

    async def run(self, changed: Callable[[tuple[Guest, ...]], None], failed: Callable[[str], None]) -> None:
        """Call `changed` for each change, until cancelled; retry after a database error."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not (self._site().guests or self._seen):
                continue
            try:
                if await asyncio.to_thread(self.look):
                    changed(self._seen)
            except RingupError as error:
                failed(str(error))
