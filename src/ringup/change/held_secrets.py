"""Change secrets in Asterisk only after the phones have them: a secret changes there when its phone has
fetched it.
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
"""Maximum seconds from a phone's boot to the request for its own file: a few, or a minute after a loader's
hunt.
"""


class SecretsFollow:
    """During a restart of phones, writes Asterisk's files and reloads Asterisk when phones have fetched their
    new secrets.
    """

    def __init__(self, engine: Engine, macs: Collection[str], clock: Callable[[], float] = time.monotonic):
        """`macs` are the phones whose secrets change."""
        self._engine = engine
        self._macs = frozenset(macs)
        self._clock = clock
        self._releases = Releases(engine)
        self._booted: dict[str, float] = {}

    async def look(self, manager: Manager, results: Sequence[RestartResult]) -> bool:
        """Release the fetched secrets; return whether a phone that booted may still fetch its file."""
        if not self._macs:
            return False
        site = await asyncio.to_thread(self._released)
        if site is not None:
            # The files are written; if Asterisk does not run, it reads them when it starts.
            with suppress(OutsideError):
                await manager.reload(site.pbx.driver)
        return await asyncio.to_thread(self._may_come, results)

    def _released(self) -> Site | None:
        """Return the site whose files Asterisk must read; None if no phone has fetched a secret."""
        if not self._releases.look():
            return None
        site = read_site(self._engine)
        if not is_ours(site.pbx):  # `ringup serve` reloads Asterisk
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
        """Return the secrets of this change that no phone has fetched so far."""
        return [each for each in read_held(self._engine) if each.mac in self._macs]
