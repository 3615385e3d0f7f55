"""The TFTP server, datagram by datagram."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.found import Absent, File, Found, Refused
from ringup.engine.tftp.blocks import CutBlocks
from ringup.engine.tftp.options import NO_OPTIONS
from ringup.engine.tftp.progress import (
    CachedRequest,
    Finished,
    HandedOver,
    PlainProgress,
    PlainProgresses,
    send_window,
)
from ringup.engine.tftp.requesters import MOST_IGNORED_PER_SECOND, MOST_NAMED
from ringup.engine.tftp.server import (
    KNOWN_SECONDS,
    Reply,
    TftpServer,
)
from ringup.engine.tftp.transfer import MOST_RESENDS
from ringup.events import (
    Event,
    FileNotFound,
    FileRefused,
    FileRequested,
    FileSent,
    TftpIgnored,
    TransferFailed,
)
from ringup.wire.tftp import (
    Ack,
    Data,
    Error,
    OptionAck,
    Packet,
    ReadRequest,
    WriteRequest,
    build,
    parse,
)
from tests.engine.tftp.port_choice import PORT_CHOICE

pytestmark = pytest.mark.usefixtures("progresses")

PHONE = ("10.0.0.10", 49845)
OTHER = ("10.0.0.11", 49845)
MAC = "0011BB73AD61"
NOW = 1000.0
FILES = {
    "small": b"image_version: P0S3-8-12-00\n",
    "two": bytes(range(256)) * 3,
    "multiple": b"x" * 1024,
    "empty": b"",
    "text": b"a\nb\rc\r\n",
}


def find(name: str, _address: str) -> Found:
    if name.startswith("SIP"):
        return Refused(f"only its own phone gets /srv/secret/{name}")
    data = FILES.get(name)
    return Absent(f"no such file in /srv/tftp: {name}") if data is None else File(name, data, "a test")


def mac_of(address: str) -> str:
    return MAC if address == PHONE[0] else ""


def server(**limits: int) -> TftpServer:
    return TftpServer(find, mac_of, PORT_CHOICE, **limits)  # type: ignore[arg-type]  # `progresses` is none of the limits


def packets(replies: list[Reply]) -> list[Packet]:
    return [parse(bytes(data)) for data, _, _, _ in replies]


class Talk:
    """A conversation of one phone with the server; it remembers the port that answered."""

    def __init__(self, engine: TftpServer, peer: tuple[str, int] = PHONE) -> None:
        self.engine = engine
        self.peer = peer
        self.port = 0
        self.now = 1000.0

    def ask(self, name: str, mode: str = "octet", **options: str) -> list[Packet]:
        replies = self.engine.receive(build(ReadRequest(name, mode, options)), self.peer, 0, self.now)
        if replies:
            self.port = replies[0][2]
        return packets(replies)

    def ack(self, block: int) -> list[Packet]:
        return self.say(Ack(block))

    def say(self, packet: Packet) -> list[Packet]:
        return packets(self.engine.receive(build(packet), self.peer, self.port, self.now))

    def wait(self) -> list[Packet]:
        """Wait until the server does something again."""
        while self.engine.wake_at is not None:
            self.now = self.engine.wake_at
            replies = self.engine.wake(self.now)
            if replies:
                return packets(replies)
        return []


def events_of(engine: TftpServer, kind: type[Event]) -> list[Event]:
    return [event for event in engine.take_events() if isinstance(event, kind)]


# --- a transfer ---------------------------------------------------------------------------------------


def test_a_small_file_is_one_block_and_one_ack() -> None:
    talk = Talk(server())
    assert talk.ask("small") == [Data(1, FILES["small"])]
    talk.now += 0.25
    assert talk.ack(1) == []
    assert talk.engine.take_events() == [FileSent(1000.25, MAC, "small", PHONE[0], 28, 0.25, 0)]
    assert talk.engine.live == 0


def test_a_request_is_told_of_when_its_outcome_is_open_half_a_second_later() -> None:
    talk = Talk(server())
    talk.ask("two")
    talk.now += 0.25
    talk.ack(1)
    assert talk.engine.take_events() == []
    talk.engine.wake(1000.5)
    assert talk.engine.take_events() == [FileRequested(1000.0, MAC, "two", *PHONE)]
    talk.wait()
    assert talk.engine.take_events() == [], "it is told once"
    talk.ack(2)
    assert [type(event) for event in talk.engine.take_events()] == [FileSent]


def test_a_request_whose_transfer_breaks_off_early_is_told_of_too() -> None:
    talk = Talk(server())
    talk.ask("two")
    talk.say(Error(0, "no"))
    talk.wait()
    asked, abandoned = talk.engine.take_events()
    assert asked == FileRequested(1000.0, MAC, "two", *PHONE)
    assert isinstance(abandoned, TransferFailed)


def test_a_file_arrives_block_by_block() -> None:
    talk = Talk(server())
    assert talk.ask("two") == [Data(1, FILES["two"][:512])]
    assert talk.ack(1) == [Data(2, FILES["two"][512:])]
    assert talk.ack(2) == []


def test_an_exact_multiple_of_the_block_size_ends_with_an_empty_block() -> None:
    talk = Talk(server())
    assert talk.ask("multiple") == [Data(1, b"x" * 512)]
    assert talk.ack(1) == [Data(2, b"x" * 512)]
    assert talk.ack(2) == [Data(3, b"")]
    assert talk.engine.live == 1
    assert talk.ack(3) == []
    assert talk.engine.live == 0


def test_an_empty_file_is_one_empty_block() -> None:
    talk = Talk(server())
    assert talk.ask("empty") == [Data(1, b"")]
    talk.ack(1)
    assert [type(event) for event in talk.engine.take_events()] == [FileSent]


def test_block_numbers_wrap_from_65535_to_0() -> None:
    data = bytes(8 * 65537)
    engine = TftpServer(lambda name, _: File(name, data, ""), lambda _: "", PORT_CHOICE)
    talk = Talk(engine)
    assert talk.ask("big", blksize="8") == [OptionAck({"blksize": "8"})]
    (packet,) = talk.ack(0)
    numbers = []
    while isinstance(packet, Data):
        numbers.append(packet.block)
        (packet, *_) = talk.ack(packet.block) or [Ack(0)]
    assert numbers[65533:] == [65534, 65535, 0, 1, 2]
    assert len(numbers) == 65538
    assert events_of(engine, FileSent)


def test_a_default_block_size_wraps_as_well() -> None:
    data = bytes(512 * 65536)
    talk = Talk(TftpServer(lambda name, _: File(name, data, ""), lambda _: "", PORT_CHOICE))
    (packet,) = talk.ask("big")
    for _ in range(65535):
        assert isinstance(packet, Data)
        (packet,) = talk.ack(packet.block)
    assert isinstance(packet, Data)
    assert (packet.block, len(packet.payload)) == (0, 512)
    assert talk.ack(0) == [Data(1, b"")]


def test_netascii_converts_line_ends() -> None:
    assert Talk(server()).ask("text", "netascii") == [Data(1, b"a\r\nb\r\0c\r\0\r\n")]


def test_the_mode_is_read_in_any_case() -> None:
    assert Talk(server()).ask("small", "OCTET") == [Data(1, FILES["small"])]


def test_transfers_of_many_phones_do_not_meet() -> None:
    engine = server()
    one, two = Talk(engine), Talk(engine, OTHER)
    one.ask("two")
    two.ask("multiple")
    assert two.ack(1) == [Data(2, b"x" * 512)]
    assert one.ack(1) == [Data(2, FILES["two"][512:])]


def test_two_files_at_once_use_two_ports_of_one_phone() -> None:
    engine = server()
    one, two = Talk(engine), Talk(engine, (PHONE[0], 49846))
    one.ask("two")
    two.ask("two")
    assert one.ack(1) == two.ack(1)


def test_answers_from_another_address_than_the_main_one_leave_from_the_last_port() -> None:
    main, other = b"\x0a\0\0\1", b"\x0a\0\0\2"
    engine = TftpServer(find, mac_of, PORT_CHOICE, reply_ports=4, main_address=main)
    request = build(ReadRequest("two"))
    ((_, _, port, asked),) = engine.receive(request, PHONE, 0, 1000.0, main)
    assert (port in (1, 2, 3), asked) == (True, b"")
    ((_, _, port, asked),) = engine.receive(request, OTHER, 0, 1000.0, other)
    assert (port, asked) == (4, other)


def test_blocks_that_may_need_fragments_leave_from_the_last_port() -> None:
    ports = set()
    for number in range(20):
        talk = Talk(server(reply_ports=4), (f"10.0.0.{number}", 49845))
        talk.ask("two", blksize="1024")
        ports.add(talk.port)
    assert ports == {4}


def test_replies_leave_from_the_pool_and_keep_their_port() -> None:
    engine = server(reply_ports=4)
    ports = set()
    for last in range(40):
        talk = Talk(engine, (f"10.0.0.{last}", 49845))
        talk.ask("two")
        assert talk.ack(1)
        ports.add(talk.port)
    assert ports == {1, 2, 3}


def test_without_reply_ports_all_leaves_from_the_listening_port() -> None:
    talk = Talk(server(reply_ports=0))
    talk.ask("two")
    assert talk.port == 0
    assert talk.ack(1)


def test_replies_carry_the_address_that_was_asked() -> None:
    engine = server()
    ((_, peer, port, asked),) = engine.receive(build(ReadRequest("two")), PHONE, 0, 0.0, b"\x0a\0\0\1")
    assert (peer, asked) == (PHONE, b"\x0a\0\0\1")
    ((_, _, _, asked),) = engine.receive(build(Ack(1)), PHONE, port, 0.0)
    assert asked == b"\x0a\0\0\1"
    ((_, _, _, asked),) = engine.receive(build(ReadRequest("nothing")), OTHER, 0, 0.0, b"\x0a\0\0\1")
    assert asked == b"\x0a\0\0\1"


# --- options ------------------------------------------------------------------------------------------


def test_options_are_acknowledged_before_the_first_block() -> None:
    talk = Talk(server())
    assert talk.ask("two", blksize="600", tsize="0", timeout="3") == [
        OptionAck({"blksize": "600", "tsize": "768", "timeout": "3"})
    ]
    assert talk.ack(0) == [Data(1, FILES["two"][:600])]
    assert talk.ack(1) == [Data(2, FILES["two"][600:])]
    assert talk.ack(2) == []


def test_an_ack_of_a_block_does_not_take_the_options() -> None:
    talk = Talk(server())
    talk.ask("two", blksize="600")
    assert talk.ack(1) == []
    assert talk.ack(0) == [Data(1, FILES["two"][:600])]
    assert talk.ack(0) == []


def test_unknown_options_are_not_acknowledged() -> None:
    assert Talk(server()).ask("small", multicast="", blksize="no") == [Data(1, FILES["small"])]


def test_tsize_tells_the_converted_size() -> None:
    assert Talk(server()).ask("text", "netascii", tsize="0") == [OptionAck({"tsize": "11"})]


def test_a_window_is_sent_for_one_ack() -> None:
    data = bytes(range(256)) * 10
    talk = Talk(TftpServer(lambda name, _: File(name, data, ""), lambda _: "", PORT_CHOICE))
    talk.ask("w", windowsize="3", blksize="512")
    assert [packet.block for packet in talk.ack(0) if isinstance(packet, Data)] == [1, 2, 3]
    assert [packet.block for packet in talk.ack(3) if isinstance(packet, Data)] == [4, 5, 6]
    assert talk.ack(6) == []
    assert events_of(talk.engine, FileSent)[0] == FileSent(1000.0, "", "w", PHONE[0], 2560, 0.0, 0)


def test_an_ack_inside_a_window_goes_on_behind_the_gap() -> None:
    data = bytes(5000)
    talk = Talk(TftpServer(lambda name, _: File(name, data, ""), lambda _: "", PORT_CHOICE))
    talk.ask("w", windowsize="4")
    talk.ack(0)
    assert [packet.block for packet in talk.ack(2) if isinstance(packet, Data)] == [3, 4, 5, 6]
    talk.ack(6)
    talk.ack(10)
    (sent,) = events_of(talk.engine, FileSent)
    assert isinstance(sent, FileSent)
    assert sent.resent == 2


def test_a_timeout_option_sets_the_first_wait() -> None:
    talk = Talk(server())
    talk.ask("two", timeout="20")
    assert talk.wait() == [OptionAck({"timeout": "20"})]
    assert talk.now == 1020.0
    talk.wait()
    assert talk.now == 1040.0


# --- loss and repetition ------------------------------------------------------------------------------


def test_a_repeated_request_sends_the_first_block_again_and_opens_nothing() -> None:
    talk = Talk(server())
    assert talk.ask("two") == talk.ask("two")
    assert talk.engine.live == 1
    assert talk.ack(1) == [Data(2, FILES["two"][512:])]
    talk.ack(2)
    assert [type(event) for event in talk.engine.take_events()] == [FileSent]


def test_a_repeated_request_with_options_sends_the_option_ack_again() -> None:
    talk = Talk(server())
    assert talk.ask("two", tsize="0") == talk.ask("two", tsize="0") == [OptionAck({"tsize": "768"})]


def test_a_late_copy_of_the_request_does_not_set_the_transfer_back() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert talk.ask("multiple") == [Data(1, b"x" * 512)]
    assert talk.ack(1) == []
    assert talk.ack(2) == [Data(3, b"")]


def test_a_phone_that_restarted_gets_the_file_from_its_start() -> None:
    """A phone uses the same port at each boot, and may request the same file from it."""
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    talk.wait()
    assert talk.ask("multiple") == [Data(1, b"x" * 512)]
    assert talk.ack(1) == [Data(2, b"x" * 512)]
    assert len(events_of(talk.engine, TransferFailed)) == 1
    assert talk.engine.live == 1


def test_another_request_from_the_same_port_replaces_the_transfer() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    assert talk.ask("small") == [Data(1, FILES["small"])]
    talk.ack(1)
    assert talk.engine.live == 0
    assert [type(event) for event in talk.engine.take_events()] == [FileRequested, TransferFailed, FileSent]
    assert talk.wait() == []


def test_the_same_file_can_be_asked_for_again_at_once() -> None:
    talk = Talk(server())
    for _ in range(3):
        assert talk.ask("small") == [Data(1, FILES["small"])]
        talk.ack(1)
    assert len(events_of(talk.engine, FileSent)) == 3
    assert talk.wait() == []


def test_a_repeated_ack_sends_nothing() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    assert talk.ack(1)
    assert talk.ack(1) == []
    assert talk.ack(0) == []
    assert talk.ack(3) == []
    assert talk.ack(2)


def test_the_first_resending_comes_within_a_second_then_they_back_off() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    second = talk.ack(1)
    times = []
    while talk.wait() == second:
        times.append(talk.now - 1000.0)
    assert times == pytest.approx([0.5, 1.5, 3.5, 7.5, 15.5])
    assert len(times) == MOST_RESENDS
    assert talk.now == pytest.approx(1023.5)
    assert talk.engine.take_events()[1:] == [
        TransferFailed(
            talk.now, MAC, "multiple", PHONE[0], 512, 1024, "no answer to 6 transmissions of the same block"
        )
    ]
    assert talk.engine.wake_at is None


def test_an_ack_makes_the_next_wait_short_again() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    for _ in range(2):
        talk.wait()
    talk.now += 1
    talk.ack(1)
    before = talk.now
    assert talk.wait() == [Data(2, b"x" * 512)]
    assert talk.now == pytest.approx(before + 0.5)
    talk.ack(2)
    talk.ack(3)
    assert talk.wait() == []
    (sent,) = events_of(talk.engine, FileSent)
    assert isinstance(sent, FileSent)
    assert sent.resent == 3


def test_an_ack_puts_the_resending_off() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.now += 0.4
    talk.ack(1)
    talk.now += 0.2
    assert talk.engine.wake(talk.now) == []
    assert talk.wait() == [Data(2, b"x" * 512)]
    assert talk.now == pytest.approx(1000.9)


def test_a_lost_last_ack_does_not_resend_the_file() -> None:
    talk = Talk(server())
    talk.ask("two")
    talk.ack(1)
    resent = [talk.wait() for _ in range(MOST_RESENDS + 1)]
    assert resent == [[Data(2, FILES["two"][512:])]] * MOST_RESENDS + [[]]
    (abandoned,) = events_of(talk.engine, TransferFailed)
    assert isinstance(abandoned, TransferFailed)
    assert "probably has the whole file" in abandoned.reason
    assert abandoned.sent == 512


def test_a_repeated_last_ack_is_not_an_error() -> None:
    talk = Talk(server())
    talk.ask("small")
    talk.ack(1)
    assert talk.ack(1) == []
    assert not events_of(talk.engine, TftpIgnored)


# --- errors -------------------------------------------------------------------------------------------


def test_an_absent_file_is_error_1_at_once_without_a_path() -> None:
    talk = Talk(server())
    assert talk.ask("nothing") == [Error(1, "File not found")]
    assert talk.engine.take_events() == [
        FileNotFound(1000.0, MAC, "nothing", PHONE[0], "no such file in /srv/tftp: nothing"),
    ]
    assert talk.engine.wake_at is None


def test_a_refused_file_looks_exactly_like_an_absent_one() -> None:
    talk = Talk(server())
    name = "SIP0011BB73AD99.cnf"
    assert talk.ask(name) == [Error(1, "File not found")]
    assert talk.engine.take_events() == [
        FileRefused(1000.0, MAC, name, PHONE[0], f"only its own phone gets /srv/secret/{name}"),
    ]


def test_an_unknown_mode_is_error_4() -> None:
    talk = Talk(server())
    (error,) = talk.ask("small", "banana")
    assert isinstance(error, Error)
    assert error.code == 4
    (refused,) = talk.engine.take_events()
    assert isinstance(refused, FileRefused)
    assert "'banana'" in refused.reason


def test_a_write_request_is_error_2() -> None:
    talk = Talk(server())
    (error,) = talk.say(WriteRequest("startup-config"))
    assert error == Error(2, "This server is read only")
    (refused,) = talk.engine.take_events()
    assert isinstance(refused, FileRefused)
    assert refused.name == "startup-config"


def test_an_ack_from_a_foreign_port_gets_no_answer_and_the_victim_goes_on() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    foreign = (PHONE[0], 6666)
    assert talk.engine.receive(build(Ack(1)), foreign, talk.port, talk.now) == []
    assert talk.engine.ignored == 1
    assert talk.ack(1) == [Data(2, b"x" * 512)]


def test_an_ack_to_another_of_our_ports_gets_no_answer_and_changes_nothing() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    assert talk.engine.receive(build(Ack(1)), PHONE, 0, talk.now) == []
    assert talk.engine.ignored == 1
    assert talk.ack(1) == [Data(2, b"x" * 512)]


def test_data_and_option_acks_are_error_5() -> None:
    talk = Talk(server())
    assert talk.say(Data(1, b"x")) == [Error(5, "Unknown transfer ID")]
    assert talk.say(OptionAck({})) == [Error(5, "Unknown transfer ID")]


def test_an_error_from_the_phone_ends_the_transfer_and_gets_no_answer() -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.ack(1)
    assert talk.say(Error(3, "disk full")) == []
    assert talk.say(Error(3, "disk full")) == []
    assert talk.wait() == []
    (abandoned,) = events_of(talk.engine, TransferFailed)
    assert abandoned == TransferFailed(
        1000.5, MAC, "multiple", PHONE[0], 512, 1024, "it answered error 3: 'disk full'"
    )
    assert talk.engine.wake_at is None
    assert talk.engine.take_events() == []


@pytest.mark.parametrize("port", [0, 1, 2])
def test_an_error_of_nobody_is_ignored(port: int) -> None:
    talk = Talk(server())
    talk.ask("multiple")
    talk.engine.take_events()
    peer, index = (OTHER, talk.port) if port == 0 else (PHONE, talk.port + port)
    assert talk.engine.receive(build(Error(0, "x")), peer, index, talk.now) == []
    assert events_of(talk.engine, TftpIgnored)
    assert talk.ack(1)


@pytest.mark.parametrize("data", [b"\0\1name without an end", b"\0\2", b"\0\1\0octet\0"])
def test_a_malformed_request_is_error_4(data: bytes) -> None:
    engine = server()
    (error,) = packets(engine.receive(data, PHONE, 0, 0.0))
    assert error == Error(4, "Illegal TFTP operation")
    assert events_of(engine, TftpIgnored)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\x07", b"\0\4\0", b"GET / HTTP/1.0"])
def test_other_garbage_gets_no_answer(data: bytes) -> None:
    engine = server()
    assert engine.receive(data, PHONE, 0, 0.0) == []
    (ignored,) = engine.take_events()
    assert isinstance(ignored, TftpIgnored)
    assert ignored.mac == MAC


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 2)), max_size=20))
def test_no_bytes_raise_and_none_are_answered_twice(datagrams: list[tuple[bytes, int]]) -> None:
    engine = server(reply_ports=2)
    for data, port in datagrams:
        assert len(engine.receive(data, PHONE, port, 0.0)) <= 1


# --- limits -------------------------------------------------------------------------------------------


def test_too_many_transfers_of_one_address_get_no_answer() -> None:
    engine = server(most_per_address=2)
    talks = [Talk(engine, (PHONE[0], port)) for port in (1, 2, 3)]
    assert [bool(talk.ask("small")) for talk in talks] == [True, True, False]
    assert Talk(engine, OTHER).ask("small")
    assert len(events_of(engine, TftpIgnored)) == 1
    talks[0].ack(1)
    assert talks[2].ask("small")


def test_too_many_transfers_in_all_get_no_answer() -> None:
    engine = server(most_transfers=1)
    assert Talk(engine, PHONE).ask("small")
    assert Talk(engine, OTHER).ask("small") == []
    assert Talk(engine, PHONE).ask("small")


def test_a_scanner_makes_few_events_and_is_counted() -> None:
    engine = server()
    for port in range(1, 1001):
        engine.receive(b"\0\4\0\1", (OTHER[0], port), 0, 5.0)
    assert len(engine.take_events()) == MOST_IGNORED_PER_SECOND
    assert engine.ignored == 1000
    engine.receive(b"\0\4\0\1", OTHER, 0, 6.0)
    assert len(engine.take_events()) == 1


# --- whose request it is ------------------------------------------------------------------------------


def test_a_name_tells_whose_address_it_is_where_no_lease_does() -> None:
    engine = server()
    talk = Talk(engine, OTHER)
    talk.ask("CTLSEP000e84c060a6.tlv")
    talk.ask("small")
    assert {event.mac for event in engine.take_events()} == {"000E84C060A6"}


def test_a_lease_tells_more_than_a_name() -> None:
    talk = Talk(server())
    talk.ask("SEP000E84C060A6.cnf.xml")
    assert {event.mac for event in talk.engine.take_events()} == {MAC}


def test_names_of_old_addresses_are_forgotten() -> None:
    engine = TftpServer(lambda _name, _address: Absent(""), lambda _: "", PORT_CHOICE)
    for number in range(MOST_NAMED + 1):
        engine.receive(build(ReadRequest(f"SEP{number:012X}.cnf.xml")), (str(number), 1), 0, 0.0)
    engine.take_events()
    engine.receive(build(ReadRequest("x")), ("0", 1), 0, 0.0)
    engine.receive(build(ReadRequest("x")), ("1", 1), 0, 0.0)
    assert [event.mac for event in engine.take_events()] == ["", f"{1:012X}"]


def test_the_same_file_asked_for_again_before_the_last_ack_is_heard_is_sent_again() -> None:
    talk = Talk(server())
    talk.ask("two")
    talk.ack(1)
    assert talk.ask("two") == [Data(1, FILES["two"][:512])]
    assert talk.ack(2) == []  # the block of the old transfer
    assert talk.ack(1) == [Data(2, FILES["two"][512:])]
    talk.ack(2)
    kinds = [type(event) for event in talk.engine.take_events()]
    assert kinds == [FileRequested, TransferFailed, FileSent]


@pytest.mark.parametrize("packet", [Data(1, b"x"), OptionAck({"blksize": "512"})])
def test_what_only_servers_send_is_not_answered_and_the_transfer_goes_on(packet: Packet) -> None:
    talk = Talk(server())
    talk.ask("two")
    assert talk.say(packet) == []
    (ignored,) = events_of(talk.engine, TftpIgnored)
    assert isinstance(ignored, TftpIgnored)
    assert ignored.reason == "what only servers send"
    assert talk.ack(1) == [Data(2, FILES["two"][512:])]


# --- what one source may take ---------------------------------------------------------------------------


def test_requests_beyond_the_limit_of_a_second_are_not_looked_at_and_others_are_served() -> None:
    engine = server(most_requests=3)
    hostile, phone = Talk(engine, OTHER), Talk(engine)
    for port in range(5):
        hostile.peer = (OTHER[0], 1000 + port)
        hostile.ask("nothing")
    assert len(events_of(engine, FileNotFound)) == 3
    assert phone.ask("small") == [Data(1, FILES["small"])]
    hostile.now += 1
    assert hostile.ask("nothing") == [Error(1, "File not found")]


def test_why_a_request_was_not_looked_at_is_told() -> None:
    engine = server(most_requests=0)
    assert Talk(engine).ask("small") == []
    (ignored,) = events_of(engine, TftpIgnored)
    assert isinstance(ignored, TftpIgnored)
    assert ignored.reason == "it asks more than 0 times a second"


def test_a_transfer_that_was_acknowledged_elsewhere_is_finished_once() -> None:
    talk = Talk(server())
    talk.ask("small")
    talk.engine.take_events()
    talk.engine.completed(Finished(PHONE), talk.now + 1)
    talk.engine.completed(Finished(PHONE), talk.now + 2)
    talk.engine.completed(Finished(OTHER), talk.now + 2)
    assert talk.engine.take_events() == [
        FileSent(talk.now + 1, MAC, "small", PHONE[0], len(FILES["small"]), 1.0, 0)
    ]
    assert talk.engine.live == 0


def test_a_transfer_that_was_begun_and_ended_elsewhere_is_told() -> None:
    engine = server()
    known = CachedRequest(ReadRequest("small"), CutBlocks(FILES["small"], 512))
    engine.completed(Finished(PHONE, known, started=NOW - 2, resent=1), NOW)
    assert engine.take_events() == [
        FileSent(NOW, MAC, "small", PHONE[0], len(FILES["small"]), 2.0, 1),
    ]
    assert engine.live == 0


def test_a_transfer_that_was_begun_elsewhere_goes_on_here() -> None:
    engine = server()
    blocks = CutBlocks(FILES["two"], 512)
    progress = PlainProgress(blocks.count, NO_OPTIONS)
    send_window(progress, NOW - 1)
    engine.take_over(
        HandedOver((PHONE, 1, b""), CachedRequest(ReadRequest("two"), blocks), NOW - 1, progress), NOW
    )
    assert engine.take_events() == [FileRequested(NOW - 1, MAC, "two", *PHONE)]
    assert engine.live == 1
    assert packets(engine.wake(NOW)) == [Data(1, FILES["two"][:512])]
    talk = Talk(engine)
    talk.port = 1
    assert talk.ack(1) == [Data(2, FILES["two"][512:])]
    assert talk.ack(2) == []
    (sent,) = events_of(engine, FileSent)
    assert isinstance(sent, FileSent)
    assert (sent.seconds, sent.resent) == (1.0, 1)


class Learner(PlainProgresses):
    """Records which requests the fast path may answer by itself."""

    def __init__(self) -> None:
        self.learned: list[CachedRequest] = []

    def learn(self, known: CachedRequest, seconds: float) -> None:
        assert seconds == KNOWN_SECONDS
        self.learned.append(known)


@pytest.mark.parametrize(
    ("request_", "for_all", "learned"),
    [
        (ReadRequest("small"), True, True),
        (ReadRequest("small"), False, False),
        (ReadRequest("small", "netascii"), True, True),
        (ReadRequest("small", options={"tsize": "0"}), True, False),
        (ReadRequest("SIP001646C0FFEE.txt"), True, False),
    ],
)
def test_only_what_is_the_same_for_all_and_tells_nothing_may_be_answered_elsewhere(
    request_: ReadRequest, for_all: bool, learned: bool
) -> None:
    learner = Learner()
    engine = TftpServer(
        lambda name, _: File(name, b"a\n", "", for_all), lambda _: MAC, PORT_CHOICE, progresses=learner
    )
    engine.receive(build(request_), PHONE, 0, NOW)
    assert [known.request for known in learner.learned] == [request_] * learned
    assert [known.blocks.data for known in learner.learned] == [
        b"a\r\n" if request_.mode == "netascii" else b"a\n"
    ] * learned


@pytest.mark.parametrize("step", [-5000.0, 5000.0])
def test_a_clock_that_is_set_neither_hurries_nor_delays_a_resending(step: float) -> None:
    talk = Talk(server())
    talk.ask("two")
    due = talk.engine.wake_at
    assert due is not None
    talk.engine.clock_was_set(step)
    assert talk.engine.wake_at == due + step
    assert talk.engine.wake(due + step - 0.01) == []
    assert packets(talk.engine.wake(due + step)) == [Data(1, FILES["two"][:512])]
    talk.now = due + step
    talk.ack(1)
    talk.ack(2)
    (sent,) = events_of(talk.engine, FileSent)
    assert isinstance(sent, FileSent)
    assert sent.seconds == pytest.approx(due - NOW)


def test_a_transfer_begun_elsewhere_before_the_clock_was_set_back_is_sent_again_soon() -> None:
    engine = server()
    blocks = CutBlocks(FILES["two"], 512)
    progress = PlainProgress(blocks.count, NO_OPTIONS)
    send_window(progress, NOW + 5000)
    engine.take_over(
        HandedOver((PHONE, 1, b""), CachedRequest(ReadRequest("two"), blocks), NOW + 5000, progress), NOW
    )
    assert packets(engine.wake(NOW + progress.wait)) == [Data(1, FILES["two"][:512])]


# --- long texts -------------------------------------------------------------------------------------------


def test_long_texts_of_a_request_are_cut_in_its_events() -> None:
    long = "x" * 400
    engine = TftpServer(lambda _name, _address: Absent("no"), mac_of, PORT_CHOICE, most_transfers=1)
    for name, mode in ((long, "octet"), (long, long)):
        Talk(engine).ask(name, mode)
    engine.receive(build(WriteRequest(long, "octet")), PHONE, 0, NOW)
    engine.receive(build(Error(4, long)), PHONE, 0, NOW)
    serving = server(most_transfers=1)
    Talk(serving, OTHER).ask("two")
    Talk(serving).ask(long)
    Talk(serving, OTHER).ask(long)
    last = Talk(serving, OTHER)
    last.ask("two")
    last.say(Error(4, long))
    last.wait()
    events = [*engine.take_events(), *serving.take_events()]
    texts = [getattr(event, field, "") for event in events for field in ("name", "reason")]
    assert sum("xxx" in text for text in texts) == 8
    assert all(len(text) < 250 for text in texts if "/srv" not in text)


def test_a_late_ack_of_a_transfer_that_was_given_up_does_not_end_the_phones_next_try() -> None:
    """The phone treats an ERROR as the answer to its request, and does not request the file again."""
    talk = Talk(server())
    talk.ask("multiple")
    talk.now += 60
    while talk.engine.live:
        talk.engine.wake(talk.now)
        talk.now += 60
    assert talk.engine.receive(build(Ack(1)), PHONE, talk.port, talk.now) == []
    talk.ask("multiple")
    assert talk.ack(1) == [Data(2, b"x" * 512)]
