"""Give unknown phones their extensions, or guests' accounts, while the site allows it."""

import asyncio
from collections.abc import Callable, Sequence

from ringup.errors import RingupError
from ringup.site.model import Site

LOOK_SECONDS = 2.0
"""Seconds between two checks for unknown phones. A phone without a file requests it again every 31 s."""


Look = Callable[[Site], Sequence[str]]
"""Does what is due, and returns a sentence for each change; raises RingupError."""


class Onboarding:
    """Gives unknown phones their extensions at regular checks, and reports each fault once."""

    def __init__(
        self,
        looks: Sequence[Look],
        site: Callable[[], Site],
        done: Callable[[str], None],
        failed: Callable[[str], None],
    ) -> None:
        """`site` returns the site of the latest revision."""
        self._looks = looks
        self._site = site
        self._done = done
        self._failed = failed
        self._said: dict[Look, str] = {}

    async def run(self) -> None:
        """Check for unknown phones until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            site = self._site()
            if site.auto_extensions or site.guests:
                for look in self._looks:
                    await self._look(look, site)

    async def _look(self, look: Look, site: Site) -> None:
        try:
            for sentence in await asyncio.to_thread(look, site):
                self._done(sentence)
        except RingupError as error:
            if str(error) != self._said.get(look):
                self._failed(f"unknown phones: {error}")
            self._said[look] = str(error)
        else:
            self._said.pop(look, None)
