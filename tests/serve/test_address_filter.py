"""The kernel drops datagrams to an address that is not served, and running transfers continue."""

import socket
from collections.abc import Iterator

import pytest

from ringup.serve.address_filter import MOST_ADDRESSES, admit_only
from ringup.serve.tftp.guard import MOST_GUARDED

SERVED, LATER, OTHER = "127.0.0.5", "127.0.0.7", "127.0.0.1"
SHORT = 0.2


@pytest.fixture
def datagrams() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as opened:
        admit_only(opened, (SERVED,))
        opened.bind(("0.0.0.0", 0))
        opened.settimeout(SHORT)
        yield opened


def send(text: bytes, address: str, to: socket.socket) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(text, (address, to.getsockname()[1]))


def test_datagrams_come_to_the_served_address_only(datagrams: socket.socket) -> None:
    for address in (OTHER, LATER, SERVED):
        send(address.encode(), address, datagrams)
    assert datagrams.recv(20) == SERVED.encode()
    with pytest.raises(TimeoutError):
        datagrams.recv(20)


def test_other_addresses_take_their_place(datagrams: socket.socket) -> None:
    admit_only(datagrams, (LATER, OTHER))
    for address in (SERVED, LATER, OTHER):
        send(address.encode(), address, datagrams)
    assert [datagrams.recv(20) for _ in range(2)] == [LATER.encode(), OTHER.encode()]


@pytest.mark.parametrize("mac", ["000000000000", "000000000066", "660000000000"])
def test_a_guarded_address_is_heard_in_its_own_frames_only(datagrams: socket.socket, mac: str) -> None:
    """Frames of the loopback interface come from 00:00:00:00:00:00."""
    is_heard = mac == "000000000000"
    admit_only(datagrams, (SERVED,), {"192.0.2.1": "001646C0FFEE", OTHER: mac})
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind((OTHER, 0))
        client.sendto(b"guarded", (SERVED, datagrams.getsockname()[1]))
        client.sendto(b"guarded", (LATER, datagrams.getsockname()[1]))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.9", 0))
        client.sendto(b"another", (SERVED, datagrams.getsockname()[1]))
    assert datagrams.recv(20) == (b"guarded" if is_heard else b"another")


def test_the_largest_filter_fits_the_kernel(
    datagrams: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    guarded = {f"10.0.0.{at}": "001646C0FFEE" for at in range(MOST_GUARDED)}
    admit_only(datagrams, [f"10.{at // 250}.0.{at % 250}" for at in range(2 * MOST_ADDRESSES)], guarded)
    assert not caplog.messages


def test_another_address_cannot_be_connected_to_and_an_open_connection_outlives_its_address() -> None:
    with socket.create_server(("0.0.0.0", 0)) as listening:
        admit_only(listening, (SERVED,))
        port = listening.getsockname()[1]
        with pytest.raises(TimeoutError):
            socket.create_connection((OTHER, port), SHORT)
        with socket.create_connection((SERVED, port), SHORT) as client:
            accepted, _ = listening.accept()
            with accepted:
                admit_only(listening, (LATER,))
                client.sendall(b"goes on")
                assert accepted.recv(20) == b"goes on"
        with pytest.raises(TimeoutError):
            socket.create_connection((SERVED, port), SHORT)
        socket.create_connection((LATER, port), SHORT).close()


def test_a_kernel_that_takes_no_filter_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The error EPERM was seen with an unprivileged service user."""

    class Refusing(socket.socket):
        def setsockopt(self, *_arguments: object) -> None:
            raise PermissionError(1, "Operation not permitted")

    with Refusing(socket.AF_INET, socket.SOCK_DGRAM) as opened, caplog.at_level("INFO", logger="ringup"):
        admit_only(opened, (SERVED,))
