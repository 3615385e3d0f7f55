"""Detect a new revision of the site, whichever program wrote it."""

import asyncio
from collections.abc import Callable

from ringup.errors import RingupError
from ringup.site.model import Site

LOOK_SECONDS = 0.25
"""Seconds until a change made by `ringup phone add` reaches the phones."""


class SiteWatch:
    """Reads the site again whenever it has a new revision.

    In a thread: 10,000 phones take a fifth of a second, and a database over the network may take any time.
    """

    def __init__(self, current_revision: Callable[[], int], read_site: Callable[[], Site]) -> None:
        self._current_revision = current_revision
        self._read_site = read_site
        self.revision = current_revision()
        self.site = read_site()
        self._macs: tuple[Site, frozenset[str]] = self.site, _macs_of(self.site)

    def macs(self) -> frozenset[str]:
        """Return the MACs of the site's phones; cheap enough to ask for each event."""
        site, macs = self._macs
        if site is not self.site:
            self._macs = site, macs = self.site, _macs_of(self.site)
        return macs

    async def look(self) -> bool:
        """Return whether there is a new revision; if so, `site` is the site of that revision."""
        read = await asyncio.to_thread(self._read_if_new)
        if read is None:
            return False
        self.site, self.revision = read
        return True

    def _read_if_new(self) -> tuple[Site, int] | None:
        # The number first: a commit in between is read now and once more at the next look, never missed.
        revision = self._current_revision()
        return None if revision == self.revision else (self._read_site(), revision)

    async def run(self, changed: Callable[[Site, int], None], failed: Callable[[str], None]) -> None:
        """Call `changed` for each new revision, until cancelled; retry after a database error."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self.look():
                    changed(self.site, self.revision)
            except RingupError as error:
                failed(str(error))


def _macs_of(site: Site) -> frozenset[str]:
    return frozenset(phone.mac for phone in site.phones)
