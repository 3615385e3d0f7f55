"""Save the journeys (states) of the phones in the store thread when the server is idle."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from ringup.serve.log import log
from ringup.serve.store_thread import Done, Work
from ringup.store.journeys import BATCH

LOOK_SECONDS = 1.0
"""Seconds between two checks for new events."""
QUIET = 300
"""Maximum number of new events since the last check with which a check counts as quiet."""
CALM_LOOKS = 2
"""The server counts as idle after this many quiet checks in a row: the files of a boot come in bursts."""
STORM_LOOKS = 5
"""In a boot storm, one check in this many saves a batch. A batch takes 20 ms, which delays phones that boot,
and programs that show the fleet apply the later events themselves.
"""

MOST_AT_THE_END = 40
"""Maximum number of batches when the server stops; they take about a second."""


class Keeper(Protocol):
    """The methods of `JourneyKeeper` that this module needs."""

    def advance(self) -> int:
        """Apply a batch of new events to the journeys; returns the number of these events."""

    def stages(self) -> Mapping[str, int]:
        """Return the number of phones in each stage."""


class JourneysTask:
    """Calls the keeper: many batches when the server is idle, few in a boot storm."""

    def __init__(
        self, keeper: Keeper, low_priority: Callable[[Work, Done], None], taken: Callable[[], int]
    ) -> None:
        """`taken` returns the number of this server's events so far, those that are not written yet
        included.
        """
        self._keeper = keeper
        self._low_priority = low_priority
        self._taken = taken
        self._taken_before = 0
        self._calm_looks = CALM_LOOKS
        self._storm_looks = 0
        self._is_working = False
        self._has_more = False
        self._is_refusing = False

    async def run(self) -> None:
        """Save the journeys until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look()

    def look(self) -> None:
        """Begin a batch, unless one is under way; in a boot storm, only one call in STORM_LOOKS does so."""
        self._calm_looks = 0 if self._is_storming() else self._calm_looks + 1
        self._taken_before = self._taken()
        self._storm_looks = 0 if self._is_calm else self._storm_looks + 1
        if not self._is_working and self._storm_looks % STORM_LOOKS == 0:
            self._begin()

    def finish(self) -> None:
        """Apply the remaining events once the store thread has ended, so that the next start reads few."""
        for _ in range(MOST_AT_THE_END):
            if self._keeper.advance() < BATCH:
                return

    def _begin(self) -> None:
        self._is_working = True
        self._low_priority(self._work, self._worked)

    def _work(self) -> None:
        self._has_more = self._keeper.advance() == BATCH

    def _worked(self, failure: Exception | None) -> None:
        self._is_working = False
        if failure and not self._is_refusing:
            log.error("the states of the phones could not be saved: %s", failure)
        self._is_refusing = failure is not None
        if not failure and self._has_more and self._is_calm and not self._is_storming():
            self._begin()

    @property
    def _is_calm(self) -> bool:
        return self._calm_looks >= CALM_LOOKS

    def _is_storming(self) -> bool:
        """Return whether many events came since the last check."""
        return self._taken() - self._taken_before > QUIET
