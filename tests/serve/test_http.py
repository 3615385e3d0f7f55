"""HTTP's sockets: whatever a client does to its connection, other clients do not suffer."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack, closing, suppress
from logging import WARNING

import pytest

from ringup.errors import BindError
from ringup.events import FileSent, TransferFailed
from ringup.pages.files import FilesOverHttp
from ringup.serve import http
from ringup.serve.http import HttpService
from ringup.serve.log import log
from tests.pages.http_client import FILES, TIMEOUT, ask, connected, find, read_answer, say, serving_files

NAME, DATA = "dialplan.xml", FILES["dialplan.xml"]
GET = f"GET /{NAME} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
APP = FilesOverHttp(find, lambda _: "", lambda _: None)


@pytest.mark.parametrize(
    "said",
    [
        f"GET /{NAME} HTTP/1.0\r\n\r\n",
        f"GET /{NAME} HTTP/1.0\n\n",
        f"GET /{NAME} HTTP/1.0\r\nUser-Agent: Allegro-Software-WebClient/4.34\r\n\r\n",
        f"GET /{NAME} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
@pytest.mark.asyncio
async def test_old_clients_are_answered_and_the_connection_ends(said: str) -> None:
    async with serving_files() as (service, _):
        answer = await say(service, said.encode())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n" + DATA)


@pytest.mark.asyncio
async def test_a_connection_serves_one_request_after_the_other() -> None:
    async with serving_files() as (service, _), connected(service) as (reader, writer):
        for _ in range(3):
            writer.write(GET)
            assert (await read_answer(reader)).body == DATA
        writer.write(GET + GET)
        assert (await read_answer(reader)).body == DATA
        assert (await read_answer(reader)).body == DATA


@pytest.mark.asyncio
async def test_who_says_no_more_still_gets_the_answer() -> None:
    async with serving_files() as (service, _), connected(service) as (reader, writer):
        writer.write(b"GET /P0S3-8-12-00.sb2 HTTP/1.1\r\nHost: x\r\n\r\n")
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), TIMEOUT)
    assert answer.endswith(FILES["P0S3-8-12-00.sb2"])


@pytest.mark.asyncio
async def test_a_body_does_not_wait_for_the_acknowledgement_of_its_headers() -> None:
    async with serving_files() as (service, _), connected(service) as (reader, writer):
        writer.write(GET)
        await read_answer(reader)
        (connection,) = service._server.server_state.connections
        opened = connection.transport.get_extra_info("socket")
        assert opened.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


GARBAGE = [
    b"\0\0\0\0\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET / HTTP/x.y\r\n\r\n",
    b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "GET /Zoë HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"),
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    b"GET /" + b"x" * 20_000 + b" HTTP/1.0\r\n\r\n",
    b"GET / HTTP/1.0\r\nX: " + b"y" * 20_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
]


@pytest.mark.parametrize("said", GARBAGE, ids=lambda said: repr(said[:24]))
@pytest.mark.asyncio
async def test_garbage_ends_its_own_connection_only(
    said: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "propagate", True)
    async with serving_files() as (service, _):
        try:
            answer = await say(service, said)
        except ConnectionResetError:
            answer = b""
        assert answer == b"" or answer.split()[1] in (b"400", b"404", b"405")
        assert (await ask(service, f"/{NAME}")).body == DATA
    assert caplog.records == []


@pytest.mark.asyncio
async def test_garbage_after_a_request_does_not_reach_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with serving_files() as (service, _):
        start = b"GET /dialplan.xml HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        async with connected(service) as (reader, writer):
            writer.write(start)
            assert (await read_answer(reader)).body == DATA
            writer.write(b"nonsense\r\n\r\n")
            await asyncio.wait_for(reader.read(), TIMEOUT)
        assert (await ask(service, f"/{NAME}")).body == DATA
    assert caplog.records == []


@pytest.mark.asyncio
async def test_every_truncation_of_a_request_is_survived() -> None:
    async with serving_files() as (service, told):
        for length in range(len(GET)):
            async with connected(service) as (reader, writer):
                writer.write(GET[:length])
                writer.write_eof()
                await asyncio.wait_for(reader.read(), TIMEOUT)
        assert told.events == []
        assert (await ask(service, f"/{NAME}")).body == DATA
        assert service.refused == 0


@pytest.mark.asyncio
async def test_silent_clients_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_PER_ADDRESS", 1000)
    async with serving_files() as (service, _), AsyncExitStack() as stack:
        for number in range(100):
            _, writer = await stack.enter_async_context(connected(service))
            writer.write(GET[: number % 20])
        assert (await ask(service, f"/{NAME}")).body == DATA


@pytest.mark.parametrize("said", [b"", b"GET /dialplan", GET, GET + b"GET /dial"])
@pytest.mark.asyncio
async def test_a_silent_client_is_put_out(said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.05)
    async with serving_files() as (service, _):
        async with connected(service) as (reader, writer):
            writer.write(said)
            with suppress(ConnectionResetError):
                await asyncio.wait_for(reader.read(), TIMEOUT)
        assert service.connections == 0


@pytest.mark.asyncio
async def test_a_client_that_drips_its_request_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.2)
    async with serving_files() as (service, told):
        async with connected(service) as (reader, writer):
            writer.write(b"GET /")
            with suppress(ConnectionError):
                async with asyncio.timeout(TIMEOUT):
                    while not reader.at_eof():
                        writer.write(b"x")
                        await writer.drain()
                        await asyncio.sleep(0.02)
        assert service.connections == 0
    assert told.events == []


@pytest.mark.asyncio
async def test_a_client_that_never_reads_is_put_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(http, "ANSWER_SECONDS", 0.2)
    monkeypatch.setitem(FILES, "big", bytes(32 * 1024 * 1024))
    async with serving_files() as (service, told):
        async with connected(service) as (_, writer):
            writer.write(b"GET /big HTTP/1.1\r\nHost: x\r\n\r\n")
            await told.until(TransferFailed)
        assert service.connections == 0


@pytest.mark.asyncio
async def test_what_waits_in_the_server_is_not_sent_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are fewer than an event loop buffers, and more than these two sockets hold."""
    monkeypatch.setitem(FILES, "some", bytes(50_000))
    async with serving_files() as (service, told):
        service._sockets[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        with closing(socket.socket()) as client:
            client.setblocking(False)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(client, ("127.0.0.1", service.ports[0]))
            await loop.sock_sendall(client, b"GET /some HTTP/1.0\r\n\r\n")
            await asyncio.wait_for(loop.sock_recv(client, 1), TIMEOUT)
        abandoned = await told.until(TransferFailed)
    assert isinstance(abandoned, TransferFailed)
    assert abandoned.sent < abandoned.size == 50_000


@pytest.mark.asyncio
async def test_one_address_may_not_have_all_the_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_PER_ADDRESS", 3)
    async with serving_files() as (service, told):
        async with AsyncExitStack() as stack:
            kept = [await stack.enter_async_context(connected(service)) for _ in range(3)]
            for reader, writer in kept:
                writer.write(GET)
                assert (await read_answer(reader)).body == DATA
            async with connected(service) as (reader, _):
                assert await asyncio.wait_for(reader.read(), TIMEOUT) == b""
            assert (service.connections, service.refused) == (3, 1)
        await told.until(FileSent)


@pytest.mark.asyncio
async def test_there_is_a_limit_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 2)
    async with serving_files() as (service, _), AsyncExitStack() as stack:
        for _ in range(2):
            reader, writer = await stack.enter_async_context(connected(service))
            writer.write(GET)
            await read_answer(reader)
        async with connected(service) as (reader, _writer):
            assert await asyncio.wait_for(reader.read(), TIMEOUT) == b""


def test_a_port_that_was_asked_for_and_is_taken_is_a_bind_error_with_a_cure() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        service = HttpService(APP, [0, port], address="127.0.0.1")
        with pytest.raises(
            BindError, match=rf"HTTP on 127.0.0.1 port {port}: Address already in use\. `ss -ltnp`"
        ):
            service.open()
        assert service.ports == []


def test_a_port_that_is_merely_usual_is_done_without(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "propagate", True)
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = other.getsockname()[1]
        service = HttpService(APP, [port, 0], address="127.0.0.1", needed=False)
        service.open()
        assert len(service.ports) == 1
        service.close()
    assert [
        (record.levelno, f"port {port}: Address already in use" in record.message)
        for record in caplog.records
    ] == [(WARNING, True)]


@pytest.mark.asyncio
async def test_closing_drops_every_connection_and_frees_the_port() -> None:
    async with serving_files() as (service, _):
        port = service.ports[0]
        async with connected(service) as (reader, writer):
            writer.write(GET)
            await read_answer(reader)
            service.close()
            for _ in range(3):
                await asyncio.sleep(0)
            assert service.connections == 0
            assert await asyncio.wait_for(reader.read(), TIMEOUT) == b""
        socket.create_server(("127.0.0.1", port)).close()


@pytest.mark.asyncio
async def test_the_signals_stay_with_whoever_runs_the_loop() -> None:
    before = signal.getsignal(signal.SIGTERM)
    async with serving_files() as (service, _):
        await ask(service, f"/{NAME}")
        assert signal.getsignal(signal.SIGTERM) is before
