"""Events reach the store in batches, and none is lost while the store refuses."""

import asyncio
from collections.abc import Sequence

import pytest

from ringup.events import Event, FileAsked, SiteChanged
from ringup.serve.recorder import Recorder


def asked(name: str) -> FileAsked:
    return FileAsked(1.0, "001646C0FFEE", name, "10.0.0.2", 50000)


def test_a_flush_writes_everything_that_waits_in_one_batch() -> None:
    batches: list[Sequence[Event]] = []
    recorder = Recorder(batches.append)
    recorder.emit(asked("one"))
    recorder.emit_all([asked("two"), asked("three")])

    recorder.flush()
    recorder.flush()

    assert [[event.name for event in batch if isinstance(event, FileAsked)] for batch in batches] == [
        ["one", "two", "three"]
    ]


def test_events_that_the_store_refused_are_written_later_and_once() -> None:
    refusing = True
    written: list[Event] = []

    def add(events: Sequence[Event]) -> None:
        if refusing:
            raise OSError("disk full")
        written.extend(events)

    recorder = Recorder(add)
    recorder.emit(asked("one"))
    recorder.flush()
    recorder.emit(asked("two"))
    recorder.flush()
    refusing = False
    recorder.flush()
    recorder.flush()

    assert [event.name for event in written if isinstance(event, FileAsked)] == ["one", "two"]


def test_what_waits_is_written_when_the_recorder_is_cancelled() -> None:
    written: list[Event] = []

    async def run() -> None:
        recorder = Recorder(written.extend)
        task = asyncio.create_task(recorder.run())
        await asyncio.sleep(0)
        recorder.emit(SiteChanged(1.0, "", 2))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert written == [SiteChanged(1.0, "", 2)]
