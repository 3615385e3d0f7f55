"""The C code and the engine without a thread, turn by turn, with a clock that the test moves."""

import select
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ringup.engine.found import Found
from ringup.engine.tftp.server import TftpServer
from ringup.serve.tftp.fast.native import NativeTraffic
from tests.engine.tftp.port_choice import PORT_CHOICE

if TYPE_CHECKING:
    from ringup.events import Event


class Bench:
    """Ports, the engine and the C code, run turn by turn."""

    def __init__(self, finder: Callable[[str, str], Found], resend_after: float) -> None:
        self.stack = ExitStack()
        self.sockets = [self._socket() for _ in range(4)]
        self.traffic = NativeTraffic(self.sockets, self._socket().fileno(), b"", PORT_CHOICE, resend_after)
        self.stack.callback(self.traffic.close)
        self.server = TftpServer(
            finder, lambda _: "", PORT_CHOICE, reply_ports=3, progresses=self.traffic.progresses
        )
        self.events: list[Event] = []
        self.ahead = 0.0

    def _socket(self, address: str = "127.0.0.1") -> socket.socket:
        opened = self.stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        opened.setblocking(False)
        opened.bind((address, 0))
        return opened

    def phone(self, address: str = "127.0.0.1") -> socket.socket:
        return self._socket(address)

    def turn(self, now: float) -> None:
        """Do what `TftpService` does with received datagrams."""
        received = self.traffic.wait(0)
        for finished in self.traffic.finished():
            self.server.completed(finished, now)
        for handed in self.traffic.handed_over():
            self.server.take_over(handed, now)
        replies = [
            reply
            for data, peer, index, asked in received
            for reply in self.server.receive(data, peer, index, now, asked)
        ]
        assert not self.traffic.send(replies)
        assert not self.traffic.send(self.server.wake(now))
        self.events += self.server.take_events()


def all_that_came(phone: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    came = []
    while select.select([phone], [], [], 0)[0]:
        came.append(phone.recvfrom(2048))
    return came
