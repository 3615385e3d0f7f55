"""What the events of a boot storm cost the server: CPU for each part, memory, and the waits of other threads.

    .venv/bin/python benchmarks/events.py [PHONES]

Each phone makes nine events, as in workload W4: an address offered and leased, five files sent, two absent.
CPU is that of the process, with the kernel's part; the disk's waits are not in it.
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
"""Microseconds for all that the events of one file, or of one DHCP exchange, cost."""
WHOLE = "all but made, by the recorder"
VENDOR_CLASS = "Cisco Systems, Inc. IP Phone CP-7960G"
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


def exchange(number: int, begun: float) -> Iterator[Event]:
    """One phone gets its address; each event has strings of its own, as the wire gives them."""
    mac, address = mac_of(number), address_of(number)
    yield AddressOffered(begun, mac, address, "10.0.0.1", f"{VENDOR_CLASS}", "eth0")
    yield AddressLeased(begun + 0.05, mac, address, 86_400)


def files(number: int, begun: float) -> Iterator[Event]:
    """One phone gets its files."""
    mac, address = mac_of(number), address_of(number)
    for turn, (pattern, size) in enumerate(FILES.items()):
        name, at = pattern.format(mac), begun + turn / 10
        if size:
            yield FileSent(at + 0.01, mac, name, address, size, 0.01)
        else:
            yield FileNotFound(at + 0.001, mac, name, address, "the site has no file of this name")


def boot(number: int, begun: float) -> Iterator[Event]:
    """All that one phone makes."""
    yield from exchange(number, begun)
    yield from files(number, begun + 0.1)


KINDS = {"a file": (files, 1), "an exchange": (exchange, 2)}
"""What is measured by itself, and how many events one of it makes."""


def mac_of(number: int) -> str:
    """A phone's."""
    return f"{FIRST_MAC + number:012X}"


def address_of(number: int) -> str:
    """A phone's."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def storm(phones: int, what: Callable[[int, float], Iterator[Event]] = boot) -> list[Event]:
    """Everybody's events in the order of their time."""
    begun = [1e9 + STORM_SECONDS * number / phones for number in range(phones)]
    events = (event for number in range(phones) for event in what(number, begun[number]))
    return sorted(events, key=lambda event: event.at)


def cost(count: int, work: Callable[[], object]) -> float:
    """Microseconds of CPU for each of so many."""
    begun = time.process_time()
    work()
    return (time.process_time() - begun) / count * 1e6


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


def made(values: list[tuple[type[Event], tuple[Any, ...]]]) -> None:
    """What the thread that serves pays before that."""
    for kind, fields in values:
        kind(*fields)


def parts(events: list[Event], engine: Engine) -> dict[str, Callable[[], object]]:
    """Each part by itself."""
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
    """Microseconds of each part, in a database of its own."""
    make, count = KINDS[what]
    events = storm(phones, make)
    gc.freeze()
    engine = open_database(str(Path(folder) / f"{make.__name__}.db"))
    found = {part: cost(len(events) // count, work) for part, work in parts(events, engine).items()}
    engine.dispose()
    return found


async def record(events: list[Event], engine: Engine) -> None:
    """Through the real recorder and the real thread."""
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
    """Print the figures; status 1 beyond a goal."""
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
