"""A round runs step by step, so that leases are written in between."""

import asyncio
from collections.abc import Iterator

import pytest

from ringup.serve.retention import RetentionTask
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

    asyncio.run(RetentionTask(new_round, low_priority).forget())
    assert happened == ["one", "others", "two", "others", "others"]


def test_what_a_step_raises_ends_the_round() -> None:
    def low_priority(work: Work, done: Done) -> None:
        done(OSError("disk full"))

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(RetentionTask(lambda: iter([None]), low_priority).forget())
