"""The database thread: urgent work goes first, failures are reported, and all requested work is done."""

import asyncio
import threading

import pytest

from ringup.serve.store_thread import StoreThread


@pytest.mark.asyncio
async def test_urgent_work_goes_before_patient_work_that_was_asked_for_earlier() -> None:
    thread, order, gate = StoreThread(), list[str](), threading.Event()
    begun, finished = threading.Event(), asyncio.Event()

    def wait() -> None:
        begun.set()
        gate.wait(5)

    thread.start(asyncio.get_running_loop())
    thread.low_priority(wait, lambda _: order.append("under way"))
    begun.wait(5)
    thread.low_priority(lambda: order.append("patient"), lambda _: finished.set())
    thread.high_priority(lambda: order.append("urgent"), lambda _: None)
    gate.set()
    await asyncio.wait_for(finished.wait(), 5)
    thread.stop()
    assert [word for word in order if word != "under way"] == ["urgent", "patient"]


@pytest.mark.asyncio
async def test_what_went_wrong_is_told_and_the_thread_goes_on() -> None:
    thread, told = StoreThread(), asyncio.Queue[Exception | None]()

    def fail() -> None:
        raise OSError("disk full")

    thread.start(asyncio.get_running_loop())
    thread.high_priority(fail, told.put_nowait)
    thread.high_priority(lambda: None, told.put_nowait)
    assert str(await asyncio.wait_for(told.get(), 5)) == "disk full"
    assert await asyncio.wait_for(told.get(), 5) is None
    thread.stop()


@pytest.mark.asyncio
async def test_stopping_finishes_what_was_asked_for() -> None:
    thread, done = StoreThread(), list[int]()
    thread.start(asyncio.get_running_loop())
    for number in range(100):
        thread.low_priority(lambda number=number: done.append(number), lambda _: None)  # type: ignore[misc]
    thread.stop()
    assert done == list(range(100))


def test_a_thread_that_never_started_stops_at_once() -> None:
    StoreThread().stop()
