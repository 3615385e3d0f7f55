"""A server and a simple client over a network that loses, repeats, delays and reorders datagrams."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain, count, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.found import File
from ringup.engine.tftp.options import LARGEST_WINDOW
from ringup.engine.tftp.server import TftpServer
from ringup.engine.tftp.transfer import MOST_RESENDS
from ringup.events import FileRequested, FileSent, TransferFailed
from ringup.wire.tftp import Ack, Data, Error, OptionAck, Packet, ReadRequest, build, parse
from tests.engine.tftp.port_choice import PORT_CHOICE

pytestmark = pytest.mark.usefixtures("progresses")

PHONE = ("10.0.0.10", 49845)
PERFECT = (0.001,)
"""The fate of a datagram: the seconds until each copy arrives; without a copy, it is lost."""
CLIENT_WAIT = 4.0
CLIENT_TRIES = 5


@dataclass
class Client:
    """A naive receiver that acknowledges every DATA, as the Sorcerer's Apprentice bug requires."""

    window: int
    received: bytearray = field(default_factory=bytearray)
    blocks: int = 0
    server_port: int = 0
    last: bytes = b""
    silent_since: float = 0.0
    tries: int = 0
    finished: bool = False

    def request(self) -> bytes:
        options = {"windowsize": str(self.window)} if self.window > 1 else {}
        self.last = build(ReadRequest("file", "octet", options))
        return self.last

    def receive(self, packet: Packet, port: int, now: float) -> list[bytes]:
        if self.server_port not in (0, port):
            return []
        self.server_port = port
        if isinstance(packet, OptionAck):
            return self._say(Ack(0)) if not self.blocks else []
        if isinstance(
            packet, Error
        ):  # "unknown transfer ID": the server has finished the transfer, or has given up
            self.tries = CLIENT_TRIES
            return []
        assert isinstance(packet, Data)
        if packet.block != (self.blocks + 1) % 65536 or self.finished:
            return [build(Ack(self.blocks % 65536))]
        self.blocks += 1
        self.received += packet.payload
        self.finished = len(packet.payload) < 512
        self.silent_since, self.tries = now, 0
        if self.finished or self.blocks % self.window == 0:
            return self._say(Ack(packet.block))
        return []

    def overdue(self, now: float) -> list[bytes]:
        self.silent_since, self.tries = now, self.tries + 1
        return [] if self.finished else [self.last]

    def _say(self, packet: Packet) -> list[bytes]:
        self.last = build(packet)
        return [self.last]


@dataclass
class Outcome:
    client: Client
    server: TftpServer
    sent: int = 0
    """Number of datagrams that the server sent."""
    requests: int = 0
    """Number of requests that arrived at the server."""
    seconds: float = 0.0


def run(data: bytes, fates: Iterator[tuple[float, ...]], window: int = 1) -> Outcome:
    """Transfer one file, until nothing more can happen."""
    server = TftpServer(lambda name, _: File(name, data, ""), lambda _: "", PORT_CHOICE, reply_ports=2)
    client = Client(window)
    outcome = Outcome(client, server)
    under_way: list[tuple[float, int, bytes, int]] = []
    order = count()

    def to_server(datagrams: list[bytes], now: float) -> None:
        for datagram in datagrams:
            for delay in next(fates):
                heappush(under_way, (now + delay, next(order), datagram, -client.server_port - 1))

    now = 0.0
    to_server([client.request()], now)
    while True:
        patient = client.tries < CLIENT_TRIES and not client.finished
        nexts = [under_way[0][0]] if under_way else []
        nexts += [server.wake_at] if server.wake_at is not None else []
        nexts += [client.silent_since + CLIENT_WAIT] if patient else []
        if not nexts:
            break
        now = max(now, min(nexts))
        replies = []
        if under_way and under_way[0][0] <= now:
            _, _, datagram, port = heappop(under_way)
            if port < 0:
                outcome.requests += isinstance(parse(datagram), ReadRequest)
                replies = server.receive(datagram, PHONE, -port - 1, now)
            else:
                to_server(client.receive(parse(datagram), port, now), now)
        elif server.wake_at is not None and server.wake_at <= now:
            replies = server.wake(now)
        elif patient:
            to_server(client.overdue(now), now)
        for reply in replies:
            outcome.sent += 1
            for delay in next(fates):
                heappush(under_way, (now + delay, next(order), bytes(reply[0]), reply[2]))
    outcome.seconds = now
    return outcome


delays = st.floats(0.0, 3.0)
any_fate = st.lists(delays, max_size=3).map(tuple)
quick_fate = st.lists(st.floats(0.0, 0.2), min_size=1, max_size=3).map(tuple)
files = st.integers(0, 5000).map(lambda size: bytes(number % 251 for number in range(size)))
windows = st.sampled_from([1, 1, 1, 2, 4, 7])


@given(files, st.lists(any_fate, max_size=40), windows)
def test_a_network_that_recovers_delivers_the_right_bytes_or_ends_in_a_stated_give_up(
    data: bytes, fates: list[tuple[float, ...]], window: int
) -> None:
    outcome = run(data, chain(fates, repeat(PERFECT)), window)
    events = outcome.server.take_events()
    if outcome.client.finished:
        assert bytes(outcome.client.received) == data
    sent, abandoned, asked = (
        [event for event in events if isinstance(event, kind)]
        for kind in (FileSent, TransferFailed, FileRequested)
    )
    assert len(abandoned) <= len(asked) <= len(sent) + len(abandoned)
    assert len({event.at for event in asked}) == len(asked)
    assert outcome.server.live == 0
    assert outcome.server.wake_at is None


@given(files, st.lists(any_fate, max_size=30), windows)
def test_a_cable_that_is_cut_ends_in_a_bounded_number_of_datagrams(
    data: bytes, fates: list[tuple[float, ...]], window: int
) -> None:
    outcome = run(data, chain(fates, repeat(())), window)
    blocks = len(data) // 512 + 1
    resendings = (1 + MOST_RESENDS) * min(window, LARGEST_WINDOW)
    # Each arrived datagram causes at most one window, and each silence a limited number of retransmissions of
    # one.
    assert outcome.sent <= (blocks + outcome.requests + len(fates) * 3) * resendings + resendings
    assert outcome.server.live == 0
    assert outcome.server.wake_at is None
    assert outcome.seconds < 600


@given(files, st.lists(quick_fate, max_size=200))
def test_copies_and_reordering_alone_make_no_block_travel_twice(
    data: bytes, fates: list[tuple[float, ...]]
) -> None:
    """The Sorcerer's Apprentice: every copy of an ACK would cause another copy of every later block."""
    outcome = run(data, chain(fates, repeat((0.01, 0.02))))
    assert bytes(outcome.client.received) == data
    # A copied request that arrives after the end begins a new transfer, with its own blocks.
    ends = [event for event in outcome.server.take_events() if isinstance(event, FileSent | TransferFailed)]
    if len(ends) == 1:
        assert outcome.sent <= len(data) // 512 + outcome.requests + len(_late_acks(outcome))


def _late_acks(outcome: Outcome) -> range:
    """Copies of the last ACK may arrive when the server has forgotten the transfer; each gets an error."""
    return range(outcome.server.ignored)


@given(files, st.integers(0, 30), windows)
def test_one_lost_datagram_costs_one_wait(data: bytes, lost: int, window: int) -> None:
    fates = chain(repeat(PERFECT, lost), [()], repeat(PERFECT))
    outcome = run(data, fates, window)
    assert bytes(outcome.client.received) == data
    assert [event for event in outcome.server.take_events() if isinstance(event, FileSent)]
    assert outcome.seconds < CLIENT_WAIT + 1.2
