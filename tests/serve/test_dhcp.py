"""The DHCP server's shell with a port, a disk and a clock that the test holds."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from ringup.engine.dhcp import Arrival, DhcpReply
from ringup.engine.leases import Lease
from ringup.errors import BindError
from ringup.events import AddressLeased, AddressOffered, AddressRefused, AddressWanted, DhcpIgnored, Event
from ringup.events import ServerFault as Fault
from ringup.serve.dhcp import MOST_AT_ONCE, DhcpService, Port
from ringup.wire.dhcp import MessageType, build
from tests.engine.dhcp_clients import BROADCAST, NOW, SERVER, Client, a_server, packed

FIRST, SECOND, THIRD = "0C0000000001", "0C0000000002", "0C0000000003"


@dataclass
class FakePort:
    """What waits on one interface, and what was sent there; a pipe wakes the loop."""

    log: list[object]
    waiting: list[bytes] = field(default_factory=list)
    sending_fails: set[str] = field(default_factory=set)
    """Addresses that cannot be sent to."""
    receiving_fails: OSError | None = None
    closed: bool = False
    emptied: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._readable, self._writable = os.pipe()

    def fileno(self) -> int:
        return self._readable

    def arrive(self, datagrams: Sequence[bytes]) -> None:
        self.waiting += datagrams
        self.emptied.clear()
        os.write(self._writable, b".")

    def receive(self, most: int) -> Iterator[tuple[bytes, Arrival]]:
        taken, self.waiting = self.waiting[:most], self.waiting[most:]
        if not self.waiting:
            os.read(self._readable, 4096)
            self.emptied.set()
        for datagram in taken:
            yield datagram, BROADCAST
        if self.receiving_fails:
            raise self.receiving_fails

    def send(self, reply: DhcpReply) -> None:
        if reply.message.your_address in self.sending_fails:
            raise OSError("Network is unreachable")
        self.log.append((reply.message.type, reply.message.your_address))

    def close(self) -> None:
        assert not self.closed
        self.closed = True
        os.close(self._readable)
        os.close(self._writable)


class Bench:
    """One service on one port; `log` holds what was saved, sent and told, in order."""

    def __init__(self, **settings: Any) -> None:
        self.now = NOW
        self.log: list[object] = []
        self.disk_says = ""
        self.engine = a_server(**settings)
        self.port = FakePort(self.log)
        self.service = DhcpService(
            ["eth0"],
            self.engine,
            self._save,
            self.log.append,
            lambda: self.now,
            open_port=lambda _: self.port,
        )

    def _save(self, leases: Sequence[Lease]) -> None:
        if self.disk_says:
            raise OSError(self.disk_says)
        self.log.append([lease.address for lease in leases])

    async def batch(self, *datagrams: bytes) -> list[object]:
        """What happens when these datagrams wait at once."""
        self.log.clear()
        self.port.arrive(datagrams)
        async with asyncio.timeout(5):
            await self.port.emptied.wait()
        return list(self.log)


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Bench]:
    bench = Bench(**settings)
    bench.service.open()
    bench.service.start()
    try:
        yield bench
    finally:
        bench.service.close()


def discover(mac: str) -> bytes:
    return build(Client(a_server(), mac=mac).message(MessageType.DISCOVER))


def request(mac: str, address: str) -> bytes:
    options = ((50, packed(address)), (54, packed(SERVER)))
    return build(Client(a_server(), mac=mac).message(MessageType.REQUEST, *options))


def events(log: list[object], kind: type[Event]) -> list[Any]:
    return [entry for entry in log if isinstance(entry, kind)]


def sent(log: list[object]) -> list[object]:
    return [entry for entry in log if isinstance(entry, tuple)]


# --- saved before sent --------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_batch_is_saved_once_before_anything_of_it_leaves() -> None:
    async with serving() as bench:
        log = await bench.batch(
            request(FIRST, "10.0.0.10"), request(SECOND, "10.0.0.11"), request(THIRD, "10.9.9.9")
        )
    assert log[:4] == [
        ["10.0.0.10", "10.0.0.11"],
        (MessageType.ACK, "10.0.0.10"),
        (MessageType.ACK, "10.0.0.11"),
        (MessageType.NAK, "0.0.0.0"),
    ]
    assert [type(event) for event in log[4:]] == [AddressLeased, AddressLeased, AddressRefused]


@pytest.mark.asyncio
async def test_an_offer_needs_no_disk() -> None:
    async with serving() as bench:
        bench.disk_says = "disk full"
        log = await bench.batch(discover(FIRST))
    assert sent(log) == [(MessageType.OFFER, "10.0.0.10")]
    assert events(log, Fault) == []


@pytest.mark.asyncio
async def test_nothing_leaves_and_nothing_is_claimed_when_saving_fails() -> None:
    async with serving() as bench:
        bench.disk_says = "disk full"
        log = await bench.batch(request(FIRST, "10.0.0.10"), discover(SECOND))
    assert log == [
        Fault(NOW, "", "the leases could not be saved, so no phone was answered: disk full"),
        AddressWanted(NOW, SECOND, "Cisco Systems, Inc. IP Phone CP-7960G", "eth0"),
    ]


@pytest.mark.asyncio
async def test_what_was_not_saved_is_saved_with_the_next_batch() -> None:
    async with serving() as bench:
        bench.disk_says = "disk full"
        await bench.batch(request(FIRST, "10.0.0.10"))
        held_back = await bench.batch(discover(SECOND))
        bench.disk_says = ""
        log = await bench.batch(discover(SECOND))
        again = await bench.batch(request(FIRST, "10.0.0.10"))
        nothing_left = await bench.batch(discover(SECOND))
    assert sent(held_back) == []
    assert events(held_back, AddressOffered) == []
    assert log[:2] == [["10.0.0.10"], (MessageType.OFFER, "10.0.0.11")]
    assert again[:2] == [["10.0.0.10"], (MessageType.ACK, "10.0.0.10")]
    assert nothing_left[0] == (MessageType.OFFER, "10.0.0.11")


@pytest.mark.asyncio
async def test_only_the_last_of_unsaved_records_of_an_address_is_saved() -> None:
    async with serving() as bench:
        saved: list[Lease] = []
        bench.disk_says = "disk full"
        await bench.batch(request(FIRST, "10.0.0.10"))
        bench.disk_says, bench.now = "", NOW + 60
        bench.service._save_leases = saved.extend
        await bench.batch(request(FIRST, "10.0.0.10"))
    assert [lease.expires for lease in saved] == [NOW + 60 + 86_400]


# --- faults cost one datagram -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_datagram_that_breaks_the_engine_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving() as bench:
        receive = bench.engine.receive

        def broken(message: Any, *rest: Any) -> list[DhcpReply]:
            if message.hardware_address == bytes.fromhex(SECOND):
                raise RuntimeError("a bug of the engine")
            return receive(message, *rest)

        monkeypatch.setattr(bench.engine, "receive", broken)
        log = await bench.batch(
            *(request(mac, f"10.0.0.1{n}") for n, mac in enumerate((FIRST, SECOND, THIRD)))
        )
    assert sent(log) == [(MessageType.ACK, "10.0.0.10"), (MessageType.ACK, "10.0.0.12")]
    (fault,) = events(log, Fault)
    assert "a bug of the engine" in fault.what


@pytest.mark.asyncio
async def test_bytes_that_are_no_dhcp_message_are_told_and_cost_nothing() -> None:
    async with serving() as bench:
        log = await bench.batch(b"", b"\xff" * 2048, discover(FIRST)[:200], discover(FIRST))
    assert sent(log) == [(MessageType.OFFER, "10.0.0.10")]
    reasons = [event.reason for event in events(log, DhcpIgnored)]
    assert [reason.split(",")[0] for reason in reasons] == [
        "a DHCP message has at least 240 bytes",
        "op is 255",
        "a DHCP message has at least 240 bytes",
    ]


@pytest.mark.asyncio
async def test_a_reply_that_cannot_leave_is_told_and_the_others_leave() -> None:
    async with serving() as bench:
        bench.port.sending_fails = {"10.0.0.10"}
        log = await bench.batch(request(FIRST, "10.0.0.10"), request(SECOND, "10.0.0.11"))
    assert sent(log) == [(MessageType.ACK, "10.0.0.11")]
    assert events(log, Fault) == [
        Fault(NOW, FIRST, "DHCP could not send to 255.255.255.255: Network is unreachable")
    ]


@pytest.mark.asyncio
async def test_an_interface_that_goes_down_is_told_and_what_came_before_is_answered() -> None:
    async with serving() as bench:
        bench.port.receiving_fails = OSError("Network is down")
        log = await bench.batch(request(FIRST, "10.0.0.10"))
        bench.port.receiving_fails = None
        later = await bench.batch(request(SECOND, "10.0.0.11"))
    assert events(log, Fault) == [Fault(NOW, "", "DHCP cannot receive: Network is down")]
    assert sent(log) == [(MessageType.ACK, "10.0.0.10")]
    assert sent(later) == [(MessageType.ACK, "10.0.0.11")]


@pytest.mark.asyncio
async def test_a_storm_is_taken_in_batches_of_limited_size() -> None:
    async with serving() as bench:
        log = await bench.batch(*[request(FIRST, "10.0.0.10")] * (MOST_AT_ONCE + 1))
    assert [entry for entry in log if isinstance(entry, list)] == [["10.0.0.10"]] * 2
    assert len(sent(log)) == MOST_AT_ONCE + 1


# --- opening and closing ------------------------------------------------------------------------------


def test_an_interface_that_cannot_be_opened_closes_those_opened_before_it() -> None:
    first = FakePort([])

    def open_port(name: str) -> Port:
        if name == "eth0":
            return first
        raise BindError(name, "there is no such interface.", "")

    service = DhcpService(["eth0", "eth1"], a_server(), lambda _: None, lambda _: None, open_port=open_port)
    with pytest.raises(BindError, match="eth1"):
        service.open()
    assert first.closed


@pytest.mark.asyncio
async def test_a_closed_service_answers_nothing_more() -> None:
    bench = Bench()
    bench.service.open()
    bench.service.start()
    bench.port.arrive([discover(FIRST)])
    bench.service.close()
    bench.service.close()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (bench.port.closed, bench.log) == (True, [])
