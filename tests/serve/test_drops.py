"""The kernel's own count of datagrams that did not fit into a receive buffer."""

import logging
import socket
from contextlib import closing

import pytest

from ringup.serve.drops import ENOUGH, DropCount, log_queue


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


class Granted:
    """A socket for which the kernel granted this number of bytes."""

    def __init__(self, granted: int) -> None:
        self._granted = granted

    def getsockopt(self, *_: int) -> int:
        return self._granted


@pytest.mark.parametrize(
    ("granted", "level", "said"),
    [
        (2 * ENOUGH, logging.INFO, "TFTP: the kernel's queue holds 10922 requests"),
        (212_992, logging.WARNING, "queue holds only 277 requests. If more phones send at once"),
    ],
)
def test_what_the_kernel_granted_is_logged_with_the_cure_where_it_is_little(
    granted: int, level: int, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("ringup")
    with caplog.at_level(logging.INFO, logger="ringup"), pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "propagate", True)
        log_queue("TFTP", Granted(granted))  # type: ignore[arg-type]
    (record,) = caplog.records
    assert record.levelno == level
    assert said in record.getMessage()
    assert ("sysctl -w net.core.rmem_max=4194304" in record.getMessage()) == (level == logging.WARNING)
