"""Software phones that a stateless proxy and registrar connects in memory, with a simulated clock."""

import heapq
from collections.abc import Iterable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from ringup.emulator.sip.config import OutgoingDatagram, SipConfig, SipLine
from ringup.emulator.sip.phone import SipPhone
from ringup.emulator.sip.timers import earliest
from ringup.wire import sip, sip_digest

if TYPE_CHECKING:
    from ringup.emulator.report import Report

PROXY = ("192.0.2.1", 5060)
PASSWORD = "open sesame"
LATENCY = 0.01
"""Seconds from the sending of a datagram to its arrival."""

DELIVER, LOSE, DOUBLE = 0, 1, 2
"""The possible fates of a datagram."""


def config(name: str = "201", address: str = "192.0.2.11", **changes: Any) -> SipConfig:
    """Return the configuration of a phone with one line."""
    line = SipLine(1, name, name, PASSWORD, PROXY[0], display_name=changes.pop("display_name", ""))
    return SipConfig(address, f"000E84C060{name[-2:]}", (line,), **changes)


def from_phone(outgoing: OutgoingDatagram) -> sip.Message:
    """Read a message that a phone sent; it must be valid."""
    assert not outgoing.media
    return sip.parse(outgoing.data)


class Proxy:
    """Registers every phone that knows the password, and forwards everything else without keeping
    transactions.
    """

    def __init__(self, *, record_route: bool = True) -> None:
        self.contacts: dict[str, str] = {}
        self._record_route = record_route
        self.challenge = 'Digest realm="world", nonce="n1", algorithm=md5, qop="auth"'

    def receive(self, data: bytes, source: tuple[str, int]) -> list[tuple[bytes, tuple[str, int]]]:
        message = sip.parse(data)
        if isinstance(message, sip.Response):
            return self._pass_back(message)
        if message.method == "REGISTER":
            return [self._register(message, source)]
        return [self._pass_on(message, source)]

    def _register(self, request: sip.SipRequest, source: tuple[str, int]) -> tuple[bytes, tuple[str, int]]:
        account = sip.first(request, "Authorization")
        if not account or not self._knows(account, request.method):
            return answer(request, 401, source, [("WWW-Authenticate", self.challenge)])
        contact = sip.listed(request, "Contact")[0]
        self.contacts[sip.parse_uri(sip.parse_address(contact).uri).user] = sip.parse_address(contact).uri
        return answer(request, 200, source, [("Contact", f"{contact};expires=3600")])

    def _knows(self, account: str, method: str) -> bool:
        fields = sip_digest.parse_fields(account)
        expected = sip_digest.response(
            sip_digest.parse_challenge(self.challenge),
            username=fields["username"],
            password=PASSWORD,
            method=method,
            uri=fields["uri"],
            cnonce=fields.get("cnonce", ""),
        )
        return fields["response"] == expected

    def _pass_on(self, request: sip.SipRequest, source: tuple[str, int]) -> tuple[bytes, tuple[str, int]]:
        uri = sip.parse_uri(request.uri)
        target = self.contacts.get(uri.user) if uri.host == PROXY[0] else request.uri
        if target is None:
            return answer(request, 404, source)
        branch = sip.parameter(sip.top_via(request).parameters, "branch")
        via = ("Via", f"SIP/2.0/UDP {PROXY[0]};branch={branch}x")
        record = [("Record-Route", f"<sip:{PROXY[0]};lr>")] if self._record_route else []
        kept = [header for header in request.headers if header[0] != "Route"]
        place = sip.parse_uri(target)
        passed = replace(request, uri=target, headers=(via, *record, *kept))
        return sip.build(passed), (place.host, place.port or 5060)

    def _pass_back(self, response: sip.Response) -> list[tuple[bytes, tuple[str, int]]]:
        vias = [index for index, (name, _) in enumerate(response.headers) if name == "Via"]
        headers = [header for index, header in enumerate(response.headers) if index != vias[0]]
        passed = replace(response, headers=tuple(headers))
        via = sip.top_via(passed)
        return [(sip.build(passed), (via.host, via.port or 5060))]


def answer(
    request: sip.SipRequest,
    status: int,
    source: tuple[str, int] = PROXY,
    further: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
    tag: str = "far",
) -> tuple[bytes, tuple[str, int]]:
    """Return a server's response to a phone's request, and its destination."""
    to = sip.first(request, "To")
    if status > 100 and ";tag=" not in to:
        to = f"{to};tag={tag}"
    headers = (
        ("Via", sip.first(request, "Via")),
        ("From", sip.first(request, "From")),
        ("To", to),
        ("Call-ID", sip.first(request, "Call-ID")),
        ("CSeq", sip.first(request, "CSeq")),
        *further,
        ("Content-Length", str(len(body))),
    )
    return sip.build(sip.Response(status, "Whatever", headers, body)), (
        source[0],
        sip.top_via(request).port or 5060,
    )


def _is_due(phone: SipPhone, now: float) -> bool:
    return phone.wake_at is not None and phone.wake_at <= now


class World:
    """Phones, the proxy, and the datagrams between them."""

    def __init__(self, *configs: SipConfig, fates: Iterable[int] = (), record_route: bool = True) -> None:
        self.now = 1000.0
        self.proxy = Proxy(record_route=record_route)
        self.phones = {each.address: SipPhone(each, Random(each.address)) for each in configs}
        self.reports: dict[str, list[Report]] = {address: [] for address in self.phones}
        self.said: list[tuple[str, str]] = []
        """The sender, and the method or status, of every SIP datagram."""
        self.hears = True
        """True if sound arrives."""
        self._fates = iter(fates)
        self._queue: list[tuple[float, int, bytes, tuple[str, int], tuple[str, int]]] = []
        self._count = 0

    def start(self) -> None:
        for address, phone in self.phones.items():
            self._take(address, phone.start(self.now))
        self.run(1.0)

    def do(self, address: str, command: str, **arguments: object) -> None:
        self._take(address, self.phones[address].command(command, self.now, **arguments))

    def run(self, seconds: float) -> None:
        """Let some seconds pass."""
        until = self.now + seconds
        while True:
            alarms = (phone.wake_at for phone in self.phones.values())
            due = earliest(*alarms, self._queue[0][0] if self._queue else None)
            if due is None or due > until:
                self.now = until
                return
            self.now = max(self.now, due)
            while self._queue and self._queue[0][0] <= self.now:
                self._deliver(*heapq.heappop(self._queue)[2:])
            for address, phone in self.phones.items():
                if _is_due(phone, self.now):
                    self._take(address, phone.wake(self.now))
                    assert not _is_due(phone, self.now), "a phone that never sleeps"

    def _deliver(self, data: bytes, source: tuple[str, int], place: tuple[str, int]) -> None:
        if place == PROXY:
            for passed, target in self.proxy.receive(data, source):
                self._send(passed, PROXY, target)
        elif place[0] in self.phones:
            phone = self.phones[place[0]]
            if place[1] == phone.config.voip_control_port:
                self._take(place[0], phone.receive(data, self.now, source))
            elif place[1] == phone.media_port:
                phone.receive_media(data, self.now)
                self._take(place[0], [])

    def _take(self, address: str, outgoing: list[OutgoingDatagram]) -> None:
        self.reports[address] += self.phones[address].take_reports()
        for data, place, media in outgoing:
            if media:
                if self.hears:
                    self._push(data, (address, 0), place, LATENCY)
                continue
            message = sip.parse(data)
            word = message.method if isinstance(message, sip.SipRequest) else str(message.status)
            self.said.append((address, word))
            self._send(data, (address, 40000), place)

    def _send(self, data: bytes, source: tuple[str, int], place: tuple[str, int]) -> None:
        fate = next(self._fates, DELIVER)
        if fate != LOSE:
            self._push(data, source, place, LATENCY)
        if fate == DOUBLE:
            self._push(data, source, place, 20 * LATENCY)

    def _push(self, data: bytes, source: tuple[str, int], place: tuple[str, int], delay: float) -> None:
        self._count += 1
        heapq.heappush(self._queue, (self.now + delay, self._count, data, source, place))

    def lose(self, fates: Iterable[int]) -> None:
        """Choose the fates of the next datagrams."""
        self._fates = iter(fates)

    def dialled(self, address: str) -> list[OutgoingDatagram]:
        """Return what a phone sends once it has waited long enough for digits; it is not delivered."""
        while True:
            self.now = self.phones[address].wake_at or self.now
            if outgoing := self.phones[address].wake(self.now):
                return outgoing

    def collect(self, address: str) -> None:
        """Return the reports of a phone to which a test sent datagrams directly."""
        self._take(address, [])

    def calls(self, address: str) -> list[str]:
        """Return the states of a phone's calls so far."""
        return [str(report.detail["state"]) for report in self.reports[address] if report.kind == "call"]

    def of_kind(self, address: str, kind: str) -> list[dict[str, object]]:
        return [dict(report.detail) for report in self.reports[address] if report.kind == kind]
