"""Detect a new revision of the site, whichever program wrote it."""

import asyncio
from collections.abc import Callable

from ringup.errors import RingupError
from ringup.site.model import Site

LOOK_SECONDS = 0.25
"""Seconds between two checks: a change by `ringup phone add` takes effect after at most this time."""


class SiteWatch:
    """Reads the site again when it has a new revision.

    It reads in a thread, because 10,000 phones take a fifth of a second, and a database on the network may
    take longer.
    """

    def __init__(self, current_revision: Callable[[], int], read_site: Callable[[], Site]) -> None:
        self._current_revision = current_revision
        self._read_site = read_site
        self.revision = current_revision()
        self.site = read_site()
        self._macs: tuple[Site, frozenset[str]] = self.site, _macs_of(self.site)

    def macs(self) -> frozenset[str]:
        """Return the MACs of the site's phones; quick enough to be called for each event."""
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
        # Read the revision's number first: a commit in between is then read now and again at the next check,
        # but never missed.
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
