"""The phone's side of a transfer, datagram by datagram (P-TFTP-1 to P-TFTP-8)."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.emulator.behaviour import FOUR_SECONDS, ONE_FIVE_NINE, RetryPattern
from ringup.emulator.boot.tftp import MAX_FILE, Failed, Fetch, NoAnswer, NotFound, OutgoingTftp, Received
from ringup.wire import tftp as wire

SERVER = "192.0.2.1"
PEER = (SERVER, 4321)


def fetch_of(retry: RetryPattern = ONE_FIVE_NINE) -> Fetch:
    return Fetch("SIPDefault.cnf", SERVER, count(49834), retry)


def data(block: int, payload: bytes) -> bytes:
    return wire.build(wire.Data(block, payload))


def ack(block: int, port: int = 49834) -> list[OutgoingTftp]:
    return [OutgoingTftp(port, SERVER, PEER[1], wire.build(wire.Ack(block)))]


def run_silent(fetch: Fetch) -> list[tuple[float, int]]:
    """Return when and from which port the request leaves if no reply ever comes."""
    sent = [(0.0, out.port) for out in fetch.start(0.0)]
    while fetch.wake_at is not None:
        now = fetch.wake_at
        sent += [(now, out.port) for out in fetch.wake(now)]
    return sent


def test_the_request_is_octet_without_options_to_port_69() -> None:
    (request,) = fetch_of().start(0.0)
    assert request == OutgoingTftp(49834, SERVER, 69, b"\0\1SIPDefault.cnf\0octet\0")


def test_a_file_of_two_blocks_is_acknowledged_to_the_port_it_came_from() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    assert fetch.receive(data(1, b"a" * 512), PEER, 0.1) == ack(1)
    assert fetch.wake_at is not None
    assert fetch.receive(data(2, b"b"), PEER, 0.2) == ack(2)
    assert fetch.outcome == Received(b"a" * 512 + b"b")
    assert fetch.attempts == 1


def test_a_finished_transfer_wants_no_more_time() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"a"), PEER, 0.1)
    assert fetch.wake_at is None


def test_a_file_of_exactly_one_block_ends_with_an_empty_one() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"a" * 512), PEER, 0.1)
    fetch.receive(data(2, b""), PEER, 0.2)
    assert fetch.outcome == Received(b"a" * 512)


def test_an_empty_file_is_received_and_not_absent() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b""), PEER, 0.1)
    assert fetch.outcome == Received(b"")


@pytest.mark.parametrize("port", [69, 4321])
def test_error_1_is_not_found_from_whatever_port(port: int) -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    assert fetch.receive(wire.build(wire.Error(1, "File not found")), (SERVER, port), 0.1) == []
    assert fetch.outcome == NotFound("File not found")


@pytest.mark.parametrize("code", [0, 2, 3, 4, 8])
def test_any_other_error_is_a_failure_with_its_code(code: int) -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(wire.build(wire.Error(code, "no")), PEER, 0.1)
    assert fetch.outcome == Failed(code, "no")


def test_the_old_firmware_sends_every_4_s_five_times_from_each_of_three_ports() -> None:
    fetch = fetch_of(FOUR_SECONDS)
    assert run_silent(fetch) == [
        (20.0 * port + 4 * send, 49834 + port) for port in range(3) for send in range(5)
    ]
    assert fetch.outcome == NoAnswer()
    assert fetch.attempts == 15


def test_firmware_8_12_sends_at_1_5_9_and_gives_up_after_39_s() -> None:
    fetch = fetch_of()
    sends = [(13.0 * port + send, 49834 + port) for port in range(3) for send in (0, 1, 5, 9)]
    assert run_silent(fetch) == sends
    assert fetch.outcome == NoAnswer()


def test_an_answer_to_a_repeated_request_is_taken() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.wake(1.0)
    fetch.receive(data(1, b"x"), PEER, 1.1)
    assert fetch.outcome == Received(b"x")
    assert fetch.attempts == 2


def test_waking_early_sends_nothing() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    assert fetch.wake(0.9) == []


def test_a_repeated_block_is_acknowledged_again_and_kept_once() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"a" * 512), PEER, 0.1)
    assert fetch.receive(data(1, b"a" * 512), PEER, 0.2) == ack(1)
    fetch.receive(data(2, b"b"), PEER, 0.3)
    assert fetch.outcome == Received(b"a" * 512 + b"b")


def test_a_repeated_last_block_is_acknowledged_after_the_end() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"x"), PEER, 0.1)
    assert fetch.receive(data(1, b"x"), PEER, 1.1) == ack(1)
    assert fetch.outcome == Received(b"x")


def test_a_block_from_the_future_is_dropped() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    assert fetch.receive(data(2, b"x"), PEER, 0.1) == []
    assert fetch.outcome is None


def test_a_second_sender_gets_error_5_and_changes_nothing() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"a" * 512), PEER, 0.1)
    (answer,) = fetch.receive(data(2, b"evil"), (SERVER, 9999), 0.2)
    assert answer.remote_port == 9999
    assert wire.parse(answer.data) == wire.Error(5, "Unknown transfer ID")
    fetch.receive(wire.build(wire.Error(0, "evil")), (SERVER, 9999), 0.2)
    fetch.receive(data(2, b"b"), PEER, 0.3)
    assert fetch.outcome == Received(b"a" * 512 + b"b")


def test_another_host_is_not_listened_to() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    assert fetch.receive(data(1, b"evil"), ("192.0.2.66", 4321), 0.1) == []
    assert fetch.outcome is None


def test_silence_in_the_middle_repeats_the_acknowledgement_then_the_whole_request() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    fetch.receive(data(1, b"a" * 512), PEER, 10.0)
    assert fetch.wake(11.0) == ack(1)
    assert fetch.wake(15.0) == ack(1)
    assert fetch.wake(19.0) == ack(1)
    (again,) = fetch.wake(23.0)
    assert (again.port, again.remote_port) == (49835, 69)
    fetch.receive(data(1, b"x"), (SERVER, 5555), 23.1)
    assert fetch.outcome == Received(b"x")


def test_a_file_that_no_phone_could_hold_is_refused_with_disk_full() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    sent: list[OutgoingTftp] = []
    for block in range(1, MAX_FILE // 512 + 2):
        sent = fetch.receive(data(block, b"a" * 512), PEER, 0.1)
    assert fetch.outcome == Failed(3, "buffer full")
    assert wire.parse(sent[0].data) == wire.Error(3, "buffer full")


def test_an_application_of_8_12_takes_1477_full_blocks_and_a_rest() -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    image = bytes(756_524)
    for block in range(1, 1479):
        assert fetch.receive(data(block, image[(block - 1) * 512 : block * 512]), PEER, 0.1) == ack(block)
    assert fetch.outcome == Received(image)


@given(
    st.lists(st.one_of(st.binary(max_size=20), st.builds(data, st.integers(0, 3), st.binary(max_size=600))))
)
def test_no_datagrams_make_the_phone_send_more_than_one_each(datagrams: list[bytes]) -> None:
    fetch = fetch_of()
    fetch.start(0.0)
    for datagram in datagrams:
        assert len(fetch.receive(datagram, PEER, 0.1)) <= 1
