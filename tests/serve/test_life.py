"""The complete server on loopback: a revision that is committed while it runs is served a moment later."""

import asyncio
import gc
import signal
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import Engine

from ringup.errors import BindError
from ringup.events import (
    Event,
    MachineFault,
    OtherServerSeen,
    PbxReloaded,
    ServerStarted,
    ServerStopped,
    SiteChanged,
)
from ringup.serve.dhcp import other_server
from ringup.serve.dhcp.other_server import OtherServer
from ringup.serve.life import serve
from ringup.serve.machine_watch import MachineWatch
from ringup.serve.options import Options
from ringup.serve.owners.source import OPEN
from ringup.serve.parts import ServerParts, server_parts
from ringup.site.model import Line, Phone, Site
from ringup.store.database import open_database
from ringup.store.history import read_events
from ringup.store.revisions import commit

MAC = "001646C0FFEE"
SITE = Site(phones=(Phone(mac=MAC, lines=(Line(extension="201", secret="tellnobody"),)),))
TIMEOUT = 5.0
"""Timeout in seconds for what must come at once."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(str(tmp_path / "ringup.db"))
    yield engine
    engine.dispose()
    gc.unfreeze()  # while the server runs, the garbage collector does not examine what it has loaded


@pytest.fixture(autouse=True)
def _short_timeouts() -> Iterator[None]:
    with patch("ringup.serve.site_watch.LOOK_SECONDS", 0.0):
        yield


def parts_of(folder: Path, database: Engine, **options: Any) -> ServerParts:
    options = {"dhcp": False, "owners": OPEN, "tftp": False, "http": False, "pbx": False, **options}
    return server_parts(Options("lo", str(folder / "ringup.db"), folder, **options), database)


async def fetched(port: int, name: str) -> bytes:
    """Return the complete response to one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /{name} HTTP/1.1\r\nHost: ringup\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def until_fetched(port: int, name: str, status: bytes) -> bytes:
    """Repeat a request until the response has that status."""
    async with asyncio.timeout(TIMEOUT):
        while not (answer := await fetched(port, name)).startswith(b"HTTP/1.1 " + status):
            pass
    return answer


def kept(database: Engine) -> list[Event]:
    return [event for _, event in read_events(database)]


def test_a_revision_that_is_committed_while_it_serves_is_served(tmp_path: Path, database: Engine) -> None:
    parts = parts_of(tmp_path, database, http=True, http_ports=(0,))

    async def run() -> bytes:
        serving = asyncio.create_task(serve(parts))
        await asyncio.sleep(0)  # one turn of the loop, in which it opens its sockets
        (port,) = parts.http.ports
        await until_fetched(port, f"SIP{MAC}.cnf", b"404")
        commit(database, SITE, author="a test", summary="a phone", at=1.0)
        answer = await until_fetched(port, f"SIP{MAC}.cnf", b"200")
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(serving, TIMEOUT)
        return answer

    assert b"tellnobody" in asyncio.run(run())
    told = [type(event) for event in kept(database)]
    assert (told[0], told[-1]) == (ServerStarted, ServerStopped)
    assert SiteChanged in told


class Opened(Exception):
    """Raised when the server has opened its sockets."""


@pytest.mark.parametrize(
    ("dhcp", "allow_other_dhcp", "outcome"),
    [(True, False, BindError), (True, True, Opened), (False, False, Opened)],
)
def test_it_does_not_start_as_a_second_dhcp_server_unless_that_is_allowed(
    tmp_path: Path, database: Engine, dhcp: bool, allow_other_dhcp: bool, outcome: type[Exception]
) -> None:
    async def find(_interface: str, _mac: str, *, nodes: Collection[str]) -> OtherServer:
        return OtherServer("10.0.0.2", "10.0.0.15")

    with (
        patch.object(other_server, "find_other_server", find),
        patch("ringup.serve.life.open_sockets", side_effect=Opened),
        pytest.raises(outcome),
    ):
        asyncio.run(serve(parts_of(tmp_path, database, dhcp=dhcp, allow_other_dhcp=allow_other_dhcp)))
    refused = outcome is BindError
    assert [type(event) for event in kept(database)] == ([OtherServerSeen] if refused else [])


def test_what_would_make_a_phone_fail_keeps_the_server_from_saying_that_it_is_ready(
    tmp_path: Path, database: Engine
) -> None:
    secret = "0123456789abcdef0123456789abcdef"
    phone = Phone(mac=MAC, lines=(Line(extension="201", secret=secret),))
    commit(database, Site(phones=(phone,)), author="a test", summary="a phone", at=1.0)

    parts = parts_of(tmp_path, database, http=True, http_ports=(0,))

    async def run() -> None:
        serving = asyncio.create_task(serve(parts))
        await asyncio.sleep(0)  # one turn of the loop, in which it opens its sockets
        (port,) = parts.http.ports
        await until_fetched(port, "none.cnf", b"404")
        signal.raise_signal(signal.SIGTERM)
        await asyncio.wait_for(serving, TIMEOUT)

    asyncio.run(run())
    (started,) = (event for event in kept(database) if isinstance(event, ServerStarted))
    assert f"The password of 201 (phone {MAC}) has 32 characters" in started.missing
    faults = {event.code: event.cure for event in kept(database) if isinstance(event, MachineFault)}
    assert set(faults) == {"firmware", "passwords"}
    assert "ringup firmware add" in faults["firmware"]
    assert "ringup phone set 001646C0FFEE --line 1 --secret NEW" in faults["passwords"]


@pytest.mark.parametrize(
    ("event", "does"),
    [
        (SiteChanged(1.0, "", 2), "look_now"),
        (PbxReloaded(1.0, "", "everything"), "pbx_reloaded"),
    ],
)
def test_the_machine_is_looked_at_when_the_site_changes_and_asterisk_when_it_reloads(
    tmp_path: Path, database: Engine, event: Event, does: str
) -> None:
    parts = parts_of(tmp_path, database)
    with patch.object(MachineWatch, does) as called:
        parts.site.emit(event)
    called.assert_called_once_with()
