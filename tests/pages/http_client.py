"""A client that sends exactly what a test wants, and servers for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from ringup.engine.found import Absent, File, Found, Refused
from ringup.events import Event
from ringup.pages.files import FilesOverHttp
from ringup.serve.http import HttpService

MAC = "001646C0FFEE"
FILES = {
    "SIPDefault.cnf": b"proxy1_address: 10.0.0.1\r\n",
    "dialplan.xml": b"<DIALTEMPLATE/>",
    "US/7960-tones.xml": b"<tones/>",
    "Zoë.raw": bytes(range(256)),
    "P0S3-8-12-00.sb2": bytes(range(256)) * 3000,
}
TIMEOUT = 5.0
"""Timeout in seconds for what must come at once."""


def find(name: str, address: str) -> Found:
    if name == "broken":
        raise RuntimeError("a renderer's bug in /var/lib/ringup")
    if name == f"SIP{MAC}.cnf":
        return Refused(f"only its own phone gets this file: {address} has no lease from this server")
    data = FILES.get(name)
    return Absent("no such file in /var/lib/ringup") if data is None else File(name, data, "a test")


class Told:
    """The events that the service emitted, and a way to wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()

    def hear(self, events: list[Event]) -> None:
        self.events += events
        self._more.set()

    async def until(self, kind: type[Event]) -> Event:
        async with asyncio.timeout(TIMEOUT):
            while not (found := [event for event in self.events if isinstance(event, kind)]):
                self._more.clear()
                await self._more.wait()
        return found[0]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    version: str


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[HttpService]:
    service = HttpService(app, [0], address="127.0.0.1")
    service.open()
    running = asyncio.create_task(service.run())
    try:
        yield service
    finally:
        service.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@asynccontextmanager
async def serving_files() -> AsyncIterator[tuple[HttpService, Told]]:
    told = Told()
    async with serving(FilesOverHttp(find, lambda _address: MAC, told.hear)) as service:
        yield service, told


@asynccontextmanager
async def connected(service: HttpService) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", service.ports[0])
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def read_answer(reader: asyncio.StreamReader, *, head: bool = False) -> Answer:
    """Read one response from a connection that may stay open."""
    async with asyncio.timeout(TIMEOUT):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        version, status, *_ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        has_body = not head and int(status) not in (204, 304)
        length = headers.get("content-length")
        body = b"" if not has_body else await (reader.readexactly(int(length)) if length else reader.read())
    return Answer(int(status), headers, body, version)


async def say(service: HttpService, said: bytes) -> bytes:
    """Return everything that is received until the server closes the connection; `said` must make it
    close.
    """
    async with connected(service) as (reader, writer):
        writer.write(said)
        async with asyncio.timeout(TIMEOUT):
            return await reader.read()


async def ask(service: HttpService, target: str, *headers: str, method: str = "GET") -> Answer:
    """Send one request on a new connection, and return the response."""
    lines = (f"{method} {target} HTTP/1.1", "Host: ringup", *headers, "", "")
    async with connected(service) as (reader, writer):
        writer.write("\r\n".join(lines).encode("latin-1"))
        return await read_answer(reader, head=method == "HEAD")
