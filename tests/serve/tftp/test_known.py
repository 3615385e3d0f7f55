"""Requests for a file that was just sent, which the C code answers by itself."""

import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import chain, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.engine.found import File, Found
from ringup.engine.tftp import unanswered
from ringup.engine.tftp.blocks import CutBlocks
from ringup.engine.tftp.progress import CachedRequest
from ringup.events import FileSent, TftpIgnored, TransferFailed
from ringup.serve.tftp.fast.native import NativeTraffic
from ringup.wire.tftp import Ack, Data, Error, ReadRequest, build, parse
from tests.serve.tftp.bench import FILES, TIMEOUT, Phone, Told, find, serving_over
from tests.serve.tftp.turns import Bench, all_that_came

SEARCHED_AGAIN = 1000.0
"""Seconds for which the C code knows a file in tests about other things."""


class Finder:
    """Counts how often a file was searched."""

    def __init__(self, *, for_all: bool = True) -> None:
        self.looked_for: Counter[str] = Counter()
        self._for_all = for_all

    def __call__(self, name: str, address: str) -> Found:
        self.looked_for[name] += 1
        found = find(name, address)
        return File(found.name, found.data, "", self._for_all) if isinstance(found, File) else found


@pytest.fixture(autouse=True)
def _known_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringup.engine.tftp.server.KNOWN_SECONDS", SEARCHED_AGAIN)


serving = partial(serving_over, NativeTraffic)


@contextmanager
def phones(count: int) -> Iterator[list[Phone]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(Phone())) for _ in range(count)]


async def _known(name: str, server: tuple[str, int], told: Told) -> None:
    """Fetch a file once, so that the C code knows it."""
    with closing(Phone()) as phone:
        await phone.fetch(name, server)
        await told.until(FileSent)
        told.events.clear()


@pytest.mark.asyncio
async def test_what_many_ask_for_is_looked_for_once_and_told_of_each() -> None:
    finder = Finder()
    async with serving(find=finder) as (service, told):
        with phones(20) as askers:
            for phone in askers:
                assert await phone.fetch("two", ("127.0.0.1", service.port)) == FILES["two"]
            await told.until(FileSent, len(askers))
            assert service.live == 0
    sent = [event for event in told.events if isinstance(event, FileSent)]
    assert finder.looked_for == {"two": 1}
    assert {(event.name, event.address, event.size, event.resent) for event in sent} == {
        ("two", "127.0.0.1", len(FILES["two"]), 0)
    }
    assert all(0 <= event.seconds < 5 for event in sent)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("for_all", "seconds"), [(True, 0.0), (False, SEARCHED_AGAIN)], ids=["a moment later", "one phone's own"]
)
async def test_what_may_have_changed_or_is_not_for_all_is_looked_for_each_time(
    monkeypatch: pytest.MonkeyPatch, for_all: bool, seconds: float
) -> None:
    monkeypatch.setattr("ringup.engine.tftp.server.KNOWN_SECONDS", seconds)
    finder = Finder(for_all=for_all)
    async with serving(find=finder) as (service, _):
        with phones(3) as askers:
            for phone in askers:
                await phone.fetch("small", ("127.0.0.1", service.port))
    assert finder.looked_for == {"small": 3}


@pytest.mark.asyncio
async def test_a_request_with_options_is_never_known() -> None:
    finder = Finder()
    async with serving(find=finder) as (service, _):
        with phones(2) as askers:
            for phone in askers:
                await phone.send(ReadRequest("small", options={"tsize": "0"}), ("127.0.0.1", service.port))
                await phone.receive()
    assert finder.looked_for == {"small": 2}


@pytest.mark.asyncio
async def test_who_asks_at_another_of_our_addresses_is_answered_from_there() -> None:
    finder = Finder()
    async with serving("0.0.0.0", main_address="127.0.0.1", find=finder) as (service, told):
        await _known("small", ("127.0.0.1", service.port), told)
        with phones(2) as (there, here):
            _, peer = await there.ask("small", ("127.0.0.2", service.port))
            assert peer[0] == "127.0.0.2"
            assert finder.looked_for == {"small": 2}
            _, peer = await here.ask("small", ("127.0.0.1", service.port))
            assert peer[0] == "127.0.0.1"
    assert finder.looked_for == {"small": 2}


@pytest.mark.asyncio
async def test_an_address_that_asks_all_the_time_is_left_to_the_engine() -> None:
    """The engine has its own limit; at most 70 requests are made within two seconds."""
    finder = Finder()
    async with serving(find=finder) as (service, told):
        await _known("small", ("127.0.0.1", service.port), told)
        with phones(70) as askers:
            for phone in askers:
                await phone.ask("small", ("127.0.0.1", service.port))
    assert 70 - 2 * 32 <= finder.looked_for["small"] - 1 < 70


@pytest.mark.asyncio
async def test_a_repeated_request_gets_the_first_block_again() -> None:
    async with serving() as (service, told):
        await _known("two", ("127.0.0.1", service.port), told)
        with closing(Phone()) as phone:
            for _ in range(2):
                packet, peer = await phone.ask("two", ("127.0.0.1", service.port))
                assert packet == Data(1, bytes(512))
            await phone.send(Ack(1), peer)
            assert (await phone.receive())[0] == Data(2, bytes(188))
            await phone.send(Ack(2), peer)
            sent = await told.until(FileSent)
    assert isinstance(sent, FileSent)
    assert sent.resent == 1


@pytest.mark.asyncio
async def test_an_unanswered_first_block_is_sent_again_within_a_second() -> None:
    async with serving() as (service, told):
        await _known("two", ("127.0.0.1", service.port), told)
        with closing(Phone()) as phone:
            first, _ = await phone.ask("two", ("127.0.0.1", service.port))
            again, _ = await phone.receive()
            assert first == again
            assert service.live == 1


@pytest.mark.asyncio
async def test_the_same_port_may_ask_for_the_next_file_and_for_the_same_once_more() -> None:
    async with serving() as (service, told):
        server = ("127.0.0.1", service.port)
        await _known("two", server, told)
        with closing(Phone()) as phone:
            for name in ("two", "two", "small", "two"):
                assert await phone.fetch(name, server) == FILES[name]


@pytest.mark.asyncio
async def test_a_phone_that_turns_to_another_file_has_given_up_the_first() -> None:
    async with serving() as (service, told):
        server = ("127.0.0.1", service.port)
        await _known("two", server, told)
        with closing(Phone()) as phone:
            await phone.ask("two", server)
            assert await phone.fetch("small", server) == FILES["small"]
            given_up = await told.until(TransferFailed)
    assert isinstance(given_up, TransferFailed)
    assert given_up.name == "two"


@pytest.mark.asyncio
async def test_an_error_of_the_phone_ends_its_transfer() -> None:
    async with serving() as (service, told):
        await _known("two", ("127.0.0.1", service.port), told)
        with closing(Phone()) as phone:
            _, peer = await phone.ask("two", ("127.0.0.1", service.port))
            await phone.send(Error(3, "Disk full"), peer)
            given_up = await told.until(TransferFailed)
            assert service.live == 0
    assert isinstance(given_up, TransferFailed)
    assert "Disk full" in given_up.reason


@pytest.mark.asyncio
async def test_a_repeated_last_ack_is_nobodys_business() -> None:
    async with serving() as (service, told):
        await _known("small", ("127.0.0.1", service.port), told)
        with closing(Phone()) as phone:
            _, peer = await phone.ask("small", ("127.0.0.1", service.port))
            for _ in range(3):
                await phone.send(Ack(1), peer)
            await told.until(FileSent)
            await phone.ask("nothing", ("127.0.0.1", service.port))
    assert len(told.all(FileSent)) == 1
    assert not told.all(TftpIgnored)


# --- requests in another's name -------------------------------------------------------------------------


@pytest.fixture
def room_for_five_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "BURST", 5 * 516)
    monkeypatch.setattr(unanswered, "BYTES_PER_SECOND", 0)


def _request(bench: Bench, phone: socket.socket) -> list[tuple[bytes, tuple[str, int]]]:
    phone.sendto(build(ReadRequest(NAME)), bench.sockets[0].getsockname())
    bench.turn(1e9)
    return all_that_came(phone)


@pytest.mark.usefixtures("room_for_five_blocks")
def test_what_nobody_acknowledges_has_one_limit_for_both_halves() -> None:
    finder = Finder()
    bench = Bench(lambda name, _: finder("two", ""), SEARCHED_AGAIN)
    with bench.stack:
        _learn(bench, FILES["two"])
        answered = sum(bool(_request(bench, bench.phone())) for _ in range(20))
        bench.traffic.progresses.known.clear()
        assert (answered, bench.traffic.live) == (5, 5)
        assert finder.looked_for["two"] == 15, "the library leaves them to the engine"
        assert bench.server.ignored == 15


@pytest.mark.usefixtures("room_for_five_blocks")
@pytest.mark.parametrize("resend_after", [0.0, SEARCHED_AGAIN], ids=["handed over at once", "kept"])
def test_what_is_acknowledged_is_given_back_by_both_halves(resend_after: float) -> None:
    bench = Bench(lambda name, _: File(name, FILES["two"], ""), resend_after)
    with bench.stack:
        _learn(bench, FILES["two"])
        for _ in range(20):
            phone = bench.phone()
            ((_, peer),) = _request(bench, phone)
            bench.turn(1e9)
            assert len(_say(bench, phone, build(Ack(1)), peer)) == 1
            _say(bench, phone, build(Ack(2)), peer)
        bench.turn(1e9 + 1)
        assert len([event for event in bench.events if isinstance(event, FileSent)]) == 20


def test_an_address_that_floods_has_a_share_and_others_are_answered_at_once() -> None:
    finder = Finder()
    bench = Bench(finder, SEARCHED_AGAIN)
    bench.traffic._head.many_left = 10
    with bench.stack:
        server = bench.sockets[0].getsockname()
        flood, quiet = bench.phone("127.0.0.2"), bench.phone("127.0.0.3")
        for number in range(8_000):
            _say(bench, flood, build(ReadRequest(f"absent-{number}")), server)
            if number % 800 == 799:
                assert _say(bench, quiet, build(ReadRequest("nothing")), server) == [
                    build(Error(1, "File not found"))
                ]
        assert finder.looked_for["nothing"] == 10
        # Without the limit, all requests; with it, the share for the seconds that this takes.
        assert 32 <= sum(finder.looked_for.values()) - 10 < 8_000
        assert bench.traffic.ignored > 100


# --- without a thread, the clock in our hands -----------------------------------------------------------


NAME = "known"
LOST = st.lists(st.booleans(), max_size=40)


def _fetch(bench: Bench, phone: socket.socket, lost: Iterator[bool], now: float) -> tuple[bytes, float]:
    """Fetch a file block by block, with retransmissions after 4 s; return the received bytes."""
    held, blocks, over = b"", 0, False
    request = build(ReadRequest(NAME)), bench.sockets[0].getsockname()
    last = request
    for step in range(400):
        if step % 8 == 0 and not over and not next(lost):
            phone.sendto(*last)
        for _ in range(2):  # a request is begun in one turn, and handed over in the next
            bench.turn(now)
        for data, peer in all_that_came(phone):
            packet = parse(data)
            if next(lost) or not isinstance(packet, Data):
                continue
            if packet.block == blocks + 1:
                held, blocks, over = held + packet.payload, blocks + 1, len(packet.payload) < 512
            last = build(Ack(blocks)), peer
            if blocks and not next(lost):
                phone.sendto(*last)
        now += 0.5
    return held, now


@pytest.mark.parametrize("resend_after", [0.0, SEARCHED_AGAIN], ids=["handed over at once", "kept"])
@given(lost=LOST, size=st.integers(1, 3000))
def test_whatever_is_lost_the_file_arrives_or_it_is_told_that_it_did_not(
    resend_after: float, lost: Sequence[bool], size: int
) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    file = File(NAME, content[:size], "", for_all=True)
    bench = Bench(lambda _name, _address: file, resend_after)
    with bench.stack:
        never = repeat(False)
        _, now = _fetch(bench, bench.phone(), never, time.time() + TIMEOUT)
        unlucky = iter(()) if resend_after else iter(lost)
        held, _ = _fetch(bench, bench.phone(), chain(unlucky, never), now)
        sent = [event for event in bench.events if isinstance(event, FileSent)]
        given_up = [event for event in bench.events if isinstance(event, TransferFailed)]
        assert held == file.data if len(sent) == 2 else given_up
        assert file.data.startswith(held)
        assert bench.server.live == bench.traffic.live == 0


def _say(bench: Bench, phone: socket.socket, data: bytes, to: tuple[str, int]) -> list[bytes]:
    phone.sendto(data, to)
    bench.turn(1e9)
    return [data for data, _ in all_that_came(phone)]


def _learn(bench: Bench, data: bytes, name: str = NAME) -> None:
    bench.traffic.progresses.learn(CachedRequest(ReadRequest(name), CutBlocks(data, 512)), SEARCHED_AGAIN)


def test_a_transfer_ends_with_the_bytes_it_began_with_and_the_next_gets_the_new_ones() -> None:
    bench = Bench(lambda name, _: File(name, b"", ""), SEARCHED_AGAIN)
    with bench.stack:
        first, second = bench.phone(), bench.phone()
        _learn(bench, b"old" * 200)
        first.sendto(build(ReadRequest(NAME)), bench.sockets[0].getsockname())
        bench.turn(1e9)
        data, peer = first.recvfrom(1024)
        assert data == build(Data(1, (b"old" * 200)[:512]))
        _learn(bench, b"new")
        assert _say(bench, second, build(ReadRequest(NAME)), bench.sockets[0].getsockname()) == [
            build(Data(1, b"new"))
        ]
        assert _say(bench, first, build(Ack(1)), peer) == [build(Data(2, (b"old" * 200)[512:]))]


def test_the_bytes_of_a_transfer_stay_although_every_place_is_wanted() -> None:
    bench = Bench(lambda name, _: File(name, b"", ""), SEARCHED_AGAIN)
    with bench.stack:
        phone, old = bench.phone(), bytes(700)
        _learn(bench, old)
        del old
        phone.sendto(build(ReadRequest(NAME)), bench.sockets[0].getsockname())
        bench.turn(1e9)
        _, peer = phone.recvfrom(1024)
        _learn(bench, b"new")
        for number in range(70):
            _learn(bench, b"another", f"file-{number}")
        assert _say(bench, phone, build(Ack(1)), peer) == [build(Data(2, bytes(188)))]
        assert _say(bench, phone, build(Ack(2)), peer) == []
        (sent,) = bench.events
    assert isinstance(sent, FileSent)
    assert (sent.name, sent.size) == (NAME, 700)


def test_more_files_than_there_are_places_are_served_by_the_engine() -> None:
    finder = Finder()
    names = [f"file-{number}" for number in range(70)]

    def found(name: str, address: str) -> Found:
        finder(name, address)
        return File(name, name.encode(), "", for_all=True)

    bench = Bench(found, SEARCHED_AGAIN)
    with bench.stack:
        server = bench.sockets[0].getsockname()
        for _ in range(2):
            for name in names:
                assert _say(bench, bench.phone(), build(ReadRequest(name)), server) == [
                    build(Data(1, name.encode()))
                ]
    assert set(finder.looked_for.values()) <= {1, 2}
    assert sum(finder.looked_for.values()) > len(names)


def test_an_address_hears_from_one_port_of_ours_whoever_answers_and_wherever_it_asks_from() -> None:
    bench = Bench(lambda name, _: File(name, b"a file", "", for_all=name == NAME), SEARCHED_AGAIN)
    with bench.stack:
        server = bench.sockets[0].getsockname()
        heard_from = set()
        for address in (
            "127.0.0.1",
            "127.0.0.2",
            "127.0.1.1",
            "127.1.0.1",
            "127.200.201.254",
            "127.255.255.254",
        ):
            peers = set()
            for name in ("left to the engine", NAME, "left to the engine", NAME):
                phone = bench.phone(address)
                phone.sendto(build(ReadRequest(name)), server)
                bench.turn(1e9)
                ((data, peer),) = all_that_came(phone)
                assert data == build(Data(1, b"a file"))
                phone.sendto(build(Ack(1)), peer)
                bench.turn(1e9)
                peers.add(peer)
            assert len(peers) == 1
            heard_from |= peers
        assert len(heard_from) == 2
