"""What a DHCP reply says and how it travels: the packet decides, the socket obeys.

Sources: RFC 2131 §4.1 (where a reply goes) and table 3 (its fields); the fact sheet §1.2 (what phones need).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from ringup.engine.dhcp_settings import DhcpSettings, ServedSubnet
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import (
    BROADCAST_FLAG,
    CLIENT_PORT,
    NO_ADDRESS,
    REPLY_OP,
    SERVER_PORT,
    Message,
    MessageType,
)
from ringup.wire.mac import from_bytes

CISCO_PREFIX = "Cisco Systems"
"""How option 60 of every Cisco phone begins (fact sheet §1.2, server rule)."""

ARP_CACHE_SECONDS = 600
"""Option 35; the value that the seed author found to work (fact sheet §1.2)."""

SHORTEST_LEASE_SECONDS = 60

_EVERYBODY = "255.255.255.255"


class Delivery(StrEnum):
    """The four ways of RFC 2131 §4.1."""

    RELAY = "relay"
    UNICAST = "unicast"
    BROADCAST = "broadcast"
    HARDWARE = "hardware"
    """To an address that answers no ARP yet: the frame must name the hardware address itself."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a reply goes."""

    delivery: Delivery
    address: str
    port: int
    mac: str = ""
    """Only for `HARDWARE`."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a message came to us."""

    interface: str
    addresses: tuple[str, ...]
    """Ours on that interface; the one it was sent to first, if it was unicast."""
    unicast: bool = False
    """Whether it was sent to one of our addresses rather than to everybody."""


@dataclass(frozen=True, slots=True)
class DhcpReply:
    """A message, its route, and the interface and address it leaves from."""

    message: Message
    route: Route
    interface: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """A client's message with its options understood."""

    message: Message
    arrival: Arrival
    mac: str
    vendor_class: str
    requested: str
    """Option 50; empty: none."""
    server: str
    """Option 54; empty: none."""
    asked: tuple[int, ...]
    """Option 55: the codes it wants, in its order."""
    lease_seconds: int
    """Option 51; 0: none."""

    @property
    def is_cisco(self) -> bool:
        """Whether the vendor class is a Cisco phone's."""
        return self.vendor_class.startswith(CISCO_PREFIX)


def read_question(message: Message, arrival: Arrival) -> Question:
    """Understand the options that decide the answer; raises WireError for one that is not what it claims."""
    requested = message.option(options.REQUESTED_ADDRESS)
    server = message.option(options.SERVER_ID)
    seconds = message.option(options.LEASE_SECONDS)
    return Question(
        message=message,
        arrival=arrival,
        mac=from_bytes(message.hardware_address),
        vendor_class=options.text(message.option(options.VENDOR_CLASS) or b""),
        requested="" if requested is None else options.address(requested),
        server="" if server is None else options.address(server),
        asked=tuple(message.option(options.PARAMETER_LIST) or b""),
        lease_seconds=0 if seconds is None else options.number(seconds, 4),
    )


def lease_seconds(question: Question, subnet: ServedSubnet) -> int:
    """The subnet's lease time, or less if the client asks for less."""
    if not question.lease_seconds:
        return subnet.lease_seconds
    return min(max(question.lease_seconds, SHORTEST_LEASE_SECONDS), subnet.lease_seconds)


def host_name(question: Question, settings: DhcpSettings) -> str:
    """Option 12: the site's name for it, SEP and the MAC for other Cisco phones, empty for strangers."""
    phone = settings.phones.get(question.mac)
    if phone:
        return phone.host_name
    return f"SEP{question.mac}" if question.is_cisco else ""


def server_address(question: Question, subnet: ServedSubnet) -> str:
    """Which of our addresses the client should know us by: one on its own network if there is one."""
    ours = question.arrival.addresses
    if question.arrival.unicast:
        return ours[0]
    return next((address for address in ours if IPv4Address(address) in subnet.network), ours[0])


def tftp_servers(settings: DhcpSettings, ours: str) -> tuple[str, ...]:
    """Option 150; its first is also option 66 and siaddr."""
    return settings.tftp_servers or (ours,)


def grant(
    kind: MessageType, question: Question, subnet: ServedSubnet, settings: DhcpSettings, address: str
) -> DhcpReply:
    """An OFFER or ACK of an address."""
    seconds = lease_seconds(question, subnet)
    times = (
        (options.LEASE_SECONDS, seconds.to_bytes(4, "big")),
        (options.RENEW_SECONDS, (seconds // 2).to_bytes(4, "big")),
        (options.REBIND_SECONDS, (seconds * 7 // 8).to_bytes(4, "big")),
    )
    return _answer(kind, question, subnet, settings, address, times)


def inform(question: Question, subnet: ServedSubnet, settings: DhcpSettings) -> DhcpReply:
    """The ACK of an INFORM: no address and no times (RFC 2131 §4.3.5)."""
    return _answer(MessageType.ACK, question, subnet, settings, NO_ADDRESS, ())


def refuse(question: Question, subnet: ServedSubnet, reason: str) -> DhcpReply:
    """A NAK, which only names the server and the reason (RFC 2131 table 3)."""
    asked, ours = question.message, server_address(question, subnet)
    relayed = asked.relay_address != NO_ADDRESS
    message = Message(
        op=REPLY_OP,
        xid=asked.xid,
        # RFC 2131 §4.3.2: the relay must broadcast it, the client has no usable address.
        flags=asked.flags | BROADCAST_FLAG if relayed else asked.flags,
        relay_address=asked.relay_address,
        hardware_address=asked.hardware_address,
        options=(
            *_head(MessageType.NAK, ours),
            (options.REASON, reason.encode("latin-1", "replace")[:255]),
            *_echoed(asked),
        ),
    )
    route = (
        Route(Delivery.RELAY, asked.relay_address, SERVER_PORT)
        if relayed
        else Route(Delivery.BROADCAST, _EVERYBODY, CLIENT_PORT)
    )
    return DhcpReply(message, route, question.arrival.interface, ours)


def route_of(asked: Message, your_address: str) -> Route:
    """Where an OFFER or ACK goes (RFC 2131 §4.1); `your_address` is 0.0.0.0 in the answer to an INFORM."""
    if asked.relay_address != NO_ADDRESS:
        return Route(Delivery.RELAY, asked.relay_address, SERVER_PORT)
    # A ciaddr that we neither give nor were asked about is not believed: it may belong to somebody else.
    if asked.client_address != NO_ADDRESS and your_address in (asked.client_address, NO_ADDRESS):
        return Route(Delivery.UNICAST, asked.client_address, CLIENT_PORT)
    if asked.wants_broadcast:
        return Route(Delivery.BROADCAST, _EVERYBODY, CLIENT_PORT)
    return Route(Delivery.HARDWARE, your_address, CLIENT_PORT, from_bytes(asked.hardware_address))


def _answer(
    kind: MessageType,
    question: Question,
    subnet: ServedSubnet,
    settings: DhcpSettings,
    address: str,
    times: Iterable[tuple[int, bytes]],
) -> DhcpReply:
    asked, ours = question.message, server_address(question, subnet)
    message = Message(
        op=REPLY_OP,
        xid=asked.xid,
        flags=asked.flags,
        client_address=asked.client_address if kind is MessageType.ACK else NO_ADDRESS,
        your_address=address,
        next_server=tftp_servers(settings, ours)[0],
        relay_address=asked.relay_address,
        hardware_address=asked.hardware_address,
        options=(
            *_head(kind, ours),
            *times,
            *_chosen(question, settings, _subnet_options(question, subnet, settings, ours)),
            *_echoed(asked),
        ),
    )
    return DhcpReply(message, route_of(asked, address), question.arrival.interface, ours)


def _head(kind: MessageType, ours: str) -> tuple[tuple[int, bytes], ...]:
    return (options.MESSAGE_TYPE, bytes((kind,))), (options.SERVER_ID, options.pack_addresses((ours,)))


def _echoed(asked: Message) -> list[tuple[int, bytes]]:
    """What goes back as it came: the client identifier (RFC 6842); last, the relay's own (RFC 3046 §2.2)."""
    pairs = ((code, asked.option(code)) for code in (options.CLIENT_ID, options.RELAY_AGENT))
    return [(code, data) for code, data in pairs if data is not None]


def _subnet_options(
    question: Question, subnet: ServedSubnet, settings: DhcpSettings, ours: str
) -> dict[int, bytes]:
    """Everything we could tell, in the order of an unasked reply; what is unknown is left out."""
    tftp = tftp_servers(settings, ours)
    ntp = (ours,) if settings.ntp_servers is None else settings.ntp_servers
    everything = {
        options.SUBNET_MASK: subnet.network.netmask.packed,
        options.TFTP_NAME: tftp[0].encode("ascii"),
        options.DNS_SERVERS: options.pack_addresses(subnet.dns),
        options.ROUTERS: options.pack_addresses((subnet.router,) if subnet.router else ()),
        options.DOMAIN: subnet.domain.encode("ascii", "replace"),
        options.TFTP_ADDRESSES: options.pack_addresses(tftp),
        options.ARP_CACHE_TIMEOUT: ARP_CACHE_SECONDS.to_bytes(4, "big"),
        options.HOST_NAME: host_name(question, settings).encode("ascii", "replace"),
        options.NTP_SERVERS: options.pack_addresses(ntp),
    }
    return {code: data for code, data in everything.items() if data}


def _chosen(question: Question, settings: DhcpSettings, known: dict[int, bytes]) -> list[tuple[int, bytes]]:
    """What was asked for, in that order; a phone, or who asks for nothing, gets the rest behind it."""
    asked = dict.fromkeys(code for code in question.asked if code in known)
    is_phone = question.is_cisco or question.mac in settings.phones
    rest = known if is_phone or not question.asked else {}
    return [(code, known[code]) for code in dict.fromkeys((*asked, *rest))]
