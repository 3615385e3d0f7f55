"""The web page of a measured server, with people who watch its events.

`python -m benchmarks.rig.viewers PORT TOKEN COUNT` opens the streams, says "ready", and reads until it is
stopped.
"""

import asyncio
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PORT = 18_061
VIEWERS = 200
START_SECONDS = 60.0


@contextmanager
def watched(database: Path) -> Iterator[None]:
    """Run `ringup web` over this database, with its viewers, until the block ends."""
    # Imported here: earlier versions, which the same rig measures, have no web page.
    from ringup.store.database import open_database
    from ringup.store.tokens import Token, add_token
    from ringup.web.people.stored import digest, new_token

    engine, token = open_database(str(database)), new_token()
    add_token(engine, Token(f"viewers-{time.time():.0f}", digest(token), "viewer", "rig", 0.0, 1e12))
    engine.dispose()
    web = [sys.executable, "-m", "ringup", "web", "--bind", f"127.0.0.1:{PORT}", "--database", str(database)]
    watch = [sys.executable, "-m", "benchmarks.rig.viewers", str(PORT), token, str(VIEWERS)]
    with ExitStack() as stack:
        stack.enter_context(_running(web))
        _wait()
        watching = stack.enter_context(_running(watch))
        if watching.stdout is None or watching.stdout.readline() != b"ready\n":
            raise SystemExit("The viewers could not open their streams.")
        yield


@contextmanager
def _running(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait() -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
            connection.request("GET", "/readyz")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


async def _watch(port: int, token: str, ready: asyncio.Semaphore) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"GET /api/v1/events/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    writer.write(request.encode())
    await reader.readuntil(b"\r\n\r\n")
    ready.release()
    while await reader.read(2**16):
        pass


async def _watch_all(port: int, token: str, count: int) -> None:
    ready = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_watch(port, token, ready)) for _ in range(count)]
    for _ in tasks:
        await ready.acquire()
    print("ready", flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    asyncio.run(_watch_all(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
