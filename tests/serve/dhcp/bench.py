"""A DHCP service whose ports, disk, clock and interfaces a test controls."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival
from ringup.engine.dhcp.server import DhcpServer
from ringup.errors import BindError, StoreError
from ringup.serve.datagram_batches import BATCH
from ringup.serve.dhcp.service import DhcpService
from ringup.serve.sockets import InterfaceState
from ringup.serve.store_thread import Done, Work
from ringup.wire.dhcp import Message, MessageType, build, parse
from tests.engine.dhcp.clients import BROADCAST, NOW, SERVER, Client, a_server, packed


class Waker:
    """A pipe that wakes the loop, and records when what it announced was taken."""

    def __init__(self) -> None:
        self._readable, self._writable = os.pipe()
        self.emptied = asyncio.Event()

    def fileno(self) -> int:
        return self._readable

    def wake(self) -> None:
        self.emptied.clear()
        os.write(self._writable, b".")

    def sleep(self) -> None:
        os.read(self._readable, 4096)
        self.emptied.set()

    def close(self) -> None:
        os.close(self._readable)
        os.close(self._writable)


@dataclass
class FakePort:
    """The datagrams that wait on one interface, and those that were sent there."""

    log: list[object]
    index: int = 7
    waiting: list[bytes] = field(default_factory=list)
    arp: list[tuple[str, str]] = field(default_factory=list)
    sending_fails: set[str] = field(default_factory=set)
    """Addresses to which sending fails."""
    receiving_fails: OSError | None = None
    drops: int = 0
    addresses_gone: bool = False
    closed: bool = False
    messages: Waker = field(default_factory=Waker)
    answers: Waker = field(default_factory=Waker)
    sent: list[Message] = field(default_factory=list)

    def fileno(self) -> int:
        return self.messages.fileno()

    def arp_fileno(self) -> int:
        return self.answers.fileno()

    def receive(self) -> list[tuple[bytes, Arrival]]:
        taken, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
        if not taken and self.receiving_fails:
            self.messages.sleep()
            raise self.receiving_fails
        if taken and not self.waiting and not self.receiving_fails:
            self.messages.sleep()
        return [(datagram, BROADCAST) for datagram in taken]

    def send(self, replies: Sequence[DhcpReply]) -> list[tuple[DhcpReply, OSError]]:
        failures = []
        for reply in replies:
            message = parse(reply.data)
            if message.your_address in self.sending_fails:
                failures.append((reply, OSError("Network is unreachable")))
                continue
            self.sent.append(message)
            self.log.append((message.type, message.your_address))
        return failures

    def probe(self, address: str, source: str) -> None:
        if address in self.sending_fails:
            raise OSError("Network is down")
        self.log.append(f"who has {address} tell {source}")

    def arp_senders(self, most: int) -> Iterator[tuple[str, str]]:
        taken, self.arp = self.arp[:most], self.arp[most:]
        self.answers.sleep()
        yield from taken
        if self.receiving_fails:
            raise self.receiving_fails

    def dropped(self) -> int:
        drops, self.drops = self.drops, 0
        return drops

    def refresh(self) -> None:
        if self.addresses_gone:
            raise BindError("interface eth0", "there is no such interface.", "")

    def close(self) -> None:
        assert not self.closed
        self.closed = True
        self.messages.close()
        self.answers.close()


class FakePinger(Waker):
    """A pinger that sends nothing; `heard` are the addresses that answer."""

    def __init__(self, log: list[object]) -> None:
        super().__init__()
        self.log = log
        self.heard: list[str] = []

    def probe(self, address: str) -> None:
        self.log.append(f"ping {address}")

    def answers(self, most: int) -> Iterator[str]:
        taken, self.heard = self.heard[:most], self.heard[most:]
        self.sleep()
        yield from taken


class Disk:
    """Saves at once; if it is `busy`, it saves when the test wants it."""

    def __init__(self, log: list[object]) -> None:
        self.log = log
        self.says = ""
        """The error of the disk, if there is one."""
        self.refuses: Exception | None = None
        self.busy = False
        self.asked: list[tuple[Work, Done]] = []
        self.saved: list[Lease] = []
        self.tried = 0

    def save(self, leases: Sequence[Lease]) -> None:
        self.tried += 1
        if self.refuses:
            raise self.refuses
        if self.says:
            raise OSError(self.says)
        self.saved += leases
        self.log.append([lease.address for lease in leases])

    def commit(self, work: Work, done: Done) -> None:
        self.asked.append((work, done))
        if not self.busy:
            self.finish()

    def finish(self) -> None:
        """Finish the commit that is running."""
        work, done = self.asked.pop(0)
        failure: Exception | None = None
        try:
            work()
        except (OSError, StoreError) as error:
            failure = error
        done(failure)


class Bench:
    """One service on one port; `log` contains what was saved, sent, probed and emitted, in order."""

    def __init__(self, server: DhcpServer) -> None:
        self.now = NOW
        self.set_by = 0.0
        """Seconds by which the clock was set since the boot."""
        self.noted: list[float] = []
        """The recorded differences between the clock and the time since the boot, in seconds."""
        self.log: list[object] = []
        self.disk = Disk(self.log)
        self.engine = server
        self.port = FakePort(self.log)
        self.pinger = FakePinger(self.log)
        self.state = InterfaceState(7)
        self.open: Callable[[str], Any] = lambda _: self.port
        self.service = DhcpService(
            ["eth0"],
            self.engine,
            self.disk.save,
            self.log.extend,
            self.disk.commit,
            lambda: self.now,
            steady_clock=lambda: self.now - self.set_by,
            clock_was_set=self.noted.append,
            open_port=lambda name: self.open(name),
            open_pinger=lambda: self.pinger,  # type: ignore[arg-type,return-value]
            state_of=lambda _: self.state,
            gather_seconds=0.0,
        )

    async def batch(self, *datagrams: bytes) -> list[object]:
        """Return what happens when these datagrams wait at once."""
        self.log.clear()
        self.port.waiting += datagrams
        self.port.messages.wake()
        await self.until(self.port.messages.emptied)
        return list(self.log)

    async def arp(self, *senders: tuple[str, str]) -> list[object]:
        """Return what happens when these hosts announce themselves by ARP."""
        self.log.clear()
        self.port.arp += senders
        self.port.answers.wake()
        await self.until(self.port.answers.emptied)
        return list(self.log)

    async def pinged(self, *addresses: str) -> list[object]:
        """Return what happens when these addresses answer a ping."""
        self.log.clear()
        self.pinger.heard += addresses
        self.pinger.wake()
        await self.until(self.pinger.emptied)
        return list(self.log)

    def look(self) -> list[object]:
        """Return what happens at the check of the next second."""
        self.log.clear()
        self.service._look()
        return list(self.log)

    async def until(self, event: asyncio.Event) -> None:
        async with asyncio.timeout(5):
            await event.wait()


@asynccontextmanager
async def serving(**settings: Any) -> AsyncIterator[Bench]:
    bench = Bench(a_server(**settings))
    bench.service.open()
    bench.service.start()
    try:
        yield bench
    finally:
        bench.service.close()


def discover(mac: str, relay: str = "0.0.0.0") -> bytes:
    return build(Client(a_server(), mac=mac, relay=relay).message(MessageType.DISCOVER))


def request(mac: str, address: str) -> bytes:
    options = ((50, packed(address)), (54, packed(SERVER)))
    return build(Client(a_server(), mac=mac).message(MessageType.REQUEST, *options))


def decline(mac: str, address: str) -> bytes:
    options = ((50, packed(address)), (54, packed(SERVER)))
    return build(Client(a_server(), mac=mac).message(MessageType.DECLINE, *options))


def events(log: list[object], kind: type[Any]) -> list[Any]:
    return [entry for entry in log if isinstance(entry, kind)]


def sent(log: list[object]) -> list[object]:
    return [entry for entry in log if isinstance(entry, tuple)]
