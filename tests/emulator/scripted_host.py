"""One phone's environment in memory: a simulated clock, a DHCP server that assigns, a scripted TFTP
server.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ringup.emulator.behaviour import Pace, Variant
from ringup.emulator.boot.dhcp import DhcpClient, HeldLease
from ringup.emulator.boot.machine import PhoneMachine
from ringup.emulator.boot.tftp import Fetch, Outcome, OutgoingTftp
from ringup.emulator.flash import Flash
from ringup.wire import tftp as wire
from ringup.wire.dhcp import REPLY_OP, Message, MessageType

if TYPE_CHECKING:
    from ringup.emulator.report import Report

SERVER = "192.0.2.1"
ADDRESS = "192.0.2.50"
MAC = "0011BB73AD61"

SAME = Variant(seed=7)
"""The seed, which makes every boot of a test equal."""

SILENT = "silent"
"""A scripted answer that stands for no reply."""

Answer = bytes | int | str | None
"""The answer to a request: a file's bytes, an error code, SILENT, or None for error 1."""


class PowerOff(Exception):
    """Raised at the end of the script, because the phone would run for ever."""


class ScriptedHost:
    """A `Host` whose clock moves only when the phone waits."""

    def __init__(self, files: Mapping[str, Answer], *, limit: float = 3600.0) -> None:
        self.files = dict(files)
        self.requests: list[tuple[float, int, str]] = []
        """Every read request that left: the time, the source port, and the name."""
        self.slow: dict[str, float] = {}
        """Seconds that each file takes; 0 for files that are not listed."""
        self.silent_servers: set[str] = set()
        """Addresses of servers that do not reply to any request."""
        self.options: tuple[tuple[int, bytes], ...] = ((66, SERVER.encode()),)
        """Options in the OFFER and the ACK that name the file server."""
        self.leases = 0
        self.dhcp: list[Message] = []
        """The messages that the phone sent."""
        self.open_requests = 0
        self.most_open_requests = 0
        self._now = 0.0
        self._limit = limit

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self._advance(self._now + seconds)
        await asyncio.sleep(0)

    async def lease(self, client: DhcpClient) -> HeldLease:
        message = client.start(self._now)[0].message
        self.dhcp.append(message)
        if message.type is MessageType.DISCOVER:
            message = client.receive(_reply(message, MessageType.OFFER, self.options), self._now)[0].message
            self.dhcp.append(message)
        client.receive(_reply(message, MessageType.ACK, self.options), self._now)
        self.leases += 1
        assert client.lease is not None
        return client.lease

    async def fetch(self, fetch: Fetch) -> Outcome:
        self.open_requests += 1
        self.most_open_requests = max(self.most_open_requests, self.open_requests)
        sent = fetch.start(self._now)
        await asyncio.sleep(0)
        while fetch.outcome is None:
            for outgoing in sent:
                self._serve(fetch, outgoing)
            if fetch.outcome is None:
                assert fetch.wake_at is not None
                self._advance(fetch.wake_at)
                sent = fetch.wake(self._now)
        self.open_requests -= 1
        self._advance(self._now + self.slow.get(fetch.name, 0.0))
        return fetch.outcome

    def names(self) -> list[str]:
        """Return the requested names, in order."""
        return [name for _, _, name in self.requests]

    def _advance(self, until: float) -> None:
        if until > self._limit:
            raise PowerOff
        self._now = until

    def _serve(self, fetch: Fetch, outgoing: OutgoingTftp) -> None:
        packet = wire.parse(outgoing.data)
        if not isinstance(packet, wire.ReadRequest):
            return
        assert outgoing.remote_port == 69
        self.requests.append((self._now, outgoing.port, packet.name))
        answer = self.files.get(packet.name)
        if answer == SILENT or outgoing.address in self.silent_servers:
            return
        sender = (outgoing.address, 4000 + len(self.requests))
        if not isinstance(answer, bytes):
            code = answer if isinstance(answer, int) else 1
            fetch.receive(wire.build(wire.Error(code, f"error {code}")), sender, self._now)
            return
        for start in range(0, len(answer) + 1, 512):
            data = wire.build(wire.Data(start // 512 + 1, answer[start : start + 512]))
            assert fetch.receive(data, sender, self._now)


def _reply(request: Message, kind: MessageType, options: tuple[tuple[int, bytes], ...]) -> Message:
    server = bytes((192, 0, 2, 1))
    return Message(
        op=REPLY_OP,
        xid=request.xid,
        flags=request.flags,
        your_address=ADDRESS,
        hardware_address=request.hardware_address,
        options=(
            (53, bytes([kind])),
            (54, server),
            (51, bytes((0, 0, 14, 16))),
            (1, bytes((255, 255, 255, 0))),
            *options,
        ),
    )


class Bench:
    """A machine on a scripted host, with its reports and the flash that it saved."""

    def __init__(self, host: ScriptedHost, flash: Flash, speed: float = 1.0, variant: Variant = SAME) -> None:
        self.reports: list[Report] = []
        self.saved: list[Flash] = []
        self.host = host
        self.machine = PhoneMachine(
            flash, host, Pace(speed), self.reports.append, self.saved.append, variant=variant
        )

    def details(self, kind: str) -> list[Mapping[str, object]]:
        """Return the details of every report of a kind."""
        return [report.detail for report in self.reports if report.kind == kind]

    def screens(self) -> list[object]:
        """Return the first line of every screen that was shown."""
        lines = [detail["lines"] for detail in self.details("screen")]
        return [each[0] for each in lines if isinstance(each, list) and each]
