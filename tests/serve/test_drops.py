"""The kernel's own count of what did not fit into a receive queue."""

import socket
from contextlib import closing

from ringup.serve.drops import DropCount


def test_datagrams_beyond_the_queue_are_counted_once() -> None:
    with (
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as receiver,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sender,
    ):
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        receiver.bind(("127.0.0.1", 0))
        drops = DropCount([receiver])
        for _ in range(100):
            sender.sendto(bytes(500), receiver.getsockname())
        receiver.setblocking(False)
        kept = 0
        while True:
            try:
                receiver.recv(1000)
            except BlockingIOError:
                break
            kept += 1
        assert 0 < kept < 100
        assert drops.more() == 100 - kept
        assert drops.more() == 0
        assert drops.total == 100 - kept


def test_a_socket_that_does_not_tell_counts_nothing() -> None:
    class Silent:
        def getsockopt(self, *_: int) -> bytes:
            raise OSError("no such option")

    assert DropCount([Silent()]).more() == 0  # type: ignore[list-item]
