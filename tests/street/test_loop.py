"""An event loop with a simulated clock."""

import asyncio
import time
from collections.abc import Iterator

import pytest

from ringup.street.loop import AtRest, StreetLoop


@pytest.fixture
def loop() -> Iterator[StreetLoop]:
    made = StreetLoop(1_000.0)
    yield made
    made.close()


def test_a_day_passes_at_once(loop: StreetLoop) -> None:
    began = time.monotonic()
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() == pytest.approx(86_400)
    assert loop.unix_time() == pytest.approx(87_400)
    assert time.monotonic() - began < 60


def test_calls_come_in_the_order_of_their_times(loop: StreetLoop) -> None:
    called: list[tuple[str, float]] = []

    def note(name: str) -> None:
        called.append((name, round(loop.time(), 6)))

    for name, after in (("late", 3.0), ("soon", 1.0), ("later", 5.0)):
        loop.call_later(after, note, name)
    loop.run_until_complete(asyncio.sleep(10))
    assert called == [("soon", 1.0), ("late", 3.0), ("later", 5.0)]


def test_where_nothing_is_due_the_street_is_at_rest(loop: StreetLoop) -> None:
    waiting = loop.create_future()
    with pytest.raises(AtRest):
        loop.run_until_complete(waiting)


def test_work_for_another_thread_is_done_at_once(loop: StreetLoop) -> None:
    async def work() -> list[float]:
        return [await asyncio.to_thread(loop.time), loop.time()]

    assert loop.run_until_complete(work()) == [0.0, 0.0]


def test_a_failure_of_such_work_reaches_its_caller(loop: StreetLoop) -> None:
    async def work() -> None:
        await asyncio.to_thread(int, "x")

    with pytest.raises(ValueError, match="invalid literal"):
        loop.run_until_complete(work())


def test_a_reader_is_called_when_its_descriptor_is_readable(loop: StreetLoop) -> None:
    called: list[str] = []
    descriptor = loop.new_descriptor()
    loop.add_reader(descriptor, called.append, "read")
    loop.readable(descriptor)
    loop.run_until_complete(asyncio.sleep(0))
    assert loop.remove_reader(descriptor)
    loop.readable(descriptor)
    loop.run_until_complete(asyncio.sleep(1))
    assert called == ["read"]
    assert not loop.remove_reader(descriptor)
