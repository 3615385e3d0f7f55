"""Journeys are stored in quiet moments: batch after batch then, and few while many phones boot."""

from collections import Counter

import pytest

from ringup.serve import journeys as module
from ringup.serve.journeys import CALM_LOOKS, QUIET, STORM_LOOKS, JourneysTask
from ringup.serve.store_thread import Done, Work
from ringup.store.journeys import BATCH


class Keeper:
    """A keeper that has so many batches to store."""

    def __init__(self, batches: int) -> None:
        self.left = batches
        self.failure: Exception | None = None

    def advance(self) -> int:
        if self.failure:
            raise self.failure
        if not self.left:
            return 0
        self.left -= 1
        return BATCH if self.left else BATCH - 1

    def stages(self) -> dict[str, int]:
        return {}


class Thread:
    """Keeps work until a test runs it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Work, Done]] = []

    def take(self, work: Work, done: Done) -> None:
        self.waiting.append((work, done))

    def run(self) -> int:
        """Run all waiting work, and the work that it adds; return the number of pieces."""
        count = 0
        while self.waiting:
            work, done = self.waiting.pop(0)
            count += 1
            try:
                work()
            except Exception as error:
                done(error)
            else:
                done(None)
        return count


def test_while_it_is_quiet_all_is_followed() -> None:
    thread, keeper = Thread(), Keeper(5)
    JourneysTask(keeper, thread.take, lambda: QUIET).look()
    assert thread.run() == 5
    assert keeper.left == 0


def test_during_a_storm_one_batch_in_several_looks_is_followed() -> None:
    thread, keeper = Thread(), Keeper(9)
    taken = Counter[str]()
    task = JourneysTask(keeper, thread.take, lambda: taken["events"])
    counts = []
    for _ in range(2 * STORM_LOOKS):
        taken["events"] += QUIET + 1
        task.look()
        counts.append(thread.run())
    before = [0] * (STORM_LOOKS - 1)
    assert counts == [*before, 1, *before, 1]
    calm = []
    for _ in range(CALM_LOOKS):
        task.look()
        calm.append(thread.run())
    assert calm == [0] * (CALM_LOOKS - 1) + [7]


def test_a_storm_that_begins_ends_the_batches_of_a_quiet_moment() -> None:
    thread, keeper = Thread(), Keeper(9)
    taken = Counter[str]()
    task = JourneysTask(keeper, thread.take, lambda: taken["events"])
    task.look()
    taken["events"] += QUIET + 1
    assert thread.run() == 1
    assert keeper.left == 8


def test_no_second_batch_is_begun_while_one_is_under_way() -> None:
    thread = Thread()
    task = JourneysTask(Keeper(5), thread.take, lambda: 0)
    task.look()
    task.look()
    assert len(thread.waiting) == 1


def test_a_store_that_refuses_is_told_of_once_and_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    thread, keeper = Thread(), Keeper(1)
    keeper.failure = OSError("disk full")
    task = JourneysTask(keeper, thread.take, lambda: 0)
    for _ in range(2):
        task.look()
        thread.run()
    assert caplog.text.count("the states of the phones could not be saved: disk full") == 1
    keeper.failure = None
    task.look()
    thread.run()
    assert keeper.left == 0


def test_at_the_end_the_rest_is_followed_within_bounds() -> None:
    for batches in (3, module.MOST_AT_THE_END + 9):
        keeper = Keeper(batches)
        JourneysTask(keeper, Thread().take, lambda: 0).finish()
        assert keeper.left == max(0, batches - module.MOST_AT_THE_END)
