"""The host of the SCCP client on a real network."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from ringup.emulator.sccp.config import Server
from ringup.emulator.sip.sockets import NetworkSipHost


class _Link(asyncio.Protocol):
    """One TCP connection on the running event loop."""

    def __init__(self, on_data: Callable[[bytes], None], on_end: Callable[[], None]) -> None:
        self._on_data = on_data
        self._on_end = on_end
        self._transport: asyncio.Transport | None = None
        self._is_closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send every message at once: chan_skinny reads no split header (P-SCCP-3)."""
        self._transport = cast("asyncio.Transport", transport)
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def data_received(self, data: bytes) -> None:
        """Pass the received bytes to the phone."""
        if not self._is_closed:
            self._on_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Call the phone's `on_end`, unless the phone closed the connection itself."""
        if not self._is_closed:
            self._is_closed = True
            self._on_end()

    def send(self, data: bytes) -> None:
        """Send bytes."""
        if self._transport is not None:
            self._transport.write(data)

    def close(self) -> None:
        """Close the connection."""
        self._is_closed = True
        if self._transport is not None:
            self._transport.close()


class NetworkSccpHost(NetworkSipHost):
    """An `SccpHost` on the running event loop."""

    async def connect(
        self, own: str, server: Server, on_data: Callable[[bytes], None], on_end: Callable[[], None]
    ) -> _Link:
        """Connect from the phone's own address; raises OSError."""
        _transport, link = await asyncio.get_running_loop().create_connection(
            lambda: _Link(on_data, on_end), *server, local_addr=(own, 0)
        )
        return link
