"""A host requests files in the names of others, or ends their transfers: little is sent, and no transfer
ends.
"""

import pytest

from ringup.engine.found import File
from ringup.engine.tftp import unanswered
from ringup.engine.tftp.options import LARGEST_FLIGHT
from ringup.engine.tftp.server import TftpServer
from ringup.engine.tftp.transfer import ERROR_SECONDS
from ringup.engine.tftp.unanswered import BURST, MOST_SILENT_PER_ADDRESS, MOST_TRANSMISSIONS
from ringup.events import FileSent, TftpIgnored, TransferFailed
from ringup.wire.tftp import Ack, Data, Error, OptionAck, ReadRequest, build
from tests.engine.tftp.port_choice import PORT_CHOICE
from tests.engine.tftp.test_server import FILES, NOW, OTHER, PHONE, Talk, mac_of, server

pytestmark = pytest.mark.usefixtures("progresses")

VICTIM = "10.0.9.9"


def request_in_the_name_of(engine: TftpServer, address: str, port: int, name: str = "two") -> int:
    """Return the number of bytes that are sent for one request."""
    replies = engine.receive(build(ReadRequest(name)), (address, port), 0, NOW)
    return sum(len(data) for data, _, _, _ in replies)


def left_in(engine: TftpServer, seconds: float) -> int:
    """Return the number of bytes that are sent without a further request."""
    sent = 0
    while engine.wake_at is not None and engine.wake_at <= NOW + seconds:
        sent += sum(len(data) for data, _, _, _ in engine.wake(engine.wake_at))
    return sent


# --- requests in another's name -------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"windowsize": "64", "blksize": "1468"}])
def test_a_request_that_nobody_acknowledges_costs_three_sendings_of_its_first_packet(
    options: dict[str, str],
) -> None:
    talk = Talk(server())
    first = talk.ask("two", **options)
    again = [talk.wait() for _ in range(MOST_TRANSMISSIONS - 1)]
    assert again == [first] * (MOST_TRANSMISSIONS - 1)
    assert talk.wait() == []
    assert talk.now - NOW < 4
    assert talk.engine.live == 0
    (failed,) = [event for event in talk.engine.take_events() if isinstance(event, TransferFailed)]
    assert failed.reason == f"no answer to {MOST_TRANSMISSIONS} transmissions of the same block"


def test_a_guessed_first_ack_sets_off_one_window_and_no_second() -> None:
    engine = TftpServer(lambda name, _: File(name, bytes(400_000), "a test"), mac_of, PORT_CHOICE)
    talk = Talk(engine)
    talk.ask("large", windowsize="65535", blksize="1468")
    sent = sum(len(packet.payload) for packet in talk.ack(0) if isinstance(packet, Data))
    assert sent <= LARGEST_FLIGHT
    while packets := talk.wait():
        assert len(packets) == 1, "one block is enough to learn whether there is anybody"
        sent += 1468
    assert sent <= LARGEST_FLIGHT + 2 * 1468


def test_one_silent_address_is_soon_sent_nothing_more() -> None:
    engine = server()
    for port in range(1000, 1000 + MOST_SILENT_PER_ADDRESS):
        assert request_in_the_name_of(engine, VICTIM, port)
    left_in(engine, 1)
    assert request_in_the_name_of(engine, VICTIM, 9) == 0
    assert request_in_the_name_of(engine, OTHER[0], 9), "others are served"
    assert "not acknowledged" in str(engine.take_events()[-1])
    left_in(engine, 10)
    engine.take_events()
    assert engine.receive(build(ReadRequest("two")), (VICTIM, 10), 0, NOW + 10), "it is forgotten"


def test_all_silent_addresses_together_have_a_rate_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "BURST", 100_000)
    monkeypatch.setattr(unanswered, "BYTES_PER_SECOND", 1_000)
    engine = server()
    sent = sum(request_in_the_name_of(engine, f"10.1.{n // 250}.{n % 250}", 999) for n in range(5_000))
    assert 99_000 < sent <= 100_000
    assert left_in(engine, 10) <= 10 * 1_000
    assert BURST < 10_000_000


def test_phones_cost_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "BURST", 1_600)
    monkeypatch.setattr(unanswered, "BYTES_PER_SECOND", 0)
    engine = server()
    for number in range(200):
        talk = Talk(engine, ("10.0.0.10", 2_000 + number))
        talk.ask("two")
        talk.wait()
        talk.ack(1)
        talk.ack(2)
    assert sum(isinstance(event, FileSent) for event in engine.take_events()) == 200


def test_a_request_that_is_repeated_in_another_name_costs_no_more() -> None:
    engine = server()
    sent = sum(request_in_the_name_of(engine, VICTIM, 1_000) for _ in range(1_000))
    assert sent + left_in(engine, 3) == MOST_TRANSMISSIONS * 516


def test_a_repeated_request_of_a_transfer_that_goes_on_has_a_limit() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert sum(len(talk.ask("multiple")) for _ in range(1_000)) == MOST_TRANSMISSIONS - 1


def test_only_some_first_packets_of_one_silent_address_are_sent_again() -> None:
    engine = server()
    for port in range(1_000, 2_000):
        assert request_in_the_name_of(engine, VICTIM, port)
    assert left_in(engine, 3) <= (MOST_TRANSMISSIONS - 1) * (MOST_SILENT_PER_ADDRESS + 1) * 516


def test_a_request_in_the_name_of_a_phone_that_is_receiving_ends_nothing() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert talk.ask("small") == []
    assert talk.ack(2) == [Data(3, b"")]
    talk.ack(3)
    kinds = [type(event) for event in talk.engine.take_events()]
    assert kinds == [TftpIgnored, FileSent]


def test_a_phone_that_asks_for_another_file_gets_it_when_the_first_is_silent_or_has_an_error() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert talk.ask("small") == []
    talk.wait()
    assert talk.ask("small") == [Data(1, FILES["small"])]
    other = Talk(server())
    other.ask("multiple")
    other.ack(1)
    other.say(Error(0, "not this one"))
    assert other.ask("small") == [Data(1, FILES["small"])]


# --- windows --------------------------------------------------------------------------------------------


def test_guessed_acks_inside_a_window_send_no_window_each() -> None:
    blocks = 800
    engine = TftpServer(lambda name, _: File(name, bytes(blocks * 512 - 1), ""), mac_of, PORT_CHOICE)
    talk = Talk(engine)
    talk.ask("large", windowsize="64")
    assert sum(len(talk.ack(number)) for number in (0, 1, 2, 3, 4, 5, 6, 7)) <= 2 * 64
    assert sum(len(talk.ack(number)) for number in range(8, 65)) <= 2 * 64
    sent = sum(len(talk.ack(number)) for number in range(65, blocks + 1))
    assert sent <= 2 * blocks + 64


def test_two_losses_in_one_window_cost_a_wait_and_then_a_complete_window_comes() -> None:
    engine = TftpServer(lambda name, _: File(name, bytes(300 * 512), ""), mac_of, PORT_CHOICE)
    talk = Talk(engine)
    talk.ask("large", windowsize="64")
    assert len(talk.ack(0)) == 64
    assert [packet.block for packet in talk.ack(2) if isinstance(packet, Data)] == [*range(3, 67)]
    assert talk.ack(4) == []
    assert [packet.block for packet in talk.wait() if isinstance(packet, Data)] == [*range(5, 69)]
    assert talk.now - NOW < 1
    assert len(talk.ack(68)) == 64


@pytest.mark.parametrize(
    "asked", [{"windowsize": "64"}, {"blksize": "1468"}, {"blksize": "16", "windowsize": "64"}]
)
def test_windows_and_large_blocks_have_a_rate_and_then_the_file_comes_without(
    monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]
) -> None:
    monkeypatch.setattr("ringup.engine.tftp.options.BURST_IN_LARGE_FLIGHTS", 3 * len(FILES["multiple"]))
    monkeypatch.setattr("ringup.engine.tftp.options.BYTES_PER_SECOND_IN_LARGE_FLIGHTS", 0)
    engine = server()
    answers = [Talk(engine, (VICTIM, port)).ask("multiple", tsize="0", **asked) for port in range(1, 6)]
    assert [len(answer.options) for (answer,) in answers if isinstance(answer, OptionAck)] == [
        *[1 + len(asked)] * 3,
        1,
        1,
    ]
    assert Talk(engine, OTHER).ask("multiple", **asked) == [Data(1, FILES["multiple"][:512])]
    assert len(Talk(engine, PHONE).ask("multiple", windowsize="4", blksize="128")) == 1


def test_small_blocks_in_small_windows_have_no_such_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringup.engine.tftp.options.BURST_IN_LARGE_FLIGHTS", 0)
    (answer,) = Talk(server()).ask("multiple", windowsize="4", blksize="128")
    assert answer == OptionAck({"blksize": "128", "windowsize": "4"})


# --- errors in another's name -------------------------------------------------------------------------------


def test_an_error_that_somebody_else_sent_does_not_end_a_transfer() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert talk.say(Error(0, "stop")) == []
    talk.now += ERROR_SECONDS + 0.1
    assert talk.ack(2) == [Data(3, b"")]
    talk.engine.wake(talk.now + 0.4)
    talk.ack(3)
    (sent,) = [event for event in talk.engine.take_events() if isinstance(event, FileSent)]
    assert sent.size == len(FILES["multiple"])


def test_that_such_an_error_was_ignored_is_told_and_the_next_one_is_looked_at_again() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.say(Error(0, "stop"))
    talk.ack(1)
    assert talk.wait() == [Data(2, b"x" * 512)]
    (ignored,) = [event for event in talk.engine.take_events() if isinstance(event, TftpIgnored)]
    assert ignored.reason == "it answered error 0: 'stop', and its transfer continues"
    talk.say(Error(0, "stop again"))
    assert talk.wait() == []
    (failed,) = [event for event in talk.engine.take_events() if isinstance(event, TransferFailed)]
    assert failed.reason == "it answered error 0: 'stop again'"


def test_an_error_just_before_a_look_is_given_time() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    look_at = talk.engine.wake_at
    assert look_at is not None
    talk.now = look_at - 0.001
    talk.say(Error(0, "stop"))
    assert talk.engine.wake(look_at) == []
    talk.now = look_at + 0.01
    assert talk.ack(1)
    assert talk.wait()
    assert not [event for event in talk.engine.take_events() if isinstance(event, TransferFailed)]


def test_after_an_error_the_same_request_begins_anew() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    talk.say(Error(0, "I start again"))
    assert talk.ask("multiple") == [Data(1, b"x" * 512)]
    assert talk.ack(1) == [Data(2, b"x" * 512)]


def test_an_error_on_another_of_our_ports_is_nobodys() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    for index in {0, 1, 2, 3} - {talk.port}:
        talk.engine.receive(build(Error(0, "stop")), PHONE, index, talk.now)
    assert talk.wait() == [Data(1, b"x" * 512)]
    assert talk.say(Ack(1)) == [Data(2, b"x" * 512)]
