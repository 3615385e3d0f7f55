"""Build DHCP replies from options that are encoded once and used for many clients.

Sources: RFC 2131 table 3 (the fields of a reply); P-DHCP-15 (what phones need).

Strategy: phones of one subnet that request the same options get equal replies except for their names. So the
options are encoded once (a layout) for each subnet, kind of reply, lease time and list of requested options,
with a gap for the name. A reply consists of this layout, the header, and the options that are echoed. A
changed site makes new subnet templates, and with them new layouts.
"""

import struct
from typing import NamedTuple

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.route import Arrival, Route, route_of, route_of_nak
from ringup.engine.dhcp.settings import DhcpSettings, ServedSubnet
from ringup.events import AddressLeased, AddressOffered, AddressRefused
from ringup.wire import dhcp_options as options
from ringup.wire.dhcp import BROADCAST_FLAG, NO_ADDRESS, MessageType, join_options, option_bytes
from ringup.wire.dhcp_request import build_reply
from ringup.wire.ipv4 import NOWHERE, number_of, packed

ARP_CACHE_SECONDS = 600
"""ARP cache timeout in seconds (option 35): the value that worked behind a second switch (P-DHCP-12)."""

MOST_LAYOUTS = 1024
"""Maximum number of layouts that are cached per subnet; the cache is cleared when full. A site's devices need
a handful; an attacker can cause any number.
"""

_TIMES = struct.Struct("!BBIBBIBBI")
# Names of this module, because each reply uses them and such names are found faster.
_CLIENT_ID, _RELAY_AGENT, _HOST_NAME = options.CLIENT_ID, options.RELAY_AGENT, options.HOST_NAME
_OFFER, _ACK = MessageType.OFFER, MessageType.ACK


class DhcpReply(NamedTuple):
    """A datagram to send, its route, and the interface and address that it is sent from."""

    data: bytes
    route: Route
    interface: str
    source: str
    mac: str
    """The client's MAC."""
    event: AddressOffered | AddressLeased | AddressRefused | None = None
    """The event to emit once the reply has been sent."""
    needs_disk: bool = False
    """True if the lease changes made so far must be on disk before the reply is sent."""


class _Layout(NamedTuple):
    """The encoded options of replies that differ only in the client's name and in echoed options."""

    next_server: bytes
    before: bytes
    """The options before the name: message type, server, times, and some of the requested options."""
    with_name: bool
    after: bytes


_LayoutKey = tuple[MessageType, str, int, bytes, bool]
"""The kind of reply, this server's address, the lease time (0: none), option 55, and whether the client is a
phone.
"""


class SubnetReplies:
    """The reply templates of one subnet: its layouts, and the values in them."""

    def __init__(self, subnet: ServedSubnet, settings: DhcpSettings) -> None:
        self.subnet = subnet
        self.network = subnet.network
        self._settings = settings
        self._mask = int(subnet.network.netmask)
        self._base = int(subnet.network.network_address)
        self._layouts: dict[_LayoutKey, _Layout] = {}

    def __contains__(self, address: str) -> bool:
        return number_of(address) & self._mask == self._base

    def name_of(self, message: ClientMessage) -> str:
        """Return option 12: the site's name for the phone, or SEP and the MAC; empty for unknown clients."""
        phone = self._settings.phones.get(message.mac)
        if phone and phone.host_name:
            return phone.host_name
        return f"SEP{message.mac}" if phone or message.is_cisco else ""

    def server_for(self, arrival: Arrival) -> str:
        """Return this server's address for the reply: if possible, one on the client's own network."""
        ours = arrival.addresses
        if arrival.unicast or len(ours) == 1:
            return ours[0]
        return next((address for address in ours if address in self), ours[0])

    def layout(self, kind: MessageType, ours: str, seconds: int, message: ClientMessage) -> _Layout:
        """Return the options of a reply of this kind to this client from this server address."""
        is_phone = message.is_cisco or message.mac in self._settings.phones
        key = (kind, ours, seconds, message.requested_options, is_phone)
        layout = self._layouts.get(key)
        if layout is None:
            if len(self._layouts) >= MOST_LAYOUTS:
                self._layouts.clear()
            layout = self._layouts[key] = self._build_layout(*key)
        return layout

    def _build_layout(
        self, kind: MessageType, ours: str, seconds: int, requested: bytes, is_phone: bool
    ) -> _Layout:
        """Return the options in the requested order; phones, and clients without option 55, get the rest,
        too.
        """
        known = self._everything(ours)
        rest = known if is_phone or not requested else {}
        codes = list(dict.fromkeys((*(code for code in requested if code in known), *rest)))
        gap = codes.index(_HOST_NAME) if _HOST_NAME in codes else len(codes)
        return _Layout(
            next_server=packed(self.tftp_servers(ours)[0]),
            before=_opening(kind, ours)
            + (_times(seconds) if seconds else b"")
            + join_options((code, known[code]) for code in codes[:gap] if known[code]),
            with_name=gap < len(codes),
            after=join_options((code, known[code]) for code in codes[gap + 1 :] if known[code]),
        )

    def _everything(self, ours: str) -> dict[int, bytes]:
        """Return all options that the server knows, in the order of a reply to a client without option 55.

        Unknown values are empty.
        """
        subnet, tftp = self.subnet, self.tftp_servers(ours)
        ntp = (ours,) if self._settings.ntp_servers is None else self._settings.ntp_servers
        return {
            options.SUBNET_MASK: subnet.network.netmask.packed,
            options.TFTP_NAME: tftp[0].encode("ascii"),
            options.DNS_SERVERS: options.pack_addresses(subnet.dns),
            options.ROUTERS: options.pack_addresses((subnet.router,) if subnet.router else ()),
            options.DOMAIN: subnet.domain.encode("ascii", "replace"),
            options.TFTP_ADDRESSES: options.pack_addresses(tftp),
            options.ARP_CACHE_TIMEOUT: ARP_CACHE_SECONDS.to_bytes(4, "big"),
            options.HOST_NAME: b"",  # Each client has its own name.
            options.NTP_SERVERS: options.pack_addresses(ntp),
        }

    def tftp_servers(self, ours: str) -> tuple[str, ...]:
        """Return option 150; its first address is also option 66 and siaddr."""
        return self._settings.tftp_servers or (ours,)


def grant(
    message: ClientMessage,
    subnet_replies: SubnetReplies,
    ours: str,
    seconds: int,
    event: AddressOffered | AddressLeased,
) -> DhcpReply:
    """Return the OFFER or ACK that `event` reports; an ACK is sent only once its lease is on disk.

    `ours` is the address of this server that sends it.
    """
    is_ack = isinstance(event, AddressLeased)
    address = event.address
    data = _answer(_ACK if is_ack else _OFFER, message, subnet_replies, ours, packed(address), seconds)
    route = route_to(message, address)
    return DhcpReply(data, route, message.arrival.interface, ours, message.mac, event, is_ack)


def inform(message: ClientMessage, subnet_replies: SubnetReplies) -> DhcpReply:
    """Return the ACK of an INFORM: no address and no times (RFC 2131 §4.3.5)."""
    ours = subnet_replies.server_for(message.arrival)
    data = _answer(_ACK, message, subnet_replies, ours, NOWHERE, 0)
    return DhcpReply(data, route_to(message, NO_ADDRESS), message.arrival.interface, ours, message.mac)


def refuse(message: ClientMessage, subnet_replies: SubnetReplies, event: AddressRefused) -> DhcpReply:
    """Return a NAK, which contains only the server and the reason (RFC 2131 table 3)."""
    request, ours = message.request, subnet_replies.server_for(message.arrival)
    reason = option_bytes(options.REASON, event.reason.encode("latin-1", "replace")[:255])
    # A client may accept a NAK only from the server that it chose, which may be a node whose leases are ours
    # now.
    fields = _opening(MessageType.NAK, message.server or ours) + reason + _echo(message)
    # RFC 2131 §4.3.2: the relay must broadcast it, the client has no usable address.
    flags = request.flags if message.relay == NO_ADDRESS else request.flags | BROADCAST_FLAG
    data = build_reply(request, fields, flags=flags)
    route = route_of_nak(message.relay)
    return DhcpReply(data, route, message.arrival.interface, ours, message.mac, event)


def route_to(message: ClientMessage, your_address: str) -> Route:
    """Return the destination of the OFFER or ACK."""
    flags = message.request.flags
    return route_of(message.relay, message.client, flags, message.mac, your_address)


def _answer(
    kind: MessageType,
    message: ClientMessage,
    subnet_replies: SubnetReplies,
    ours: str,
    your_address: bytes,
    seconds: int,
) -> bytes:
    request = message.request
    layout = subnet_replies.layout(kind, ours, seconds, message)
    fields = layout.before
    if layout.with_name and (name := subnet_replies.name_of(message)):
        fields += option_bytes(_HOST_NAME, name.encode("ascii", "replace"))
    return build_reply(
        request,
        fields + layout.after + _echo(message),
        flags=request.flags,
        client_address=request.client_address if kind is _ACK else NOWHERE,
        your_address=your_address,
        next_server=layout.next_server,
    )


def _opening(kind: MessageType, ours: str) -> bytes:
    return join_options([(options.MESSAGE_TYPE, bytes((kind,))), (options.SERVER_ID, packed(ours))])


def _times(seconds: int) -> bytes:
    return _TIMES.pack(
        options.LEASE_SECONDS, 4, seconds,
        options.RENEW_SECONDS, 4, seconds // 2,
        options.REBIND_SECONDS, 4, seconds * 7 // 8,
    )  # fmt: skip


def _echo(message: ClientMessage) -> bytes:
    """Return the options to echo: the client identifier (RFC 6842) and, last, the relay's option 82
    (RFC 3046 §2.2).
    """
    sent, echoed = message.request.options, b""
    if _CLIENT_ID in sent:
        echoed = option_bytes(_CLIENT_ID, sent[_CLIENT_ID])
    if _RELAY_AGENT in sent:
        echoed += option_bytes(_RELAY_AGENT, sent[_RELAY_AGENT])
    return echoed
