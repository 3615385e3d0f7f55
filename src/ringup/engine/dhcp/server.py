"""DISCOVER to ACK: what is answered, to whom, or why not.

Sources: RFC 2131 §4.3; P-DHCP-1 to P-DHCP-15.

Strategy: one row a message type. Each handler looks at the leases, and either returns the one reply or notes
why there is none. Nothing that a peer sends raises. A reply that `needs_disk` may leave when what
`take_lease_changes` gave is durable; the event of a reply is true once it left. Whoever calls also asks what
`take_probes` wants asked, tells `found_in_use` who answered, and calls `wake` at `wake_at`. A client is its
hardware address, as the phones are everywhere else in ringup; option 61 is only sent back.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network

from ringup.engine.dhcp.client_message import ClientMessage, read_client_message
from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.leases import LeaseTable
from ringup.engine.dhcp.probes import Probe, ProbeBy, Probes
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies, grant, inform, refuse
from ringup.engine.dhcp.route import Arrival, Delivery, Route
from ringup.engine.dhcp.settings import DhcpSettings, KnownPhone, ServedSubnet
from ringup.errors import WireError
from ringup.events import (
    AddressDeclined,
    AddressInUse,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    DhcpIgnored,
    DiscoverReceived,
    Event,
    InformReceived,
    OtherServerChosen,
    PoolEmpty,
)
from ringup.wire.dhcp import NO_ADDRESS, REQUEST_OP, MessageType
from ringup.wire.dhcp_options import CLIENT_ID, MESSAGE_TYPE
from ringup.wire.dhcp_request import ETHERNET, DhcpRequest, parse_request, sender_of
from ringup.wire.mac import LENGTH as MAC_LENGTH
from ringup.wire.mac import from_bytes

__all__ = [
    "Arrival",
    "Delivery",
    "DhcpReply",
    "DhcpServer",
    "DhcpSettings",
    "KnownPhone",
    "Probe",
    "ProbeBy",
    "Route",
    "ServedSubnet",
]

SHORTEST_LEASE_SECONDS = 60
"""A client may ask for less than the subnet's time, but not for so little that it only renews."""

SCARCE_LEASE_SECONDS = 3600
"""Longest lease of a device that is not in the site, on a network that is running out of addresses."""

MOST_PLACES = 4096
"""Relay and client addresses remembered with their subnet; beyond it all are looked up again."""

REPEAT_SECONDS = 3600.0
"""The same reason for ignoring the same client is said once in this time: computers ask every few minutes."""

MOST_REPEATS = 4096
"""Reasons remembered for that; beyond it all are forgotten and said again."""

Handler = Callable[["DhcpServer", ClientMessage, SubnetReplies, float], list[DhcpReply]]


class DhcpServer:
    """Gives addresses and says where the files are."""

    def __init__(self, settings: DhcpSettings, leases: Iterable[Lease] = ()) -> None:
        self._leases = LeaseTable(settings.pools(), settings.reservations(), leases)
        self._probes = Probes()
        self._events: list[Event] = []
        self._said: dict[tuple[str, str], float] = {}
        self._shared: set[IPv4Network] = set()
        """Networks on which a client was seen to take another server's offer."""
        self._answer_by(settings)

    def reconfigure(self, settings: DhcpSettings) -> None:
        """Answer by other settings from now on; no lease is lost."""
        self._answer_by(settings)
        self._leases.reconfigure(settings.pools(), settings.reservations())

    def _answer_by(self, settings: DhcpSettings) -> None:
        self._settings = settings
        self._all_replies = [SubnetReplies(subnet, settings) for subnet in settings.subnets]
        self._replies_at: dict[str, SubnetReplies | None] = {}

    def receive(self, data: bytes, arrival: Arrival, now: float) -> list[DhcpReply]:
        """Answer one datagram: one reply or none."""
        try:
            request = parse_request(data)
            refusal = _why_no_client_message(request)
            if refusal:
                return self._ignore(from_bytes(request.hardware_address), refusal, now)
            message = read_client_message(request, arrival)
        except WireError as error:
            return self._ignore(from_bytes(sender_of(data)), f"a broken message: {error.what}", now)
        if not self._is_served(message):
            reason = f"not a Cisco phone (vendor class {message.vendor_class!r})"
            return self._ignore(message.mac, reason, now)
        if not arrival.addresses:
            return self._ignore(message.mac, f"{arrival.interface} has no address to answer from", now)
        return self._answer(message, now)

    @property
    def wake_at(self) -> float | None:
        """The time at which `wake` has something to do."""
        return self._probes.wake_at

    def wake(self, now: float) -> list[DhcpReply]:
        """Offer the addresses whose probes got no reply."""
        replies = []
        for address, message in self._probes.take_unanswered(now):
            self._leases.mark_free(address)
            replies += self._offer_again(message, now)
        return replies

    def found_in_use(self, address: str, holder: str, now: float) -> list[DhcpReply]:
        """Somebody answered a probe: set the address aside and try the next one.

        `holder` is the MAC that answered, empty if only a ping was answered.
        """
        message = self._probes.forget(address)
        if message is None:
            return []
        if holder == message.mac:  # it still uses what another server once gave it
            self._leases.mark_free(address)
        else:
            self._leases.decline(message.mac, address, now)
            self._note(AddressInUse(now, message.mac, address, holder))
        return self._offer_again(message, now)

    def take_probes(self) -> list[Probe]:
        """Return the probes to send now."""
        return self._probes.take_probes()

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def take_lease_changes(self) -> list[Lease]:
        """Return the records to write before the replies that need the disk are sent."""
        return self._leases.take_changes()

    def leases(self) -> list[Lease]:
        """Every record, offers too."""
        return self._leases.leases()

    def who_has(self, address: str) -> str:
        """The MAC of the phone that leased an address or has it reserved; empty: nobody."""
        return self._leases.who_has(address)

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a living lease of an address at `now`; empty: nobody."""
        return self._leases.holder_of(address, now)

    # --- one message ------------------------------------------------------------------------------

    def _answer(self, message: ClientMessage, now: float) -> list[DhcpReply]:
        handle, names_a_server = _HANDLERS[message.request.options[MESSAGE_TYPE]]
        if message.server and names_a_server and not self._is_ours(message):
            return self._see_other_server(message, now)
        subnet_replies = self._replies_of(message)
        if subnet_replies is None:
            return self._ignore(message.mac, f"no subnet of the site for {_came_from(message)}", now)
        return handle(self, message, subnet_replies, now)

    def _is_served(self, message: ClientMessage) -> bool:
        return message.is_cisco or self._settings.serve_all or message.mac in self._settings.phones

    def _is_ours(self, message: ClientMessage) -> bool:
        return message.server in message.arrival.addresses or message.server in self._settings.own_addresses

    def _replies_of(self, message: ClientMessage) -> SubnetReplies | None:
        """By the relay's address, else by a renewing client's own, else by the receiving interface's."""
        if message.relay != NO_ADDRESS:
            return self._containing(message.relay)
        if message.arrival.unicast and message.client != NO_ADDRESS:
            return self._containing(message.client)
        return next(self._replies_beside(message), None)

    def _replies_beside(self, message: ClientMessage) -> Iterator[SubnetReplies]:
        """Every subnet on the wire that the message came in by."""
        found = (self._containing(address) for address in message.arrival.addresses)
        return filter(None, found)

    def _containing(self, address: str) -> SubnetReplies | None:
        if address not in self._replies_at:
            if len(self._replies_at) >= MOST_PLACES:
                self._replies_at.clear()
            self._replies_at[address] = next(
                (subnet_replies for subnet_replies in self._all_replies if address in subnet_replies), None
            )
        return self._replies_at[address]

    def _discover(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> list[DhcpReply]:
        """The offer tells of the message too; where there is none at once, the message comes first."""
        noted, told = len(self._events), (message.vendor_class, message.arrival.interface)
        replies = self._offer(message, subnet_replies, now, *told)
        if not replies:
            self._events.insert(noted, DiscoverReceived(now, message.mac, *told))
        return replies

    def _offer(
        self,
        message: ClientMessage,
        subnet_replies: SubnetReplies,
        now: float,
        vendor_class: str = "",
        interface: str = "",
    ) -> list[DhcpReply]:
        mac = message.mac
        address = self._leases.offer(mac, subnet_replies.network, message.requested, now)
        if not address:
            self._note(PoolEmpty(now, mac, str(subnet_replies.network)))
            return []
        ours = subnet_replies.server_for(message.arrival)
        if self._settings.probe and self._leases.needs_probe(address):
            by = ProbeBy.ARP if message.relay == NO_ADDRESS else ProbeBy.PING
            if self._probes.begin(Probe(address, by, message.arrival.interface, ours), message, now):
                return []
        event = AddressOffered(
            now, mac, address, subnet_replies.tftp_servers(ours)[0], vendor_class, interface
        )
        return [
            grant(message, subnet_replies, ours, self._lease_seconds(message, subnet_replies, now), event)
        ]

    def _offer_again(self, message: ClientMessage, now: float) -> list[DhcpReply]:
        """Go on after a probe; the site may have changed meanwhile."""
        subnet_replies = self._replies_of(message)
        return self._offer(message, subnet_replies, now) if subnet_replies else []

    def _request(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> list[DhcpReply]:
        """The four states of RFC 2131 §4.3.2, told apart by its table 4."""
        client = message.client
        if message.server:
            return self._selecting(message, subnet_replies, now)
        if client != NO_ADDRESS:
            return self._extending(message, subnet_replies, now)
        if message.requested:
            return self._rebooting(message, subnet_replies, now)
        return self._ignore(message.mac, "a REQUEST that names no address", now)

    def _selecting(
        self, message: ClientMessage, subnet_replies: SubnetReplies, now: float
    ) -> list[DhcpReply]:
        address = message.requested
        if not address:
            return self._ignore(message.mac, "a REQUEST that names no address", now)
        refusal_reason = self._leases.refusal_reason(message.mac, address, subnet_replies.network, now)
        if refusal_reason:
            return self._refuse(message, subnet_replies, address, refusal_reason, now)
        return self._acknowledge(message, subnet_replies, address, now)

    def _rebooting(
        self, message: ClientMessage, subnet_replies: SubnetReplies, now: float
    ) -> list[DhcpReply]:
        """INIT-REBOOT: the client remembers an address.

        RFC 2131 §4.3.2 wants silence towards a client without a record, because it may be another server's.
        A 7960 then waits 60 seconds before it sends DISCOVER, so an address inside our subnet is refused at
        once where no other server can own it.
        """
        address = message.requested
        if message.relay == NO_ADDRESS:
            subnet_replies = next(
                (beside for beside in self._replies_beside(message) if address in beside), subnet_replies
            )
        if address not in subnet_replies:
            return self._refuse(message, subnet_replies, address, "it is of another network", now)
        if not self._is_on_record(message.mac, address, subnet_replies.network):
            if self._settings.allow_other_dhcp or subnet_replies.network in self._shared:
                return self._ignore(message.mac, f"it asks for {address}, which we have no record of", now)
            return self._refuse(message, subnet_replies, address, "this phone has no lease of it here", now)
        wanted = self._leases.preferred(message.mac, subnet_replies.network, now)
        if wanted != address:
            return self._refuse(
                message, subnet_replies, address, "another address is meant for this phone", now
            )
        return self._acknowledge(message, subnet_replies, address, now)

    def _extending(
        self, message: ClientMessage, subnet_replies: SubnetReplies, now: float
    ) -> list[DhcpReply]:
        """RENEWING asks us alone and is believed; REBINDING asks everybody and must be on record here."""
        address = message.client
        asks_us_alone = message.arrival.unicast and message.relay == NO_ADDRESS
        refusal_reason = self._leases.refusal_reason(message.mac, address, subnet_replies.network, now)
        if not asks_us_alone and not self._is_on_record(message.mac, address, subnet_replies.network):
            return self._ignore(message.mac, f"it extends {address}, which we have no record of", now)
        if refusal_reason:
            return self._refuse(message, subnet_replies, address, refusal_reason, now)
        return self._acknowledge(message, subnet_replies, address, now, renewed=True)

    def _decline(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> list[DhcpReply]:
        address = message.requested
        if self._leases.decline(message.mac, address, now):
            self._note(AddressDeclined(now, message.mac, address))
            return []
        return self._ignore(message.mac, f"it declines {address or 'nothing'}, which it does not have", now)

    def _release(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> list[DhcpReply]:
        address = message.client
        if self._leases.release(message.mac, address, now):
            self._note(AddressReleased(now, message.mac, address))
            return []
        return self._ignore(message.mac, f"it releases {address}, which it does not have", now)

    def _inform(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> list[DhcpReply]:
        address = message.client
        if address not in subnet_replies:
            return self._ignore(
                message.mac, f"an INFORM from {address}, not of {subnet_replies.network}", now
            )
        self._note(InformReceived(now, message.mac, address))
        return [inform(message, subnet_replies)]

    # --- what handlers share ------------------------------------------------------------------------

    def _see_other_server(self, message: ClientMessage, now: float) -> list[DhcpReply]:
        if message.request.options[MESSAGE_TYPE] != _REQUEST:
            return self._ignore(message.mac, f"meant for the server {message.server}", now)
        self._note(OtherServerChosen(now, message.mac, message.server))
        subnet_replies = self._replies_of(message)
        if subnet_replies is None:
            return []
        self._shared.add(subnet_replies.network)
        offered = self._leases.of(message.mac, subnet_replies.network)
        if offered:
            self._probes.forget(offered.address)
            self._leases.withdraw_offer(message.mac, subnet_replies.network, now)
        return []

    def _is_on_record(self, mac: str, address: str, network: IPv4Network) -> bool:
        """Return whether we may judge a phone's address: it had or has one here, or was offered this."""
        if self._leases.reserved(mac, network):
            return True
        lease = self._leases.of(mac, network)
        # An offer that was never taken is no binding: the phone took another server's, and is that one's.
        return lease is not None and (lease.state is not LeaseState.OFFERED or lease.address == address)

    def _acknowledge(
        self,
        message: ClientMessage,
        subnet_replies: SubnetReplies,
        address: str,
        now: float,
        *,
        renewed: bool = False,
    ) -> list[DhcpReply]:
        seconds = self._lease_seconds(message, subnet_replies, now)
        client_id = message.request.options.get(CLIENT_ID, b"").hex()
        name = subnet_replies.name_of(message)
        self._probes.forget(address)
        self._leases.lease(
            Lease(message.mac, address, now + seconds, LeaseState.LEASED, client_id, name), now
        )
        event = AddressLeased(now, message.mac, address, seconds, renewed)
        return [grant(message, subnet_replies, subnet_replies.server_for(message.arrival), seconds, event)]

    def _lease_seconds(self, message: ClientMessage, subnet_replies: SubnetReplies, now: float) -> int:
        """The subnet's time; less if the client requests less, or is unknown and addresses run out."""
        most = subnet_replies.subnet.lease_seconds
        if message.mac not in self._settings.phones and self._leases.is_scarce(subnet_replies.network, now):
            most = min(most, SCARCE_LEASE_SECONDS)
        if not message.lease_seconds:
            return most
        return min(max(message.lease_seconds, SHORTEST_LEASE_SECONDS), most)

    def _refuse(
        self, message: ClientMessage, subnet_replies: SubnetReplies, address: str, reason: str, now: float
    ) -> list[DhcpReply]:
        return [refuse(message, subnet_replies, AddressRefused(now, message.mac, address, reason))]

    def _ignore(self, mac: str, reason: str, now: float) -> list[DhcpReply]:
        self._say_once(mac, reason, now)
        return []

    def _say_once(self, mac: str, reason: str, now: float) -> None:
        said = self._said.get((mac, reason))
        if said is not None and now - said < REPEAT_SECONDS:
            return
        if len(self._said) >= MOST_REPEATS:
            self._said.clear()
        self._said[mac, reason] = now
        self._note(DhcpIgnored(now, mac, reason))

    def _note(self, event: Event) -> None:
        self._events.append(event)


_HANDLERS: Mapping[bytes, tuple[Handler, bool]] = {
    bytes((MessageType.DISCOVER,)): (DhcpServer._discover, False),
    bytes((MessageType.REQUEST,)): (DhcpServer._request, True),
    bytes((MessageType.DECLINE,)): (DhcpServer._decline, True),
    bytes((MessageType.RELEASE,)): (DhcpServer._release, True),
    bytes((MessageType.INFORM,)): (DhcpServer._inform, False),
}
"""By option 53: what answers it, and whether its option 54 names the server that it is meant for."""

_REQUEST = bytes((MessageType.REQUEST,))
_FROM_SERVERS = {bytes((kind,)): kind.name for kind in (MessageType.OFFER, MessageType.ACK, MessageType.NAK)}


def _why_no_client_message(request: DhcpRequest) -> str:
    """Return why a message is not a client's; empty when it is one."""
    if request.op != REQUEST_OP:
        return "a server's reply"
    if request.hardware_type != ETHERNET or len(request.hardware_address) != MAC_LENGTH:
        return "not an Ethernet address"
    kind = request.options.get(MESSAGE_TYPE, b"")
    if kind in _HANDLERS:
        return ""
    if kind in _FROM_SERVERS:
        return f"{_FROM_SERVERS[kind]}, which only servers send"
    return "BOOTP or an unknown message type"


def _came_from(message: ClientMessage) -> str:
    if message.relay != NO_ADDRESS:
        return f"the relay {message.relay}"
    return f"{message.arrival.interface} ({', '.join(message.arrival.addresses)})"
