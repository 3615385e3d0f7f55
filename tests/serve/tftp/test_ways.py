"""Whether TFTP uses C, batches or single calls, and that the log says so."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from ringup.serve import datagram_batches
from ringup.serve.tftp.fast import native as tftp_native
from ringup.serve.tftp.fast.native import NativeTraffic
from ringup.serve.tftp.service import quickest_traffic
from tests.engine.tftp.port_choice import PORT_CHOICE

SIZES = [name for name, _ in tftp_native._SIZES]


class Library:
    """The real library, but one of its structures has another size than in Python."""

    def __init__(self, other: str) -> None:
        self._real = tftp_native._library()
        self._other = other

    def __getattr__(self, name: str) -> object:
        real = getattr(self._real, name)
        return (lambda: real() - 4) if name == self._other else real


def library_of_another_version() -> object:
    raise AttributeError("undefined symbol: table_head_size")


@pytest.fixture
def loopback() -> Iterator[tuple[socket.socket, int]]:
    wake_up = os.eventfd(0)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as opened:
        opened.bind(("127.0.0.1", 0))
        yield opened, wake_up
    os.close(wake_up)


def test_every_structure_that_python_reads_is_compared() -> None:
    assert tftp_native.available()
    assert len(SIZES) == 5


@pytest.mark.parametrize("name", SIZES)
def test_a_library_with_a_structure_of_another_size_is_not_used(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Library(name)
    monkeypatch.setattr(tftp_native, "_library", lambda: other)
    assert not tftp_native.available()


def test_a_library_of_another_version_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tftp_native, "_library", library_of_another_version)
    assert not tftp_native.available()


@pytest.mark.parametrize(
    ("native", "batches", "said"),
    [
        (True, True, "TFTP: C answers ACKs and known requests"),
        (False, True, "TFTP: Python answers everything, in batches; the part in C was not built"),
        (False, False, "TFTP: Python answers everything, one datagram per system call; the part in C"),
    ],
)
def test_the_log_says_which_way_is_used(
    native: bool,
    batches: bool,
    said: str,
    loopback: tuple[socket.socket, int],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(tftp_native, "available", lambda: native)
    monkeypatch.setattr(datagram_batches, "supported", lambda: batches)
    monkeypatch.setattr(logging.getLogger("ringup"), "propagate", True)
    opened, wake_up = loopback
    with caplog.at_level(logging.INFO, logger="ringup"):
        traffic = quickest_traffic([opened], wake_up, b"", PORT_CHOICE)
    traffic.close()
    assert isinstance(traffic, NativeTraffic) == native
    (record,) = caplog.records
    assert record.getMessage().startswith(said)
