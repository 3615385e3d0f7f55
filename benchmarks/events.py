"""What the events of a boot storm cost the server: CPU for each part, memory, and the waits of other threads.

    .venv/bin/python benchmarks/events.py [PHONES]

Each phone makes seven events, as in workload W4: five files sent, two absent. CPU is that of the process,
with the kernel's part; the disk's waits are not in it.
"""

import asyncio
import gc
import os
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from ringup.events import Event, FileAbsent, FileSent
from ringup.journey.journeys import Journeys
from ringup.serve import log as log_module
from ringup.serve.counts import Counts
from ringup.serve.log import log, log_events, start_log
from ringup.serve.recorder import SLICE, Recorder
from ringup.serve.store_thread import StoreThread
from ringup.store.database import open_database
from ringup.store.history import add_events, read_events

PHONES = 10_000
GOAL_MICROSECONDS = 6.0
STORM_SECONDS = 2.0
TOGETHER = 20
"""Events of one batch of datagrams."""
LOOK_SECONDS = 0.01
READ_AT_ONCE = 5_000
FIRST_MAC = 0x001646000000
FILES = {
    "CTLSEP{}.tlv": 0,
    "SEP{}.cnf.xml": 0,
    "SIPDefault.cnf": 1800,
    "SIP{}.cnf": 1400,
    "RINGLIST.DAT": 200,
    "dialplan.xml": 900,
    "syncinfo.xml": 60,
}
"""Names and sizes; 0: absent."""


def boot(number: int, phones: int) -> Iterator[Event]:
    """One phone's events, each with strings of its own, as the wire gives them."""
    mac = f"{FIRST_MAC + number:012X}"
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    begun = 1e9 + STORM_SECONDS * number / phones
    for turn, (pattern, size) in enumerate(FILES.items()):
        name, at = pattern.format(mac), begun + turn / 10
        if size:
            yield FileSent(at + 0.01, mac, name, address, size, 0.01)
        else:
            yield FileAbsent(at + 0.001, mac, name, address, "the site has no file of this name")


def storm(phones: int) -> list[Event]:
    """Everybody's events in the order of their time."""
    return sorted(
        (event for number in range(phones) for event in boot(number, phones)), key=lambda event: event.at
    )


def cost(events: int, work: Callable[[], object]) -> float:
    """Microseconds of CPU an event."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / events * 1e6


def slice_by_slice(events: list[Event], work: Callable[[list[Event]], object]) -> None:
    """As the recorder does it."""
    for first in range(0, len(events), SLICE):
        work(events[first : first + SLICE])


def read_all(engine: Engine) -> None:
    """As `ringup status` does it."""
    after = 0
    while rows := read_events(engine, after=after, limit=READ_AT_ONCE):
        after = rows[-1][0]


def emit_all(events: list[Event]) -> None:
    """The price that the thread which serves pays."""
    recorder = Recorder(lambda _events: None, lambda _work, _done: None)
    for first in range(0, len(events), TOGETHER):
        recorder.emit_all(events[first : first + TOGETHER])


def parts(events: list[Event], engine: Engine) -> dict[str, float]:
    """CPU of each part by itself."""
    counts = Counts(dict, lambda: 0)
    work: dict[str, Callable[[], object]] = {
        f"emit, {TOGETHER} at a time": partial(emit_all, events),
        "log line": partial(slice_by_slice, events, log_events),
        "journey": partial(slice_by_slice, events, Journeys().take),
        "counts": partial(slice_by_slice, events, counts.take),
        "row, with its commits": partial(slice_by_slice, events, partial(add_events, engine)),
        "(read again, for the board)": partial(read_all, engine),
    }
    return {name: cost(len(events), part) for name, part in work.items()}


async def record(events: list[Event], engine: Engine) -> None:
    """Through the real recorder and the real thread."""
    thread = StoreThread()
    recorder = Recorder(partial(add_events, engine), thread.patient)
    thread.start(asyncio.get_running_loop())
    task = asyncio.create_task(recorder.run())
    for first in range(0, len(events), TOGETHER):
        recorder.emit_all(events[first : first + TOGETHER])
    while recorder.counts.waiting:  # noqa: ASYNC110 - it is the recorder's own tasks that are measured
        await asyncio.sleep(LOOK_SECONDS)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    thread.stop()


def waits(events: list[Event], engine: Engine) -> list[float]:
    """Milliseconds that another thread wants Python's lock and has to wait, sorted."""
    ended, waited = threading.Event(), list[float]()

    def serve() -> None:
        while not ended.is_set():
            begun = time.perf_counter()
            os.sched_yield()  # like every datagram sent: the lock is given away and asked for again
            waited.append((time.perf_counter() - begun) * 1e3)
            for _ in range(2_000):  # some 50 us of work
                pass

    other = threading.Thread(target=serve)
    other.start()
    asyncio.run(record(events, engine))
    ended.set()
    other.join()
    return sorted(waited)


def memory(phones: int) -> tuple[float, float]:
    """Bytes of a waiting event, and of a journey."""
    tracemalloc.start()
    events = storm(phones)
    of_events, _ = tracemalloc.get_traced_memory()
    journeys = Journeys()
    count = len(events)
    while events:
        journeys.take(events[:SLICE])
        del events[:SLICE]
    gc.collect()
    of_journeys, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return of_events / count, of_journeys / phones


def main(phones: int) -> int:
    """Print the figures; status 1 beyond the goal."""
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w") as nowhere:
        engine = open_database(str(Path(name) / "events.db"))
        start_log("text")
        for handler in log.handlers:
            if isinstance(handler, log_module.EventStream):
                handler.setStream(nowhere)
        events = storm(phones)
        gc.freeze()
        print(f"{len(events):,} events of {phones:,} phones\n\n{'CPU of':30}us an event")
        for part, microseconds in parts(events, engine).items():
            print(f"{part:30}{microseconds:6.2f}")
        begun = time.perf_counter()
        whole = cost(len(events), lambda: asyncio.run(record(events, engine)))
        seconds = time.perf_counter() - begun
        print(f"{'all, through the recorder':30}{whole:6.2f}, {seconds:.1f} s for all of them\n")
        waited = waits(events, engine)
        engine.dispose()
        middle, late = waited[len(waited) // 2], waited[len(waited) * 99 // 100]
        print(f"another thread waits {middle:.3f} ms (p50), {late:.2f} ms (p99), {waited[-1]:.1f} ms (most)")
    of_event, of_journey = memory(phones)
    print(f"{of_event:,.0f} bytes a waiting event, {of_journey:,.0f} bytes a journey")
    return 0 if whole <= GOAL_MICROSECONDS else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHONES))
