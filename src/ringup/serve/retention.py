"""Delete old events each hour and after many new events, step by step; leases are written in between."""

import asyncio
from collections.abc import Callable, Iterator

from ringup.errors import RingupError
from ringup.serve.log import log
from ringup.serve.store_thread import Done, Work

LOOK_SECONDS = 60.0
"""Seconds between two checks whether a round must begin."""
LOOKS = 60
"""Number of checks after which a round begins: an hour."""
MANY = 200_000
"""Number of written events, about 27 MB, after which a round begins at once."""


class RetentionTask:
    """Runs the steps of a round one by one in the store's thread."""

    def __init__(
        self,
        new_round: Callable[[], Iterator[None]],
        low_priority: Callable[[Work, Done], None],
        written: Callable[[], int],
        tidy: Callable[[], None] | None = None,
    ) -> None:
        """`new_round` returns the steps of a round; each step does its work before it yields. `written`
        returns the number of events that this server has written to the database. `tidy` is called after
        each round in a thread of its own.
        """
        self._new_round = new_round
        self._low_priority = low_priority
        self._written = written
        self._tidy = tidy
        self._written_before = 0
        self._looks = 0

    async def run(self) -> None:
        """Check each minute whether a round must begin, until cancelled; log a round that fails."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self.is_time():
                await self._try_to_forget()

    def is_time(self) -> bool:
        """Return whether a round must begin now; if so, start to count the next hour."""
        self._looks += 1
        written = self._written()
        if self._looks < LOOKS and written - self._written_before < MANY:
            return False
        self._looks, self._written_before = 0, written
        return True

    async def _try_to_forget(self) -> None:
        try:
            await self.forget()
        except RingupError as error:
            log.error("old events could not be deleted: %s", error)

    async def forget(self) -> None:
        """Run one round; raises the errors of its steps."""
        steps = self._new_round()
        while await self._step(steps):
            pass
        if self._tidy:
            await asyncio.to_thread(self._tidy)

    async def _step(self, steps: Iterator[None]) -> bool:
        """Run the next step; return whether more steps follow."""
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
