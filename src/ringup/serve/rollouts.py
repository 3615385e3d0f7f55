"""Carry out rollouts of firmware, on the one server that is connected to Asterisk."""

import asyncio
from collections.abc import Callable

from ringup.change.rollout import RolloutWork
from ringup.errors import RingupError

LOOK_SECONDS = 1.0
"""Seconds between two checks of an open rollout."""
IDLE_SECONDS = 3.0
"""Maximum seconds until a new rollout is noticed."""


class Rollouts:
    """Checks the open rollout regularly; a check that fails is repeated."""

    def __init__(self, work: RolloutWork, failed: Callable[[str], None]) -> None:
        self._work = work
        self._failed = failed
        self._said = ""

    async def run(self) -> None:
        """Carry out rollouts until cancelled."""
        while True:
            is_open = await self._is_open()
            await asyncio.sleep(LOOK_SECONDS if is_open else IDLE_SECONDS)

    async def _is_open(self) -> bool:
        try:
            is_open = await self._work.look()
        except RingupError as error:
            if str(error) != self._said:
                self._failed(f"the rollout of firmware: {error}")
            self._said = str(error)
            return False
        self._said = ""
        return is_open
