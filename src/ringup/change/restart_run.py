"""Carry out a restart: send check-syncs through Asterisk's manager interface, and see the boots in the
database.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from sqlalchemy import Engine

from ringup.asterisk.check_sync import busy_extensions, check_sync
from ringup.asterisk.control import Manager
from ringup.asterisk.skinny import reset
from ringup.change.gather import journeys_of
from ringup.change.restart import RestartResult, Restarts, Target
from ringup.errors import AmiRefused, OutsideError
from ringup.site.model import Pbx

LOOK_SECONDS = 0.5
"""Seconds between two checks of the calls and of the database."""


class Follower(Protocol):
    """Work that is done while the phones restart, such as the change of Asterisk's secrets."""

    async def look(self, manager: Manager, results: Sequence[RestartResult]) -> bool:
        """Do the work for the results so far; return whether there may be more work."""


class NothingFollows:
    """A Follower without any work."""

    async def look(self, _manager: Manager, _results: Sequence[RestartResult]) -> bool:
        """Return False, because there is no work."""
        return False


NOTHING_FOLLOWS = NothingFollows()


async def restart(
    pbx: Pbx,
    engine: Engine,
    restarts: Restarts,
    macs: tuple[str, ...],
    begin: Callable[[], None],
    on_sent: Callable[[Target], None],
    finished: Callable[[], None],
    follower: Follower = NOTHING_FOLLOWS,
) -> None:
    """Send the check-syncs of `restarts`, and wait for the result of each phone and the end of the follower's
    work.

    `begin` is called once, before the first check-sync, and changes ``SYNC`` in `syncinfo.xml`. `on_sent` and
    `finished` report progress. Raises OutsideError if Asterisk cannot be reached at the beginning, and
    AmiRefused if its manager user lacks a right.
    """
    manager = Manager(pbx.manager_host, pbx.manager_port, pbx.manager_user, pbx.manager_secret)
    try:
        await manager.connect()
        await busy_extensions(manager)
        has_begun = False
        more_follows = await follower.look(manager, restarts.results)
        while not restarts.done or more_follows:
            boots = await asyncio.to_thread(_boots, engine, macs)
            restarts.look(time.monotonic(), boots)
            due = restarts.due(await _busy(manager, restarts))
            if due and not has_begun:
                await asyncio.to_thread(begin)
                has_begun = True
            for target in due:
                if await _send(manager, pbx, restarts, target, boots.get(target.mac, 0)):
                    on_sent(target)
            finished()
            more_follows = await follower.look(manager, restarts.results)
            if not restarts.done or more_follows:
                await asyncio.sleep(LOOK_SECONDS)
    finally:
        await manager.close()


def _boots(engine: Engine, macs: tuple[str, ...]) -> dict[str, int]:
    return {mac: journey.boots for mac, journey in journeys_of(engine, macs).items()}


async def _busy(manager: Manager, restarts: Restarts) -> frozenset[str]:
    """Return the extensions in a call; if Asterisk cannot be reached, note that for all remaining phones."""
    try:
        return await busy_extensions(manager)
    except OutsideError as error:
        restarts.give_up(error.answer)
        return frozenset()


async def _send(manager: Manager, pbx: Pbx, restarts: Restarts, target: Target, boots: int) -> bool:
    if not target.extensions:
        restarts.not_sent(target.mac, "It has no line.")
        return False
    try:
        if target.device:
            await reset(manager, target.device)
        else:
            await check_sync(manager, pbx.driver, target.extensions[0])
    except AmiRefused as error:
        if error.cure:
            raise
        restarts.not_sent(target.mac, error.answer)
        return False
    except OutsideError as error:
        restarts.not_sent(target.mac, error.answer)
        return False
    restarts.sent(target.mac, time.monotonic(), boots)
    return True
