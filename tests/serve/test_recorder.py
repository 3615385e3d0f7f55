"""Events reach the log and the database in slices, and none is lost while the database refuses for a
while.
"""

import asyncio
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from ringup.events import (
    AddressLeased,
    Event,
    FileRequested,
    FileSent,
    LineRegistered,
    ServerFault,
    ServerStarted,
    SiteChanged,
    StoreSlow,
)
from ringup.serve import recorder as recorder_module
from ringup.serve.clocks import Clocks
from ringup.serve.log import log, start_log
from ringup.serve.recorder import SLICE, Recorder
from ringup.serve.store_thread import Done, StoreThread, Work

PHONE = "001646C0FFEE"


def asked(name: str) -> FileRequested:
    return FileRequested(1.0, PHONE, name, "10.0.0.2", 50000)


def at_once(work: Work, done: Done) -> None:
    """Do the work at once, as a database thread without other work."""
    try:
        work()
    except Exception as error:
        done(error)
    else:
        done(None)


class Store:
    """A database that takes events, or refuses them."""

    def __init__(self) -> None:
        self.refusing = False
        self.slices: list[Sequence[Event]] = []

    def add(self, events: Sequence[Event]) -> None:
        if self.refusing:
            raise OSError("disk full")
        self.slices.append(events)

    @property
    def written(self) -> list[Event]:
        return [event for batch in self.slices for event in batch]

    @property
    def names(self) -> list[str]:
        return [event.name for event in self.written if isinstance(event, FileRequested)]


@pytest.fixture(autouse=True)
def _quiet_afterwards() -> Iterator[None]:
    """Other tests have no log."""
    yield
    log.handlers = []
    log.propagate = True
    log.setLevel(logging.NOTSET)


def wait(gate: threading.Event) -> None:
    gate.wait(5)


def lines_of(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Return what was logged since the last call, without the time of day."""
    return [line.partition(" ")[2] for line in capsys.readouterr().err.splitlines()]


# --- slices -----------------------------------------------------------------------------------------------


def test_a_flush_writes_everything_that_waits_in_one_batch() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once)
    recorder.emit(asked("one"))
    recorder.emit_all([asked("two"), asked("three")])

    recorder.flush()
    recorder.flush()

    assert store.slices == [[asked("one"), asked("two"), asked("three")]]


def test_many_events_are_written_in_slices_in_their_order() -> None:
    store = Store()
    recorder = Recorder(store.add, lambda _work, _done: None)
    names = [str(number) for number in range(2 * SLICE + 7)]
    recorder.emit_all([asked(name) for name in names])
    recorder.flush()
    assert [len(batch) for batch in store.slices] == [SLICE, SLICE, 7]
    assert store.names == names


def test_a_storm_is_written_without_waiting_for_the_next_flush() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once)
    for number in range(SLICE - 1):
        recorder.emit(asked(str(number)))
    assert store.slices == []
    recorder.emit(asked("the last straw"))
    assert len(store.written) == SLICE


def test_slices_are_written_by_the_stores_thread_after_the_leases() -> None:
    order: list[str] = []

    async def run() -> None:
        thread, gate, finished = StoreThread(), threading.Event(), asyncio.Event()
        recorder = Recorder(lambda events: order.append(f"{len(events)} events"), thread.low_priority)
        thread.start(asyncio.get_running_loop())
        thread.high_priority(lambda: wait(gate), lambda _: None)
        recorder.emit_all([asked("x")] * (2 * SLICE))
        thread.high_priority(lambda: order.append("leases"), lambda _: finished.set())
        gate.set()
        await asyncio.wait_for(finished.wait(), 5)
        thread.stop()

    asyncio.run(run())
    assert order == ["leases", f"{SLICE} events", f"{SLICE} events"]


def test_events_of_several_threads_are_all_written() -> None:
    store = Store()

    async def run() -> None:
        thread = StoreThread()
        recorder = Recorder(store.add, thread.low_priority)
        thread.start(asyncio.get_running_loop())
        task = asyncio.create_task(recorder.run())
        await asyncio.sleep(0)

        def emit(number: int) -> None:
            for turn in range(3_000):
                recorder.emit(asked(f"{number} {turn}"))

        await asyncio.gather(*(asyncio.to_thread(emit, number) for number in range(4)))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        thread.stop()
        assert recorder.counts.waiting == 0

    asyncio.run(run())
    for number in range(4):
        of_one = [name for name in store.names if name.startswith(f"{number} ")]
        assert of_one == [f"{number} {turn}" for turn in range(3_000)]


def test_what_waits_is_written_when_the_recorder_is_cancelled() -> None:
    store = Store()

    async def run() -> None:
        recorder = Recorder(store.add, at_once)
        task = asyncio.create_task(recorder.run())
        await asyncio.sleep(0)
        recorder.emit(SiteChanged(1.0, "", 2))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert store.written == [SiteChanged(1.0, "", 2)]


def test_a_few_events_wait_no_longer_than_until_the_next_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "FLUSH_SECONDS", 0.0)
    written = asyncio.Event()

    async def run() -> None:
        recorder = Recorder(lambda _events: written.set(), at_once)
        task = asyncio.create_task(recorder.run())
        recorder.emit(asked("one"))
        await asyncio.wait_for(written.wait(), 5)
        task.cancel()

    asyncio.run(run())


# --- a store that refuses -----------------------------------------------------------------------------------


def test_events_that_the_store_refused_are_written_later_and_once() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once)
    store.refusing = True
    recorder.emit(asked("one"))
    recorder.flush()
    recorder.emit(asked("two"))
    recorder.flush()
    store.refusing = False
    recorder.flush()
    recorder.flush()
    assert store.names == ["one", "two"]


def test_a_refusal_is_said_once_and_the_log_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    store = Store()
    recorder = Recorder(store.add, at_once)
    store.refusing = True
    for name in ("one", "two"):
        recorder.emit(asked(name))
        recorder.flush()
    assert lines_of(capsys) == [
        f"{PHONE} requests one",
        "error: the database refuses events: disk full",
        f"{PHONE} requests two",
    ]


def test_what_is_thrown_away_is_counted_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    start_log("text")
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 3)
    store = Store()
    recorder = Recorder(store.add, at_once)
    store.refusing = True
    for name in "abcde":
        recorder.emit(asked(name))
        recorder.flush()
    assert (recorder.counts.lost, recorder.counts.waiting) == (2, 3)
    assert [line for line in lines_of(capsys) if "lost" in line] == [
        "error: events are lost: 3 wait, and the database refuses them"
    ]
    store.refusing = False
    recorder.flush()
    assert store.names == ["c", "d", "e"]
    (fault,) = [event for event in store.written if isinstance(event, ServerFault)]
    assert fault.what == "2 events were lost, because the database refused them"
    assert recorder.counts.waiting == 0


def test_a_store_that_hangs_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "MOST_WAITING", SLICE)
    recorder = Recorder(Store().add, lambda _work, _done: None)  # the thread is busy for ever
    for _ in range(3):
        recorder.emit_all([asked("x")] * SLICE)
    assert (recorder.counts.waiting, recorder.counts.lost) == (SLICE, 2 * SLICE)


def test_what_could_not_be_written_at_the_end_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    start_log("text")
    store = Store()
    store.refusing = True

    async def run() -> None:
        recorder = Recorder(store.add, at_once)
        task = asyncio.create_task(recorder.run())
        await asyncio.sleep(0)
        recorder.emit(asked("one"))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert lines_of(capsys)[-1] == "error: 1 events could not be written"


def test_a_slow_store_is_an_event_once_a_minute() -> None:
    now = [0.0]
    store = Store()

    def slowly(events: Sequence[Event]) -> None:
        now[0] += 2.0
        store.add(events)

    recorder = Recorder(slowly, at_once, clocks=Clocks(steady=lambda: now[0]))
    for name in "abc":
        recorder.emit(asked(name))
        recorder.flush()
    (slow,) = [event for event in store.written if isinstance(event, StoreSlow)]
    assert (slow.what, slow.seconds) == ("events", 2.0)
    now[0] += 60.0
    recorder.emit(asked("d"))
    recorder.flush()
    assert sum(isinstance(event, StoreSlow) for event in store.written) == 2


# --- the log ------------------------------------------------------------------------------------------------


def test_what_an_operator_waits_for_is_shown_at_once_and_in_its_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start_log("text")
    recorder = Recorder(Store().add, at_once)
    recorder.emit(asked("one"))
    assert lines_of(capsys) == []
    recorder.emit(ServerStarted(1.0, "", "1"))
    assert lines_of(capsys) == [f"{PHONE} requests one", "-            ringup 1 is ready"]
    recorder.emit(ServerFault(1.0, "", "x"))
    recorder.flush()
    assert lines_of(capsys) == ["-            fault in ringup: x"]


# --- counts, and what is worth a row ------------------------------------------------------------------------


def test_everything_is_counted_whether_it_is_written_or_not() -> None:
    store = Store()
    store.refusing = True
    recorder = Recorder(store.add, at_once, stages=lambda: {"address": 1})
    recorder.emit_all(
        [
            AddressLeased(1.0, PHONE, "10.0.0.2", 60),
            asked("a"),
            FileSent(2.0, PHONE, "a", "10.0.0.2", 100, 0.1, 2),
            FileSent(2.0, PHONE, "b", "10.0.0.2", 50, 0.1),
        ]
    )
    assert recorder.counts.waiting == 4
    recorder.flush()
    counts = recorder.counts
    assert counts.events == {"AddressLeased": 1, "FileRequested": 1, "FileSent": 2}
    assert (counts.files_sent, counts.bytes_sent, counts.blocks_resent) == (2, 150, 2)
    assert (counts.waiting, counts.lost) == (4, 0)
    assert counts.stages() == {"address": 1}


def test_a_long_queue_is_shown_and_counted_though_the_store_refuses() -> None:
    store = Store()
    store.refusing = True
    recorder = Recorder(store.add, lambda _work, _done: None)
    recorder.emit_all([asked("x")] * (3 * SLICE))
    recorder.flush()
    assert recorder.counts.events == {"FileRequested": 3 * SLICE}
    assert recorder.counts.waiting == 3 * SLICE


def test_what_a_line_says_again_is_shown_and_counted_but_not_written() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once)
    again = LineRegistered(1.0, PHONE, "201", "sip:201@10.0.0.2")
    recorder.emit_all([again, replace(again, at=2.0), asked("x"), replace(again, at=3.0)])
    recorder.flush()
    assert store.written == [again, asked("x"), replace(again, at=3.0)]
    assert recorder.counts.events["LineRegistered"] == 3
    assert (recorder.written, recorder.counts.waiting) == (3, 0)


def test_the_events_after_a_slice_that_says_nothing_new_are_written() -> None:
    store = Store()
    recorder = Recorder(store.add, lambda _work, _done: None)
    again = LineRegistered(1.0, PHONE, "201", "sip:201@10.0.0.2")
    recorder.emit_all([again] * (2 * SLICE))
    recorder.emit(asked("x"))
    recorder.flush()
    assert store.written == [again, asked("x")]


def test_a_fault_of_the_recorder_is_told(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_most: int) -> bool:
        raise ValueError("x")

    recorder = Recorder(Store().add, at_once)
    monkeypatch.setattr(recorder, "_take_in", fail)
    recorder.emit_all([asked("x")] * SLICE)
    assert "the events could not be recorded: ValueError('x')" in caplog.text


def test_without_events_only_what_must_be_known_at_once_is_kept() -> None:
    store = Store()
    recorder = Recorder(store.add, at_once, keeps_all=False)
    fault = ServerFault(2.0, "", "a disk is full")
    recorder.emit_all([asked("SIPDefault.cnf"), fault, asked("RINGLIST.DAT")])
    recorder.flush()
    assert store.written == [fault]
    assert recorder.counts.events == {"ServerFault": 1}


def test_it_says_when_too_many_wait_but_not_while_the_store_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "CROWDED", 3)
    store = Store()
    recorder = Recorder(store.add, lambda _work, _done: None)
    crowded = []
    for number in range(4):
        recorder.emit(asked(str(number)))
        crowded.append(recorder.is_crowded)
    recorder.flush()
    crowded.append(recorder.is_crowded)
    assert crowded == [False, False, False, True, False]
    store.refusing = True
    recorder.emit(asked("5"))
    recorder.flush()
    recorder.emit_all([asked(str(number)) for number in range(10)])
    assert not recorder.is_crowded


def test_a_sender_in_a_storm_waits_only_while_it_is_crowded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "CROWDED", 2)
    waits: list[float] = []
    recorder = Recorder(Store().add, lambda _work, _done: None, clocks=Clocks(pause=waits.append))
    recorder.emit_all_in_time([asked("1"), asked("2")])
    assert waits == []
    recorder.emit_all_in_time([asked("3")])
    assert waits == [recorder_module.TURN_SECONDS]
