"""A phone's UDP port on a real network: a socket that the running event loop watches."""

import asyncio
import socket
from collections.abc import Callable


class SocketPort:
    """A `Port` that is a UDP socket; `readable` is called whenever datagrams wait."""

    def __init__(self, opened: socket.socket, readable: Callable[[], object]) -> None:
        self._socket = opened
        self.number = int(opened.getsockname()[1])
        asyncio.get_running_loop().add_reader(opened, readable)

    def send(self, data: bytes, destination: tuple[str, int]) -> None:
        """Send one datagram; raises OSError where the network refuses it."""
        self._socket.sendto(data, destination)

    def close(self) -> None:
        """Close the socket, which then receives nothing more."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
