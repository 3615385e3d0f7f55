"""The deletion of old events runs in steps, so that leases are written in between."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from ringup.serve.retention import LOOKS, MANY, RetentionTask
from ringup.serve.store_thread import Done, Work


def test_each_step_is_a_piece_of_work_of_its_own() -> None:
    happened: list[str] = []

    def new_round() -> Iterator[None]:
        for step in ("one", "two"):
            happened.append(step)
            yield

    def low_priority(work: Work, done: Done) -> None:
        work()
        happened.append("others")
        done(None)

    asyncio.run(RetentionTask(new_round, low_priority, lambda: 0).forget())
    assert happened == ["one", "others", "two", "others", "others"]


def test_what_a_step_raises_ends_the_round() -> None:
    def low_priority(work: Work, done: Done) -> None:
        done(OSError("disk full"))

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(RetentionTask(lambda: iter([None]), low_priority, lambda: 0).forget())


def test_a_round_begins_each_hour_and_earlier_when_many_events_were_written() -> None:
    written = 0
    task = RetentionTask(lambda: iter([None]), lambda _work, _done: None, lambda: written)
    assert [task.is_time() for _ in range(2 * LOOKS)] == ([False] * (LOOKS - 1) + [True]) * 2
    written = MANY - 1
    assert not task.is_time()
    written = MANY
    assert task.is_time()
    assert [task.is_time() for _ in range(LOOKS)] == [False] * (LOOKS - 1) + [True]


def test_what_takes_seconds_runs_beside_the_loop_after_the_last_step() -> None:
    happened: list[str] = []

    def low_priority(work: Work, done: Done) -> None:
        work()
        happened.append("step")
        done(None)

    def tidy() -> None:
        happened.append("beside" if threading.current_thread() is not threading.main_thread() else "in it")

    asyncio.run(RetentionTask(lambda: iter([None]), low_priority, lambda: 0, tidy).forget())
    assert happened == ["step", "step", "beside"]
