"""Change a secret in Asterisk only when the phone has it: Asterisk gets it after the phone has fetched its
file.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress

from sqlalchemy import Engine

from ringup.asterisk.control import Manager
from ringup.change.pbx_steps import is_ours, write
from ringup.change.releases import Releases
from ringup.change.restart import RestartOutcome, RestartResult
from ringup.errors import OutsideError
from ringup.site.held import HeldSecret, with_held
from ringup.site.model import Site
from ringup.store.held_secrets import read_held
from ringup.store.revisions import read_site

FETCH_SECONDS = 60.0
"""Maximum seconds from a phone's boot to the request for its own file.

It usually takes a few seconds, but up to a minute if the loader tries many file names first.
"""


class SecretsFollow:
    """During a restart of phones, writes Asterisk's files and reloads Asterisk as phones fetch their new
    secrets.
    """

    def __init__(self, engine: Engine, macs: Collection[str], clock: Callable[[], float] = time.monotonic):
        """Follow the phones `macs`, whose secrets change."""
        self._engine = engine
        self._macs = frozenset(macs)
        self._clock = clock
        self._releases = Releases(engine)
        self._booted: dict[str, float] = {}

    async def look(self, manager: Manager, results: Sequence[RestartResult]) -> bool:
        """Give Asterisk the secrets that were fetched; return whether a booted phone may still fetch its
        file.
        """
        if not self._macs:
            return False
        site = await asyncio.to_thread(self._released)
        if site is not None:
            # The files are written. An Asterisk that does not run reads them when it starts.
            with suppress(OutsideError):
                await manager.reload(site.pbx.driver)
        return await asyncio.to_thread(self._may_come, results)

    def _released(self) -> Site | None:
        """Write the fetched secrets into Asterisk's files; return the site if Asterisk must read the files
        again, else None.
        """
        if not self._releases.look():
            return None
        site = read_site(self._engine)
        if not is_ours(site.pbx):  # `ringup serve` writes the files and reloads Asterisk
            return None
        write(with_held(site, read_held(self._engine)))
        return site

    def _may_come(self, results: Sequence[RestartResult]) -> bool:
        now = self._clock()
        for result in results:
            if result.outcome is RestartOutcome.BOOTED:
                self._booted.setdefault(result.target.mac, now)
        held = {each.mac for each in self.held()}
        return any(now - at < FETCH_SECONDS for mac, at in self._booted.items() if mac in held)

    def held(self) -> list[HeldSecret]:
        """Return the changed secrets that no phone has fetched so far."""
        return [each for each in read_held(self._engine) if each.mac in self._macs]
