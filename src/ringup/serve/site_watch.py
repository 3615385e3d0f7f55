"""Notices a new revision of the site, whoever wrote it."""

import asyncio
from collections.abc import Callable

from ringup.errors import RingupError
from ringup.site.model import Site

LOOK_SECONDS = 0.25
"""How soon a change made by `ringup phone add` reaches the phones."""


class SiteWatch:
    """Reads the site again whenever its revision has moved."""

    def __init__(self, current_revision: Callable[[], int], read_site: Callable[[], Site]) -> None:
        self._current_revision = current_revision
        self._read_site = read_site
        self.revision = current_revision()
        self.site = read_site()

    def look(self) -> bool:
        """Whether there is a new revision; `site` is it then."""
        revision = self._current_revision()
        if revision == self.revision:
            return False
        self.site = self._read_site()
        self.revision = revision
        return True

    async def run(self, changed: Callable[[Site, int], None], failed: Callable[[str], None]) -> None:
        """Call `changed` for each new revision, until cancelled; a store that fails is asked again."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if self.look():
                    changed(self.site, self.revision)
            except RingupError as error:
                failed(str(error))
