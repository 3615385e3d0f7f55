"""Serve an application over HTTP with uvicorn, on the server's own event loop and sockets.

Strategy: `open` binds and listens as root; `run` serves after root's privileges were given up. A connection
without a request is closed after IDLE_SECONDS. A connection that receives its answer too slowly is closed
after ANSWER_SECONDS. The number of connections is limited per address and in all. So a silent, slow or greedy
client does not disturb the others.
"""

import asyncio
import contextlib
import errno
import os
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from ringup.errors import BindError
from ringup.serve.address_filter import admit_only
from ringup.serve.log import log
from ringup.serve.open_files import allow

PORTS = (6970, 80)
"""Ports that phones request files from over HTTP: 6970 is CallManager's port, 80 the port of their URLs."""

MOST_CONNECTIONS = 2560
"""Maximum number of connections: 2,000 phones whose users press a button within a second, and a reserve. The
limit is smaller if the system does not allow so many open files.
"""
MOST_WITHOUT_LEASE = 341
"""Maximum number of connections from all addresses without a lease; the others are reserved for phones."""
MOST_PER_ADDRESS = 16
"""Maximum number of connections per client address: phones use at most two, a browser six."""

IDLE_SECONDS = 10
"""Maximum seconds from a connection's start, or its last answer, to the last header of a request."""
ANSWER_SECONDS = 300
"""Maximum seconds for one request and its answer: an image of 750 KB at 2.5 KB/s."""

LARGEST_HEADERS = 8 * 1024
"""Maximum bytes of a request's first line and headers; a phone sends about 400."""

BACKLOG = 256
"""Maximum number of connections that wait to be accepted. One turn of the event loop accepts all of them, in
about 10 ms.
"""

_CURES = {
    errno.EACCES: "Ports below 1024 need root. Start as root; the program drops root when they are open.",
    errno.EADDRINUSE: "`ss -ltnp` shows the program on the port. Stop it, or choose another with {flag}.",
    errno.EADDRNOTAVAIL: "`ip -brief address` lists the addresses of this machine. Name one of them.",
}


class HttpService:
    """Serves one application on one address and several ports."""

    def __init__(
        self,
        app: ASGIApp,
        ports: Sequence[int],
        *,
        name: str = "HTTP",
        flag: str = "--http-port",
        address: str = "0.0.0.0",
        needed: bool = True,
        addresses: Sequence[str] = (),
        answers_at: Callable[[str], bool] = lambda _address: True,
        has_lease: Callable[[str], bool] = lambda _address: True,
    ) -> None:
        """`needed`: a port that cannot be opened is an error; otherwise the port is skipped and this is
        logged. `flag` is the option that sets the ports, for messages. With `addresses`, the kernel drops
        packets to other local addresses. `answers_at` takes the local address of a connection and returns
        whether it is served; otherwise the connection is closed at once. `has_lease` returns whether a
        client's address is leased; only such clients may use more than MOST_WITHOUT_LEASE connections.
        """
        self._name = name
        self._flag = flag
        self._address = address
        self._addresses = addresses
        self._ports = ports
        self._needed = needed
        self._sockets: list[socket.socket] = []
        self._callers = Callers(has_lease)
        self._server = _Server(_Config(app, self._callers, answers_at))

    @property
    def ports(self) -> list[int]:
        """Return the open ports, also when the kernel chose their numbers."""
        return [int(opened.getsockname()[1]) for opened in self._sockets]

    @property
    def connections(self) -> int:
        """Return the number of open connections."""
        return self._callers.connections

    @property
    def refused(self) -> int:
        """Return the number of connections closed at once, because there were too many."""
        return self._callers.refused

    def open(self) -> None:
        """Listen on every port; if a needed port is not free, raises BindError and leaves no port open."""
        self._callers.most = allow(MOST_CONNECTIONS)
        for port in self._ports:
            try:
                self._sockets.append(_listening(self._name, self._address, port, self._flag))
                self._filter()
            except BindError as error:
                if self._needed:
                    self.close()
                    raise
                log.warning("%s The server goes on without it.", error)

    def addresses_changed(self, addresses: Sequence[str]) -> None:
        """Answer at these addresses from now on; open connections continue."""
        self._addresses = addresses
        self._filter()

    def _filter(self) -> None:
        for opened in self._sockets if self._addresses else ():
            admit_only(opened, self._addresses)

    async def run(self) -> None:
        """Serve until cancelled or closed."""
        await self._server.serve(self._sockets)

    def close(self) -> None:
        """Stop serving; unfinished answers are dropped, and their phones repeat the request."""
        self._server.stop()
        for opened in self._sockets:
            opened.close()
        self._sockets.clear()


class Callers:
    """The open connections of each address."""

    def __init__(self, has_lease: Callable[[str], bool]) -> None:
        self.most = MOST_CONNECTIONS
        """Maximum number of connections that the system allows."""
        self._has_lease = has_lease
        self._open: Counter[str] = Counter()
        self._without_lease: set[str] = set()
        """Addresses that had no lease when they opened the first of their connections."""
        self._open_without_lease = 0
        self.connections = 0
        self.refused = 0

    def admit(self, address: str) -> bool:
        """Count one more connection of an address, if the limits allow it; return whether they do."""
        if not self._may_have_one(address):
            self.refused += 1
            return False
        self.connections += 1
        self._open_without_lease += address in self._without_lease
        self._open[address] += 1
        return True

    def _may_have_one(self, address: str) -> bool:
        if (
            self.connections >= min(self.most, MOST_CONNECTIONS)
            or self._open.get(address, 0) >= MOST_PER_ADDRESS
        ):
            return False
        has_no_lease = (
            address in self._without_lease if address in self._open else not self._has_lease(address)
        )
        if has_no_lease and self._open_without_lease >= MOST_WITHOUT_LEASE:
            return False
        if has_no_lease:
            self._without_lease.add(address)
        return True

    def leave(self, address: str) -> None:
        """Count one connection of an address fewer."""
        self.connections -= 1
        self._open_without_lease -= address in self._without_lease
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]
            self._without_lease.discard(address)


class _Config(uvicorn.Config):
    """The settings of uvicorn without log, lifespan, proxies and web sockets, because a file server does
    not need them.
    """

    def __init__(self, app: ASGIApp, callers: Callers, answers_at: Callable[[str], bool]) -> None:
        super().__init__(
            app,
            http=_Connection,
            ws="none",
            loop="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_keep_alive=IDLE_SECONDS,
            h11_max_incomplete_event_size=LARGEST_HEADERS,
        )
        self.callers = callers
        self.answers_at = answers_at


class _Server(uvicorn.Server):
    """uvicorn's server, changed to handle no signals and to stop at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave SIGINT and SIGTERM to the program that runs the event loop."""
        yield

    def stop(self) -> None:
        """Close all connections and sockets immediately."""
        self.should_exit = self.force_exit = True
        for server in getattr(self, "servers", ()):
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()


class _Connection(H11Protocol):
    """One connection, with limits."""

    def __init__(
        self,
        config: _Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._callers = config.callers
        self._answers_at = config.answers_at
        self._address = ""
        self._deadline: asyncio.TimerHandle | None = None
        self._requested_at = 0.0
        self._half_closed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Accept the connection, or close it if there are too many."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(
            high=0
        )  # waiting for buffer space then means waiting for the last byte
        address = self.client[0] if self.client else ""
        if not (self._answers_at(self.server[0] if self.server else "") and self._callers.admit(address)):
            transport.abort()
            return
        self._address = address
        self._wait_for_a_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the closed connection."""
        super().connection_lost(exc)
        self._unset_deadline()
        if self._address:
            self._callers.leave(self._address)
            self._address = ""

    def data_received(self, data: bytes) -> None:
        """Read more bytes; a protocol error ends the connection if an answer can no longer be sent."""
        try:
            super().data_received(data)
        except (
            Exception
        ):  # uvicorn replies with 400 if it still can; here it has already begun another answer
            self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Answer a protocol error with status 400; an answer that has not begun is dropped."""
        if (
            self.cycle is not None
        ):  # None before the first request, although its annotation does not allow None
            self.cycle.disconnected = True
        super().send_400_response(msg)

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection: a client that closed its sending side may still be waiting for the answer."""
        self._half_closed = self._is_answering
        return self._half_closed

    def on_response_complete(self) -> None:
        """Wait for the next request; close the connection if the client has closed its sending side."""
        if self._half_closed:
            self.transport.close()
            return
        self._wait_for_a_request()
        super().on_response_complete()

    def shutdown(self) -> None:
        """Close the connection immediately, in any state."""
        self.transport.abort()

    @property
    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _wait_for_a_request(self) -> None:
        self._unset_deadline()
        self._requested_at = self.loop.time()
        self._deadline = self.loop.call_later(IDLE_SECONDS, self._expire)

    def _expire(self) -> None:
        left = self._requested_at + ANSWER_SECONDS - self.loop.time()
        if self._is_answering and left > 0:
            self._deadline = self.loop.call_later(left, self._expire)
        else:
            self.transport.abort()

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _listening(name: str, address: str, port: int, flag: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        opened = socket.create_server((address, port), family=family, backlog=BACKLOG)
    except OSError as error:
        number = error.errno or 0
        what = f"{os.strerror(number) if number > 0 else error.strerror}."
        cure = _CURES.get(number, "").format(flag=flag)
        raise BindError(f"{name} on {address} port {port}", what, cure) from error
    opened.setblocking(False)
    # Connections inherit this option. Without it, a body waits about 40 ms for the acknowledgement of its
    # headers.
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened
