"""DISCOVER to ACK: what is answered, to whom, or why not.

Sources: RFC 2131 §4.3; the fact sheet §1.2 and its Traps 2.

Strategy: one row a message type. Each handler looks at the leases, and either returns the one reply or notes
why there is none. Nothing that a peer sends raises; what is durable before a reply leaves is in
`take_lease_changes`. A client is its hardware address, as the phones are everywhere else in ringup; option 61
is only sent back.
"""

from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address, IPv4Network

from ringup.engine.dhcp_replies import (
    Arrival,
    Delivery,
    DhcpReply,
    Question,
    Route,
    grant,
    host_name,
    inform,
    lease_seconds,
    read_question,
    refuse,
)
from ringup.engine.dhcp_settings import DhcpSettings, KnownPhone, ServedSubnet
from ringup.engine.leases import Lease, LeaseState, LeaseTable
from ringup.errors import WireError
from ringup.events import (
    AddressDeclined,
    AddressLeased,
    AddressOffered,
    AddressRefused,
    AddressReleased,
    AddressWanted,
    DhcpIgnored,
    Event,
    OptionsAsked,
    OtherServerChosen,
    PoolEmpty,
)
from ringup.wire.dhcp import NO_ADDRESS, REQUEST_OP, Message, MessageType
from ringup.wire.dhcp_options import CLIENT_ID
from ringup.wire.mac import LENGTH as MAC_LENGTH
from ringup.wire.mac import from_bytes

__all__ = [
    "Arrival",
    "Delivery",
    "DhcpReply",
    "DhcpServer",
    "DhcpSettings",
    "KnownPhone",
    "Route",
    "ServedSubnet",
]

ETHERNET = 1

REPEAT_SECONDS = 3600.0
"""The same reason for ignoring the same client is said once in this time: computers ask every few minutes."""

MOST_REPEATS = 4096
"""Reasons remembered for that; beyond it all are forgotten and said again."""

Handler = Callable[["DhcpServer", Question, ServedSubnet, float], list[DhcpReply]]


class DhcpServer:
    """Gives addresses and says where the files are."""

    def __init__(self, settings: DhcpSettings, leases: Iterable[Lease] = ()) -> None:
        self._settings = settings
        self._leases = LeaseTable(settings.pools(), settings.reservations(), leases)
        self._events: list[Event] = []
        self._said: dict[tuple[str, str], float] = {}

    def reconfigure(self, settings: DhcpSettings) -> None:
        """Answer by other settings from now on; no lease is lost."""
        self._settings = settings
        self._leases.reconfigure(settings.pools(), settings.reservations())

    def receive(self, message: Message, arrival: Arrival, now: float) -> list[DhcpReply]:
        """Answer one message: one reply or none."""
        refusal = _why_no_client_message(message)
        if refusal:
            return self._ignore(message, refusal, now)
        try:
            question = read_question(message, arrival)
        except WireError as error:
            return self._ignore(message, f"a broken option: {error.what}", now)
        if not self._is_served(question):
            return self._ignore(message, f"not a Cisco phone (vendor class {question.vendor_class!r})", now)
        if not arrival.addresses:
            return self._ignore(message, f"{arrival.interface} has no address to answer from", now)
        return self._answer(question, now)

    def reject(self, reason: str, now: float) -> None:
        """Note a datagram that is no DHCP message at all."""
        self._say_once("", reason, now)

    def take_events(self) -> list[Event]:
        """What happened since the last call."""
        events, self._events = self._events, []
        return events

    def take_lease_changes(self) -> list[Lease]:
        """What must be on disk before the replies made since the last call leave."""
        return self._leases.take_changes()

    def leases(self) -> list[Lease]:
        """Every record, offers too."""
        return self._leases.leases()

    def who_has(self, address: str) -> str:
        """The MAC of the phone that leased an address or has it reserved; empty: nobody."""
        return self._leases.who_has(address)

    # --- one message ------------------------------------------------------------------------------

    def _answer(self, question: Question, now: float) -> list[DhcpReply]:
        if self._took_another(question):
            return self._see_other_server(question, now)
        subnet = self._subnet_of(question)
        kind = question.message.type
        if subnet is None or kind is None:
            return self._ignore(question.message, f"no subnet of the site for {_came_from(question)}", now)
        return _HANDLERS[kind](self, question, subnet, now)

    def _is_served(self, question: Question) -> bool:
        return question.is_cisco or self._settings.serve_all or question.mac in self._settings.phones

    def _is_ours(self, question: Question) -> bool:
        return (
            question.server in question.arrival.addresses or question.server in self._settings.own_addresses
        )

    def _subnet_of(self, question: Question) -> ServedSubnet | None:
        """By the relay's address, else by a renewing client's own, else by the receiving interface's."""
        message, arrival = question.message, question.arrival
        if message.relay_address != NO_ADDRESS:
            places: tuple[str, ...] = (message.relay_address,)
        elif arrival.unicast and message.client_address != NO_ADDRESS:
            places = (message.client_address,)
        else:
            places = arrival.addresses
        return next((subnet for place in places if (subnet := self._containing(place))), None)

    def _containing(self, place: str) -> ServedSubnet | None:
        address = IPv4Address(place)
        return next((subnet for subnet in self._settings.subnets if address in subnet.network), None)

    def _discover(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        mac = question.mac
        self._note(AddressWanted(now, mac, question.vendor_class, question.arrival.interface))
        address = self._leases.offer(mac, subnet.network, question.requested, now)
        if not address:
            self._note(PoolEmpty(now, mac, str(subnet.network)))
            return []
        reply = grant(MessageType.OFFER, question, subnet, self._settings, address)
        self._note(AddressOffered(now, mac, address, reply.message.next_server))
        return [reply]

    def _request(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        """The four states of RFC 2131 §4.3.2, told apart by its table 4."""
        client = question.message.client_address
        if question.server:
            return self._selecting(question, subnet, now)
        if client != NO_ADDRESS:
            return self._extending(question, subnet, now)
        if question.requested:
            return self._rebooting(question, subnet, now)
        return self._ignore(question.message, "a REQUEST that names no address", now)

    def _selecting(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        address = question.requested
        if not address:
            return self._ignore(question.message, "a REQUEST that names no address", now)
        objection = self._leases.objection(question.mac, address, subnet.network, now)
        if objection:
            return self._refuse(question, subnet, address, objection, now)
        return self._acknowledge(question, subnet, address, now)

    def _rebooting(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        """INIT-REBOOT: it remembers an address; wrong ones are refused, unknown phones hear nothing."""
        address = question.requested
        if IPv4Address(address) not in subnet.network:
            return self._refuse(question, subnet, address, "it is of another network", now)
        if not self._is_on_record(question.mac, address, subnet.network):
            return self._ignore(question.message, f"it asks for {address}, which we have no record of", now)
        wanted = self._leases.preferred(question.mac, subnet.network, now)
        if wanted != address:
            return self._refuse(question, subnet, address, "another address is meant for this phone", now)
        return self._acknowledge(question, subnet, address, now)

    def _extending(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        """RENEWING asks us alone and is believed; REBINDING asks everybody and must be on record here."""
        address = question.message.client_address
        asks_us_alone = question.arrival.unicast and question.message.relay_address == NO_ADDRESS
        objection = self._leases.objection(question.mac, address, subnet.network, now)
        if not asks_us_alone and not self._is_on_record(question.mac, address, subnet.network):
            return self._ignore(question.message, f"it extends {address}, which we have no record of", now)
        if objection:
            return self._refuse(question, subnet, address, objection, now)
        return self._acknowledge(question, subnet, address, now, renewed=True)

    def _decline(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        address = question.requested
        if self._leases.decline(question.mac, address, now):
            self._note(AddressDeclined(now, question.mac, address))
            return []
        return self._ignore(
            question.message, f"it declines {address or 'nothing'}, which it does not have", now
        )

    def _release(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        address = question.message.client_address
        if self._leases.release(question.mac, address, now):
            self._note(AddressReleased(now, question.mac, address))
            return []
        return self._ignore(question.message, f"it releases {address}, which it does not have", now)

    def _inform(self, question: Question, subnet: ServedSubnet, now: float) -> list[DhcpReply]:
        address = question.message.client_address
        if IPv4Address(address) not in subnet.network:
            return self._ignore(question.message, f"an INFORM from {address}, not of {subnet.network}", now)
        self._note(OptionsAsked(now, question.mac, address))
        return [inform(question, subnet, self._settings)]

    # --- what handlers share ------------------------------------------------------------------------

    def _took_another(self, question: Question) -> bool:
        """Whether it names a server that is not us; only REQUEST, DECLINE and RELEASE name one."""
        names_one = question.message.type in _NAMES_A_SERVER and question.server
        return bool(names_one) and not self._is_ours(question)

    def _see_other_server(self, question: Question, now: float) -> list[DhcpReply]:
        if question.message.type is not MessageType.REQUEST:
            return self._ignore(question.message, f"meant for the server {question.server}", now)
        self._note(OtherServerChosen(now, question.mac, question.server))
        subnet = self._subnet_of(question)
        if subnet:
            self._leases.withdraw_offer(question.mac, subnet.network, now)
        return []

    def _is_on_record(self, mac: str, address: str, network: IPv4Network) -> bool:
        """Whether we may judge a phone's address: it had one of us, has one reserved, or was offered this."""
        if self._leases.reserved(mac, network):
            return True
        lease = self._leases.of(mac, network)
        # An offer that was never taken is no binding: the phone took another server's, and is that one's.
        return lease is not None and (lease.state is not LeaseState.OFFERED or lease.address == address)

    def _acknowledge(
        self, question: Question, subnet: ServedSubnet, address: str, now: float, *, renewed: bool = False
    ) -> list[DhcpReply]:
        seconds = lease_seconds(question, subnet)
        client_id = (question.message.option(CLIENT_ID) or b"").hex()
        name = host_name(question, self._settings)
        lease = Lease(question.mac, address, now + seconds, client_id=client_id, host_name=name)
        reply = grant(MessageType.ACK, question, subnet, self._settings, address)
        self._leases.lease(lease, now)
        self._note(AddressLeased(now, question.mac, address, seconds, renewed))
        return [reply]

    def _refuse(
        self, question: Question, subnet: ServedSubnet, address: str, reason: str, now: float
    ) -> list[DhcpReply]:
        self._note(AddressRefused(now, question.mac, address, reason))
        return [refuse(question, subnet, reason)]

    def _ignore(self, message: Message, reason: str, now: float) -> list[DhcpReply]:
        self._say_once(from_bytes(message.hardware_address), reason, now)
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


_HANDLERS: Mapping[MessageType, Handler] = {
    MessageType.DISCOVER: DhcpServer._discover,
    MessageType.REQUEST: DhcpServer._request,
    MessageType.DECLINE: DhcpServer._decline,
    MessageType.RELEASE: DhcpServer._release,
    MessageType.INFORM: DhcpServer._inform,
}

_NAMES_A_SERVER = (MessageType.REQUEST, MessageType.DECLINE, MessageType.RELEASE)


def _why_no_client_message(message: Message) -> str:
    """What keeps a message from being a client's; empty: nothing."""
    if message.op != REQUEST_OP:
        return "a server's reply"
    if message.hardware_type != ETHERNET or len(message.hardware_address) != MAC_LENGTH:
        return "not an Ethernet address"
    if message.type is None:
        return "BOOTP or an unknown message type"
    if message.type not in _HANDLERS:
        return f"{message.type.name}, which only servers send"
    return ""


def _came_from(question: Question) -> str:
    relay = question.message.relay_address
    if relay != NO_ADDRESS:
        return f"the relay {relay}"
    return f"{question.arrival.interface} ({', '.join(question.arrival.addresses)})"
