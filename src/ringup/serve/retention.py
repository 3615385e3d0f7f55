"""Has old events forgotten, hour by hour, in steps between which leases are written."""

import asyncio
from collections.abc import Callable, Iterator

from ringup.errors import RingupError
from ringup.serve.log import log
from ringup.serve.store_thread import Done, Work

HOUR = 3600.0
"""Seconds between two rounds."""


class RetentionTask:
    """Runs the steps of a round one by one in the store's thread."""

    def __init__(
        self, new_round: Callable[[], Iterator[None]], low_priority: Callable[[Work, Done], None]
    ) -> None:
        """`new_round` returns the steps of a round; each does its work before it yields."""
        self._new_round = new_round
        self._low_priority = low_priority

    async def run(self) -> None:
        """Begin a round every hour, until cancelled; one that fails is logged and tried an hour later."""
        while True:
            await asyncio.sleep(HOUR)
            try:
                await self.forget()
            except RingupError as error:
                log.error("old events could not be forgotten: %s", error)

    async def forget(self) -> None:
        """Run one round; raises what its steps raise."""
        steps = self._new_round()
        while await self._step(steps):
            pass

    async def _step(self, steps: Iterator[None]) -> bool:
        """Return whether there are more."""
        done = asyncio.get_running_loop().create_future()
        has_more = False

        def work() -> None:
            nonlocal has_more
            has_more = next(steps, _END) is not _END

        def worked(failure: Exception | None) -> None:
            if not done.done():
                done.set_exception(failure) if failure else done.set_result(None)

        self._low_priority(work, worked)
        await done
        return has_more


_END = object()
