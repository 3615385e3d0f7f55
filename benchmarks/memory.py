"""Measure what a site of 10,000 phones costs `ringup serve` before the first request: memory per part, and
the start.

    .venv/bin/python benchmarks/memory.py [PHONES [LINES]]

The figures are megabytes of resident memory. Each part's figure is what the part added to a separate process.
It runs only on Linux.
"""

import asyncio
import gc
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PHONES = 10_000
LINES = 2
GOAL_MEGABYTES = 85.0
"""Maximum megabytes.

When 10,000 phones boot at once, 15 MB of the 100 MB then remain for transfers, journeys and events.
"""
PORT = 10_269
SERVER = "127.0.0.1"
LONGEST_START = 30.0
FIRST_MAC = 0x001646000000
ASK = b"\0\x01nothing\0octet\0"


def parts(database: str) -> Iterator[tuple[str, float]]:
    """Yield each part, in the order in which the server loads it, and the memory that it added."""
    kept: list[object] = []
    before = resident(os.getpid())

    def added(part: str) -> tuple[str, float]:
        nonlocal before
        gc.collect()
        now = resident(os.getpid())
        cost, before = now - before, now
        return part, cost

    yield "python with asyncio", before
    import ringup.serve.life  # noqa: F401

    yield added("its and our modules")
    from ringup.store.database import open_database
    from ringup.store.revisions import read_site

    engine = open_database(database)
    yield added("database")
    site = read_site(engine)
    yield added("the site's records")
    from ringup.files.find import FileFinder
    from ringup.firmware.folder import FirmwareFolder

    kept.append(finder := FileFinder(site, FirmwareFolder(None), SERVER, check_owner=False))
    yield added("finder of files")
    from ringup.serve.dhcp.settings import dhcp_settings

    kept.append(dhcp_settings(site, SERVER, (SERVER,), serve_all=False))
    yield added("DHCP settings")
    from ringup.files.find import Requester

    kept.extend(finder.find(f"SIP{phone.mac}.cnf", Requester("")) is None for phone in site.phones)
    yield added("every phone's own file, once")
    engine.dispose()


def write_fleet(path: Path, phones: int, lines: int) -> None:
    """Write a database with this number of phones."""
    from ringup.site.model import Line, Pbx, Phone, Site
    from ringup.store.database import open_database
    from ringup.store.revisions import commit

    def phone(number: int) -> Phone:
        keys = (f"{20_000 + lines * number + key}" for key in range(lines))
        accounts = (Line(extension=key, name=f"Person {number}", secret=f"secret-{key}") for key in keys)
        return Phone(mac=f"{FIRST_MAC + number:012X}", lines=tuple(accounts))

    site = Site(pbx=Pbx(address=SERVER), phones=tuple(map(phone, range(phones))))
    engine = open_database(str(path))
    commit(engine, site, author="benchmark", summary="the fleet", at=time.time())
    engine.dispose()


def start(folder: Path, database: Path) -> tuple[float, float, float]:
    """Return the seconds until the server answers, its resident megabytes shortly after, and the maximum
    until then.
    """
    command = [
        sys.executable, "-m", "ringup", "serve", "--interface=lo", "--no-dhcp", "--owners=open", "--no-pbx",
        "--no-web", f"--database={database}", f"--firmware={folder}", f"--tftp-port={PORT}",
    ]  # fmt: skip
    begun = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for_answer(server)
        seconds = time.perf_counter() - begun
        time.sleep(1)
        return seconds, resident(server.pid), resident(server.pid, "VmHWM")
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def longest_stall(database: Path) -> float:
    """Return the longest time, in seconds, for which the event loop is blocked while it loads a new
    revision.
    """
    from ringup.files.find import FileFinder
    from ringup.firmware.folder import FirmwareFolder
    from ringup.serve.dhcp.settings import dhcp_settings
    from ringup.serve.memory import settle, uncollected
    from ringup.serve.site_watch import SiteWatch
    from ringup.site.model import Site
    from ringup.store.database import open_database
    from ringup.store.revisions import read_site

    engine = open_database(str(database))
    revisions = iter(range(3))

    def read() -> Site:
        with uncollected():
            return read_site(engine)

    watch = SiteWatch(lambda: next(revisions), read)

    settle()

    async def run() -> float:
        looking = asyncio.create_task(watch.look())
        longest, before = 0.0, time.perf_counter()
        while not looking.done():
            await asyncio.sleep(0)
            now = time.perf_counter()
            longest, before = max(longest, now - before), now
        FileFinder(watch.site, FirmwareFolder(None), SERVER, check_owner=False)
        dhcp_settings(watch.site, SERVER, (SERVER,), serve_all=False)
        return max(longest, time.perf_counter() - before)

    longest = asyncio.run(run())
    engine.dispose()
    return longest


def resident(pid: int, which: str = "VmRSS") -> float:
    """Return the resident megabytes of a process."""
    found = re.search(rf"{which}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _wait_for_answer(server: "subprocess.Popen[bytes]") -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as requester:
        requester.settimeout(0.01)
        until = time.monotonic() + LONGEST_START
        while time.monotonic() < until and server.poll() is None:
            requester.sendto(ASK, (SERVER, PORT))
            try:
                requester.recvfrom(600)
            except OSError:
                continue
            return
    raise SystemExit("the server did not start")


def main(phones: int, lines: int) -> int:
    """Print the figures; return 1 if they exceed the goal."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "ringup.db")
        write_fleet(database, phones, lines)
        print(f"{phones:,} phones with {lines} lines each", flush=True)
        subprocess.run([sys.executable, __file__, "parts", str(database)], check=True)
        seconds, now, most = start(Path(folder), database)
        stall = longest_stall(database)
    print(f"{now:6.1f} MB  `ringup serve`, started (most {most:.1f} MB); {seconds:.2f} s until it answers")
    print(f"{stall * 1000:6.0f} ms  longest wait of the event loop while a new revision is read")
    return 0 if most <= GOAL_MEGABYTES else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["parts"]:
        for part, cost in parts(sys.argv[2]):
            print(f"{cost:6.1f} MB  {part}", flush=True)
        sys.exit(0)
    given = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(given + [PHONES, LINES][len(given) :])))
