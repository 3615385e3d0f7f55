"""Give unknown phones their extensions while the site allows it."""

import asyncio
from collections.abc import Callable

from ringup.change.onboarding import AutoOnboarding
from ringup.errors import RingupError
from ringup.site.model import Site

LOOK_SECONDS = 2.0
"""Seconds between two checks for unknown phones. A phone without a file requests it again every 31 s."""


class Onboarding:
    """Gives unknown phones their extensions at regular checks, and reports each fault once."""

    def __init__(
        self,
        auto: AutoOnboarding,
        site: Callable[[], Site],
        done: Callable[[str], None],
        failed: Callable[[str], None],
    ) -> None:
        """`site` returns the site of the latest revision."""
        self._auto = auto
        self._site = site
        self._done = done
        self._failed = failed
        self._said = ""

    async def run(self) -> None:
        """Check for unknown phones until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._site().auto_extensions:
                await self._look()

    async def _look(self) -> None:
        try:
            for sentence in await asyncio.to_thread(self._auto.look, self._site()):
                self._done(sentence)
        except RingupError as error:
            if str(error) != self._said:
                self._failed(f"unknown phones: {error}")
            self._said = str(error)
        else:
            self._said = ""
