"""Measure what the events cost the server when many phones boot at once: CPU, memory, and the waits of other
threads.

    .venv/bin/python benchmarks/events.py [PHONES]

Each phone makes nine events, as in workload W4: an address is offered and leased, five files are sent, and
two files are not found. The CPU time includes the time in the kernel, but not the time of waiting for the
disk.
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
from typing import Any

from sqlalchemy import Engine

from ringup.events import AddressLeased, AddressOffered, Event, FileNotFound, FileSent, to_record
from ringup.journey.journeys import Journeys
from ringup.serve import log as log_module
from ringup.serve.counts import Counts
from ringup.serve.log import log, log_events, start_log
from ringup.serve.recorder import SLICE, Recorder
from ringup.serve.store_thread import StoreThread
from ringup.store.database import open_database
from ringup.store.history import add_events, read_events

PHONES = 10_000
GOALS = {"a file": 5.0, "an exchange": 9.0}
"""Maximum microseconds of CPU for all events of one file, or of one DHCP exchange."""
WHOLE = "all but made, by the recorder"
VENDOR_CLASS = "Cisco Systems, Inc. IP Phone CP-7960G"
STORM_SECONDS = 2.0
TOGETHER = 20
"""Number of events that arrive in one batch of datagrams."""
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
"""The names of the files and their sizes in bytes; 0 stands for a file that is not found."""


def exchange(number: int, begun: float) -> Iterator[Event]:
    """Yield the events of one phone that gets its address; each event has new strings, as if read from a
    packet.
    """
    mac, address = mac_of(number), address_of(number)
    yield AddressOffered(begun, mac, address, "10.0.0.1", f"{VENDOR_CLASS}", "eth0")
    yield AddressLeased(begun + 0.05, mac, address, 86_400)


def files(number: int, begun: float) -> Iterator[Event]:
    """Yield the events of one phone that gets its files."""
    mac, address = mac_of(number), address_of(number)
    for turn, (pattern, size) in enumerate(FILES.items()):
        name, at = pattern.format(mac), begun + turn / 10
        if size:
            yield FileSent(at + 0.01, mac, name, address, size, 0.01)
        else:
            yield FileNotFound(at + 0.001, mac, name, address, "the site has no file of this name")


def boot(number: int, begun: float) -> Iterator[Event]:
    """Yield all events of one phone's boot."""
    yield from exchange(number, begun)
    yield from files(number, begun + 0.1)


KINDS = {"a file": (files, 1), "an exchange": (exchange, 2)}
"""The kinds of events that are measured separately, each with the number of events that one of it makes."""


def mac_of(number: int) -> str:
    """Return the MAC of a phone."""
    return f"{FIRST_MAC + number:012X}"


def address_of(number: int) -> str:
    """Return the address of a phone."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def storm(phones: int, what: Callable[[int, float], Iterator[Event]] = boot) -> list[Event]:
    """Return the events of all phones, sorted by time."""
    begun = [1e9 + STORM_SECONDS * number / phones for number in range(phones)]
    events = (event for number in range(phones) for event in what(number, begun[number]))
    return sorted(events, key=lambda event: event.at)


def cost(count: int, work: Callable[[], object]) -> float:
    """Return the microseconds of CPU that the work takes, divided by `count`."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / count * 1e6


def slice_by_slice(events: list[Event], work: Callable[[list[Event]], object]) -> None:
    """Do the work in slices, as the recorder does."""
    for first in range(0, len(events), SLICE):
        work(events[first : first + SLICE])


def read_all(engine: Engine) -> None:
    """Read all events in the same way as `ringup status`."""
    after = 0
    while rows := read_events(engine, after=after, limit=READ_AT_ONCE):
        after = rows[-1][0]


def emit_all(events: list[Event]) -> None:
    """Emit the events to a recorder; this is the work of the thread that answers phones."""
    recorder = Recorder(lambda _events: None, lambda _work, _done: None)
    for first in range(0, len(events), TOGETHER):
        recorder.emit_all(events[first : first + TOGETHER])


def made(values: list[tuple[type[Event], tuple[Any, ...]]]) -> None:
    """Make the event objects; the thread that answers phones does this before it emits them."""
    for kind, fields in values:
        kind(*fields)


def parts(events: list[Event], engine: Engine) -> dict[str, Callable[[], object]]:
    """Return the work of each part separately."""
    counts = Counts(dict, lambda: 0)
    values = [(type(event), tuple(to_record(event).values())[1:]) for event in events]
    return {
        "made": partial(made, values),
        f"emit, {TOGETHER} at a time": partial(emit_all, events),
        "log line": partial(slice_by_slice, events, log_events),
        "journey": partial(slice_by_slice, events, Journeys().take),
        "counts": partial(slice_by_slice, events, counts.take),
        "row, with its commits": partial(slice_by_slice, events, partial(add_events, engine)),
        "(read again, for the board)": partial(read_all, engine),
        WHOLE: lambda: asyncio.run(record(events, engine)),
    }


def measured(what: str, phones: int, folder: str) -> dict[str, float]:
    """Return the microseconds of CPU of each part, measured with a new database."""
    make, count = KINDS[what]
    events = storm(phones, make)
    gc.freeze()
    engine = open_database(str(Path(folder) / f"{make.__name__}.db"))
    found = {part: cost(len(events) // count, work) for part, work in parts(events, engine).items()}
    engine.dispose()
    return found


async def record(events: list[Event], engine: Engine) -> None:
    """Store the events through the real recorder and the real database thread."""
    thread = StoreThread()
    recorder = Recorder(partial(add_events, engine), thread.low_priority)
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
    """Return how long another thread waits for Python's lock while the events are stored: milliseconds,
    sorted.
    """
    ended, waited = threading.Event(), list[float]()

    def serve() -> None:
        while not ended.is_set():
            begun = time.perf_counter()
            os.sched_yield()  # as after every sent datagram, the lock is released and requested again
            waited.append((time.perf_counter() - begun) * 1e3)
            for _ in range(2_000):  # about 50 us of work
                pass

    other = threading.Thread(target=serve)
    other.start()
    asyncio.run(record(events, engine))
    ended.set()
    other.join()
    return sorted(waited)


def memory(phones: int) -> tuple[float, float]:
    """Return the bytes of memory per waiting event, and per journey."""
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
    """Print the figures; return 1 if one exceeds its goal."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        start_log("text")
        for handler in log.handlers:
            if isinstance(handler, log_module.EventStream):
                handler.setStream(nowhere)
        found = {what: measured(what, phones, folder) for what in KINDS}
        print(
            f"{phones:,} phones\n\n{'CPU in us of the events of':30}" + "".join(map("{:>14}".format, found))
        )
        for part in found["a file"]:
            print(f"{part:30}" + "".join(f"{figures[part]:14.2f}" for figures in found.values()))
        whole = {what: figures["made"] + figures[WHOLE] for what, figures in found.items()}
        print(f"{'all':30}" + "".join(f"{figure:14.2f}" for figure in whole.values()) + "\n")
        engine = open_database(str(Path(folder) / "waits.db"))
        waited = waits(storm(phones), engine)
        engine.dispose()
        middle, late = waited[len(waited) // 2], waited[len(waited) * 99 // 100]
        print(f"another thread waits {middle:.3f} ms (p50), {late:.2f} ms (p99), {waited[-1]:.1f} ms (most)")
    of_event, of_journey = memory(phones)
    print(f"{of_event:,.0f} bytes a waiting event, {of_journey:,.0f} bytes a journey")
    return 0 if all(figure <= GOALS[what] for what, figure in whole.items()) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else PHONES))
