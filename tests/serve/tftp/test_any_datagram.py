"""Whatever phones send, C and Python reply alike and emit the same events."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringup.engine.found import Absent, File, Found
from ringup.engine.tftp.blocks import CutBlocks
from ringup.engine.tftp.options import NegotiatedOptions
from ringup.engine.tftp.progress import PlainProgresses, send_window
from ringup.engine.tftp.server import TftpServer
from ringup.events import Event, FileSent, TransferFailed
from ringup.serve.tftp.fast.native import NativeProgresses
from ringup.wire.tftp import Ack, Error, ReadRequest, build
from tests.engine.tftp.port_choice import PORT_CHOICE
from tests.serve.tftp.turns import Bench, all_that_came

FILES = {name: File(name, bytes(1200), "", for_all=name == "shared") for name in ("shared", "own")}
NOW = 1e9
PHONES, PORTS = 3, 4
LAST_HEARD = PORTS
"""Stands for the port from which the phone last received a datagram."""

REQUESTS = st.builds(
    ReadRequest,
    st.sampled_from(("shared", "own", "absent")),
    st.sampled_from(("octet", "octet", "netascii")),
    st.sampled_from(({}, {}, {"tsize": "0"}, {"blksize": "1024"})),
)
PACKETS = st.one_of(REQUESTS, st.builds(Ack, st.integers(0, 4)), st.just(Error(0, "enough"))).map(build)
CUT = st.builds(lambda packet, length: packet[:length], PACKETS, st.integers(0, 20))
DATAGRAMS = st.one_of(PACKETS, PACKETS, CUT, st.binary(max_size=30), st.just(bytes(2000)))
PORT = st.one_of(st.just(0), st.just(LAST_HEARD), st.integers(0, PORTS - 1))
STEP = st.tuples(st.integers(0, PHONES - 1), PORT, DATAGRAMS)
FIRST = [(phone, 0, build(ReadRequest("shared"))) for phone in (0, 1)]
"""Python answers the first request and passes the file on to C; C answers the second request."""


def find(name: str, _address: str) -> Found:
    return FILES.get(name) or Absent("no such file")


def ended(events: Iterable[Event]) -> list[tuple[type[Event], str]]:
    """Return how each transfer ended, without its seconds, which C takes from the machine's clock."""
    return [(type(event), event.name) for event in events if isinstance(event, FileSent | TransferFailed)]


@pytest.fixture(autouse=True)
def _known_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringup.engine.tftp.server.KNOWN_SECONDS", 1000.0)


@settings(max_examples=4 * settings().max_examples)
@given(steps=st.lists(STEP, max_size=25))
def test_any_datagrams_are_answered_in_c_as_in_python(steps: Sequence[tuple[int, int, bytes]]) -> None:
    bench = Bench(find, resend_after=1000.0)
    python = TftpServer(find, lambda _: "", PORT_CHOICE, reply_ports=PORTS - 1)
    with bench.stack:
        places = [opened.getsockname() for opened in bench.sockets]
        phones = [bench.phone() for _ in range(PHONES)]
        peers = [phone.getsockname() for phone in phones]
        heard = [0] * PHONES
        for sender, to, data in [*FIRST, *steps]:
            port = heard[sender] if to == LAST_HEARD else to
            phones[sender].sendto(data, places[port])
            for _ in range(2):  # a transfer is handed over in one turn, and continues in the next
                bench.turn(NOW)
            got = [
                (number, came, places.index(place))
                for number, phone in enumerate(phones)
                for came, place in all_that_came(phone)
            ]
            replies = python.receive(data, peers[sender], port, NOW)
            expected = [(peers.index(peer), bytes(packet), index) for packet, peer, index, _ in replies]
            assert sorted(got) == sorted(expected)
            for number, _, from_port in got:
                heard[number] = from_port
        assert bench.server.live + bench.traffic.live == python.live
    assert ended(bench.events) == ended(python.take_events())


@given(
    count=st.integers(1, 12),
    window=st.integers(1, 5),
    numbers=st.lists(st.integers(0, 14), max_size=30),
)
def test_any_acks_move_the_numbers_of_c_as_those_of_python(
    count: int, window: int, numbers: Sequence[int]
) -> None:
    terms = NegotiatedOptions(window=window)
    blocks = CutBlocks(bytes(512 * count - 1), 512)
    one, other = (
        kind.start((("127.0.0.1", 1), 0, b""), blocks, terms)
        for kind in (PlainProgresses(), NativeProgresses())
    )
    for each in (one, other):
        send_window(each, NOW)
    for number in numbers:
        if one.acked < count:
            assert one.acknowledge(number, NOW) == other.acknowledge(number, NOW)
    names = ("acked", "sent", "resent", "unanswered", "wait", "deadline")
    assert [getattr(one, name) for name in names] == [getattr(other, name) for name in names]
