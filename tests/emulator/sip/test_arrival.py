"""A datagram's time is the time of its arrival, not the time at which it is read."""

import socket
import time

import pytest

from ringup.emulator.sip import arrival


def pair() -> tuple[socket.socket, socket.socket]:
    receiver, sender = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    receiver.bind(("127.0.0.1", 0))
    receiver.settimeout(10)
    sender.connect(receiver.getsockname())
    return receiver, sender


def test_a_datagram_that_was_not_read_at_once_has_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver, sender = pair()
    with receiver, sender:
        arrival.note_arrivals(receiver)
        sender.send(b"sound")
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 5)
        datagram, source, waited = arrival.receive(receiver, 100)
        assert (datagram, source) == (b"sound", sender.getsockname())
    assert 4 < waited < 6


def test_without_the_kernels_note_it_has_arrived_now() -> None:
    receiver, sender = pair()
    with receiver, sender:
        sender.send(b"sound")
        assert arrival.receive(receiver, 100) == (b"sound", sender.getsockname(), 0.0)
