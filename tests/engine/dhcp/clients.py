"""Shared code of the DHCP engine's tests: a site, and a client that sends the right message in each state."""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from ringup.engine.dhcp.replies import DhcpReply
from ringup.engine.dhcp.route import Arrival, Route
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import DhcpSettings, KnownPhone, ServedSubnet
from ringup.events import Event
from ringup.wire.dhcp import BROADCAST_FLAG, Message, MessageType, build, parse
from ringup.wire.dhcp_options import Value, decode
from ringup.wire.mac import to_bytes

NOW = 1_000_000.0
DAY = 86_400

SERVER = "10.0.0.1"
KNOWN, CISCO, LAPTOP = "001646C0FFEE", "000E84C060A6", "02AABBCCDDEE"

VOICE = ServedSubnet(
    network=IPv4Network("10.0.0.0/24"),
    first=IPv4Address("10.0.0.10"),
    last=IPv4Address("10.0.0.12"),
    router="10.0.0.254",
    dns=("10.0.0.3", "10.0.0.4"),
    domain="voice.example",
    lease_seconds=DAY,
)
BRANCH = ServedSubnet(
    network=IPv4Network("10.9.0.0/24"),
    first=IPv4Address("10.9.0.10"),
    last=IPv4Address("10.9.0.20"),
    router="10.9.0.254",
    lease_seconds=3600,
)
SETTINGS = DhcpSettings(
    subnets=(VOICE, BRANCH),
    phones={KNOWN: KnownPhone("reception", "10.0.0.50")},
    own_addresses=(SERVER,),
)

BROADCAST = Arrival("eth0", (SERVER,))
TO_US = Arrival("eth0", (SERVER,), unicast=True)

VENDOR_CLASS = b"Cisco Systems, Inc. IP Phone CP-7960G\0"
ASKED = bytes((1, 66, 6, 3, 15, 150, 35))
"""The options that a 7960 requests, in its order (P-DHCP-3)."""


def a_server(settings: DhcpSettings = SETTINGS, **changes: Any) -> DhcpServer:
    return DhcpServer(replace(settings, **changes))


@dataclass(frozen=True)
class Heard:
    """A reply, decoded."""

    message: Message
    route: Route
    interface: str
    source: str
    needs_disk: bool


def heard(reply: DhcpReply) -> Heard:
    message = parse(reply.data)
    assert build(message) == reply.data
    assert reply.mac == message.hardware_address.hex().upper()
    return Heard(message, reply.route, reply.interface, reply.source, reply.needs_disk)


@dataclass
class Client:
    """Sends one message at a time, and checks that there is at most one reply."""

    server: DhcpServer
    mac: str = CISCO
    vendor_class: bytes | None = VENDOR_CLASS
    asked: bytes | None = ASKED
    flags: int = BROADCAST_FLAG
    now: float = NOW
    arrival: Arrival = BROADCAST
    relay: str = "0.0.0.0"
    events: list[Event] = field(default_factory=list)

    def message(
        self, kind: MessageType, *extra: tuple[int, bytes], ciaddr: str = "0.0.0.0", **fields: Any
    ) -> Message:
        own = ((60, self.vendor_class), (55, self.asked))
        return Message(
            op=1,
            xid=0x84C060A6,
            flags=self.flags,
            client_address=ciaddr,
            relay_address=self.relay,
            hardware_address=to_bytes(self.mac),
            options=((53, bytes((kind,))), *((code, data) for code, data in own if data), *extra),
            **fields,
        )

    def send(self, message: Message, arrival: Arrival | None = None) -> Heard | None:
        """Return the reply, or None; `events` are those that are emitted once the reply has been sent."""
        replies = self.server.receive(build(message), arrival or self.arrival, self.now)
        self.events = [*self.server.take_events(), *(reply.event for reply in replies if reply.event)]
        assert len(replies) <= 1
        return heard(replies[0]) if replies else None

    def discover(self, *extra: tuple[int, bytes]) -> Heard | None:
        return self.send(self.message(MessageType.DISCOVER, *extra))

    def select(self, address: str, *extra: tuple[int, bytes], server: str = SERVER) -> Heard | None:
        options = ((50, packed(address)), (54, packed(server)), *extra)
        return self.send(self.message(MessageType.REQUEST, *options))

    def reboot(self, address: str) -> Heard | None:
        return self.send(self.message(MessageType.REQUEST, (50, packed(address))))

    def renew(self, address: str) -> Heard | None:
        return self.send(
            self.message(MessageType.REQUEST, ciaddr=address), replace(self.arrival, unicast=True)
        )

    def rebind(self, address: str) -> Heard | None:
        return self.send(self.message(MessageType.REQUEST, ciaddr=address))

    def decline(self, address: str, server: str = SERVER) -> Heard | None:
        options = ((50, packed(address)), (54, packed(server)))
        return self.send(self.message(MessageType.DECLINE, *options))

    def release(self, address: str, server: str = SERVER) -> Heard | None:
        message = self.message(MessageType.RELEASE, (54, packed(server)), ciaddr=address)
        return self.send(message, replace(self.arrival, unicast=True))

    def inform(self, address: str) -> Heard | None:
        return self.send(self.message(MessageType.INFORM, ciaddr=address))

    def boot(self) -> str:
        """Send DISCOVER and REQUEST; return the address in the ACK."""
        offer = self.discover()
        assert offer is not None
        ack = self.select(offer.message.your_address)
        assert kind_of(ack) is MessageType.ACK
        return offer.message.your_address


def packed(address: str) -> bytes:
    return IPv4Address(address).packed


def kind_of(reply: Heard | None) -> MessageType | None:
    return reply.message.type if reply else None


def said(reply: Heard | None) -> dict[int, Value]:
    """Return the decoded options of a reply, in their order."""
    assert reply is not None
    return {code: decode(code, data) for code, data in reply.message.options}
