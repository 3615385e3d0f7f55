"""Measure the web page with a large fleet: the first byte of the board, its weight, and the delay after which
200 viewers see the events of 500 phones that boot.

PYTHONPATH=src:. python benchmarks/web_page.py [PHONES [VIEWERS]]

The page runs as `ringup web` on the loopback, over one SQLite database. This process writes the events, as
the server does.
"""

import asyncio
import gzip
import http.client
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from ringup.events import AddressLeased, DiscoverReceived, Event, FileRequested, FileSent, LineRegistered
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import add_events
from ringup.store.journeys import JourneyKeeper
from ringup.store.revisions import commit
from ringup.store.tokens import Token, add_token
from ringup.web.people.stored import digest, new_token

PORT = 18_060
REQUESTS = 200
BOOTING = 500
STORM_SECONDS = 20.0
ASSETS = (
    "/static/vendor/simple.min.css", "/static/ringup.css", "/static/vendor/htmx.min.js",
    "/static/vendor/hx-sse.min.js", "/static/ringup.js", "/static/icon.svg",
)  # fmt: skip


def mac(number: int) -> str:
    """Return the MAC of a phone."""
    return f"0016460{number:05X}"


def boot(number: int, at: float) -> list[Event]:
    """Return the main events of one boot, all at the time of writing."""
    own, address = mac(number), f"10.1.{number // 250}.{number % 250 + 1}"
    name = f"SIP{own}.cnf"
    return [
        DiscoverReceived(at, own, "Cisco Systems, Inc. IP Phone 7960", address),
        AddressLeased(at, own, address, 3600),
        FileRequested(at, own, f"CTLSEP{own}.tlv", address, 50_000),
        FileRequested(at, own, "SIPDefault.cnf", address, 50_001),
        FileSent(at, own, "SIPDefault.cnf", address, 500, 0.1),
        FileRequested(at, own, name, address, 50_002),
        FileSent(at, own, name, address, 900, 0.1),
        LineRegistered(at, own, str(10_000 + number), f"sip:{address}"),
    ]


@contextmanager
def serving(folder: Path, phones: int) -> Iterator[str]:
    """Run `ringup web` over a fleet that is in service until the block ends; yield a token."""
    place = str(folder / "ringup.db")
    engine, token = open_database(place), new_token()
    records = tuple(
        Phone(mac=mac(n), lines=(Line(extension=str(10_000 + n), name=f"Person {n}", secret="s3cret"),))  # noqa: S106
        for n in range(phones)
    )
    commit(engine, Site(phones=records), author="benchmark", summary="phones", at=time.time())
    now = time.time() - 600
    add_events(engine, [event for number in range(phones) for event in boot(number, now)])
    keeper = JourneyKeeper(engine, lambda: {phone.mac for phone in records})
    while keeper.advance():
        pass
    add_token(engine, Token("benchmark", digest(token), "viewer", "benchmark", 0.0, 1e12))
    engine.dispose()
    command = [sys.executable, "-m", "ringup", "web", "--bind", f"127.0.0.1:{PORT}", "--database", place]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait()
        yield token
    finally:
        server.terminate()
        server.wait()


def _wait() -> None:
    while True:
        try:
            get("/readyz", "")
            return
        except OSError:
            time.sleep(0.1)


def get(path: str, token: str) -> tuple[float, int]:
    """Fetch an address; return the seconds to the first byte and the number of bytes on the wire."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    headers = {"accept": "text/html", "accept-encoding": "gzip", "authorization": f"Bearer {token}"}
    began = time.perf_counter()
    connection.request("GET", path, headers=headers if token else {"accept-encoding": "gzip"})
    answer = connection.getresponse()
    first = time.perf_counter() - began
    body = answer.read()
    if answer.headers.get("content-encoding") == "gzip":
        gzip.decompress(body)
    connection.close()
    return first, len(body)


async def watch(token: str, seen: list[float], ready: asyncio.Semaphore) -> None:
    """Read the live log as a browser does; keep how late each event came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT, limit=2**22)
    request = f"GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(request.encode())
    await reader.readuntil(b"\r\n\r\n")
    ready.release()
    try:
        while line := await reader.readline():
            if b'"LineRegistered"' in line and b'"at": ' in line:
                at = float(line.split(b'"at": ')[1].split(b",")[0])
                seen.append(time.time() - at)
    finally:
        writer.close()


async def storm(folder: Path, token: str, viewers: int) -> tuple[list[float], float]:
    """Let 500 phones boot while the viewers watch; return how late each saw each registration."""
    seen: list[list[float]] = [[] for _ in range(viewers)]
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(watch(token, each, ready)) for each in seen]
    for _ in range(viewers):
        await ready.acquire()
    engine = open_database(str(folder / "ringup.db"))
    keeper = JourneyKeeper(engine, lambda: {mac(n) for n in range(BOOTING)})
    began = time.perf_counter()
    for number in range(BOOTING):
        await asyncio.to_thread(add_events, engine, boot(number, time.time()))
        await asyncio.to_thread(keeper.advance)
        left = STORM_SECONDS * (number + 1) / BOOTING - (time.perf_counter() - began)
        await asyncio.sleep(max(0.0, left))
    took = time.perf_counter() - began
    await asyncio.sleep(3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    engine.dispose()
    return [late for each in seen for late in each], took


def shown(title: str, seconds: list[float]) -> str:
    """Return the median, the 99th percentile and the largest value in milliseconds."""
    ordered = sorted(seconds)
    at = [ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000 for share in (0.99, 1.0)]
    return f"{title:34} median {median(ordered) * 1000:7.1f} ms, p99 {at[0]:7.1f} ms, longest {at[1]:7.1f} ms"


def main(phones: int, viewers: int) -> None:
    """Print the figures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), phones) as token,
    ):
        get("/", token)
        board = [get("/", token)[0] for _ in range(REQUESTS)]
        print(f"{phones} phones, {viewers} viewers, {BOOTING} boots in {STORM_SECONDS:.0f} s")
        print(shown("first byte of the board", board))
        print(shown("first byte of a search", [get("/?search=4711", token)[0] for _ in range(50)]))
        weight = get("/", token)[1] + sum(get(path, "")[1] for path in ASSETS)
        print(f"{'page weight, all files, compressed':34} {weight / 1000:.1f} KB")
        late, took = asyncio.run(storm(Path(folder), token, viewers))
        expected = BOOTING * viewers
        print(shown("event seen by a viewer after", late), f"({len(late)} of {expected} seen, {took:.1f} s)")


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[1:]]
    main(*(numbers + [5_000, 200][len(numbers) :]))
