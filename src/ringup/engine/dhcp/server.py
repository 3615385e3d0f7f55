"""The engine of the DHCP server: answer each message of a client, or report why it gets no answer.

Sources: RFC 2131 §4.3; P-DHCP-1 to P-DHCP-15.

Strategy: one row per message type, with the function that answers it. The function reads the leases, and
either returns one reply or emits the reason why there is none. The functions share `state.py`. No datagram
raises an exception. A reply with `needs_disk` may be sent once the records of `take_lease_changes` are
durable. The event of a reply is emitted once the reply was sent. The caller also sends the probes of
`take_probes`, reports each reply to a probe to `found_in_use`, and calls `wake` at `wake_at`. A client is
identified by its hardware address, like the phones everywhere else in ringup; option 61 is only echoed.
"""

from collections.abc import Callable, Iterable, Mapping

from ringup.engine.dhcp.client_message import ClientMessage, read_client_message
from ringup.engine.dhcp.decline_release_inform import (
    answer_decline,
    answer_inform,
    answer_release,
    ignore_another_servers,
)
from ringup.engine.dhcp.discover import answer_discover, offer_another, offer_unanswered
from ringup.engine.dhcp.lease import Lease
from ringup.engine.dhcp.leases import LeaseTable
from ringup.engine.dhcp.probes import Probe
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies
from ringup.engine.dhcp.request import answer_another_servers_request, answer_request
from ringup.engine.dhcp.route import Arrival
from ringup.engine.dhcp.settings import DhcpSettings
from ringup.engine.dhcp.state import DhcpState
from ringup.errors import WireError
from ringup.events import Event
from ringup.wire.dhcp import NO_ADDRESS, REQUEST_OP, MessageType
from ringup.wire.dhcp_options import MESSAGE_TYPE
from ringup.wire.dhcp_request import ETHERNET, DhcpRequest, parse_request, sender_of
from ringup.wire.mac import LENGTH as MAC_LENGTH
from ringup.wire.mac import from_bytes

Answer = Callable[[DhcpState, ClientMessage, SubnetReplies, float], list[DhcpReply]]
AnswerElsewhere = Callable[[DhcpState, ClientMessage, float], list[DhcpReply]]


class DhcpServer:
    """Gives out addresses, and sends clients the address of their TFTP server."""

    def __init__(self, settings: DhcpSettings, leases: Iterable[Lease] = ()) -> None:
        self._begin(settings, leases)

    def _begin(self, settings: DhcpSettings, leases: Iterable[Lease]) -> None:
        self._leases = LeaseTable(
            settings.pools(), settings.reservations(), leases, phones=settings.phones.keys()
        )
        self._state = DhcpState(settings, self._leases)

    def reconfigure(self, settings: DhcpSettings) -> None:
        """Use other settings from now on; no lease is lost."""
        self._state.answer_by(settings)
        self._leases.reconfigure(settings.pools(), settings.reservations(), settings.phones.keys())

    def begin_anew(self, leases: Iterable[Lease]) -> None:
        """Use these leases instead of the present ones, because another server has given out addresses."""
        settings, shared = self._state.settings, self._state.shared
        self._begin(settings, leases)
        self._state.shared = shared

    def receive(self, data: bytes, arrival: Arrival, now: float) -> list[DhcpReply]:
        """Answer one datagram, with one reply or none."""
        try:
            request = parse_request(data)
            refusal = _why_no_client_message(request)
            if refusal:
                return self._state.ignore(from_bytes(request.hardware_address), refusal, now)
            message = read_client_message(request, arrival)
        except WireError as error:
            return self._state.ignore(from_bytes(sender_of(data)), f"a broken message: {error.what}", now)
        if not self._is_served(message):
            reason = f"not a Cisco phone (vendor class {message.vendor_class!r})"
            return self._state.ignore(message.mac, reason, now)
        if not arrival.addresses:
            return self._state.ignore(message.mac, f"{arrival.interface} has no address to answer from", now)
        return self._answer(message, now)

    @property
    def wake_at(self) -> float | None:
        """Return the time at which `wake` must be called; None: no probe is running."""
        return self._state.probes.wake_at

    def wake(self, now: float) -> list[DhcpReply]:
        """Offer the addresses whose probes got no reply."""
        return offer_unanswered(self._state, now)

    def found_in_use(self, address: str, holder: str, now: float) -> list[DhcpReply]:
        """Set aside an address whose probe a host answered, and try the next address.

        `holder` is the host's MAC; empty if the host answered only a ping.
        """
        return offer_another(self._state, address, holder, now)

    def take_probes(self) -> list[Probe]:
        """Return the probes to send now."""
        return self._state.probes.take_probes()

    def take_events(self) -> list[Event]:
        """Return the events since the last call."""
        events, self._state.events = self._state.events, []
        return events

    def take_lease_changes(self) -> list[Lease]:
        """Return the records to write before the replies that need the disk are sent."""
        return self._leases.take_changes()

    def clock_was_set(self, step: float) -> None:
        """Keep the remaining time of the leases given since the start, because the clock was set.

        `step` is the number of seconds by which it was set, negative if it was set back.
        """
        self._leases.clock_was_set(step)

    def leases(self) -> list[Lease]:
        """Return every record, offers included."""
        return self._leases.leases()

    def who_has(self, address: str) -> str:
        """Return the MAC of the phone that leased an address or has it reserved; empty: none."""
        return self._leases.who_has(address)

    def holder_of(self, address: str, now: float) -> str:
        """Return the MAC that holds a running lease of an address at `now`; empty: none."""
        return self._leases.holder_of(address, now)

    # --- one message ------------------------------------------------------------------------------

    def _answer(self, message: ClientMessage, now: float) -> list[DhcpReply]:
        state = self._state
        answer, answer_elsewhere = _ANSWERS[message.request.options[MESSAGE_TYPE]]
        if answer_elsewhere and message.server and not self._is_ours(message):
            return answer_elsewhere(state, message, now)
        subnet_replies = state.subnets.replies_of(message)
        if subnet_replies is None:
            return state.ignore(message.mac, f"no subnet of the site for {_came_from(message)}", now)
        if reason := state.rates.refusal_reason(message, subnet_replies, state.settings.phones, now):
            return state.ignore(message.mac, reason, now)
        return answer(state, message, subnet_replies, now)

    def _is_served(self, message: ClientMessage) -> bool:
        settings = self._state.settings
        return message.is_cisco or settings.serve_all or message.mac in settings.phones

    def _is_ours(self, message: ClientMessage) -> bool:
        own_addresses = self._state.settings.own_addresses
        return (
            message.server in message.arrival.addresses
            or message.server in own_addresses
            or message.server in self._state.settings.nodes
        )


_ANSWERS: Mapping[bytes, tuple[Answer, AnswerElsewhere | None]] = {
    bytes((MessageType.DISCOVER,)): (answer_discover, None),
    bytes((MessageType.REQUEST,)): (answer_request, answer_another_servers_request),
    bytes((MessageType.DECLINE,)): (answer_decline, ignore_another_servers),
    bytes((MessageType.RELEASE,)): (answer_release, ignore_another_servers),
    bytes((MessageType.INFORM,)): (answer_inform, None),
}
"""By option 53: the function that answers, and the function for messages whose option 54 names another
server.
"""

_FROM_SERVERS = {bytes((kind,)): kind.name for kind in (MessageType.OFFER, MessageType.ACK, MessageType.NAK)}


def _why_no_client_message(request: DhcpRequest) -> str:
    """Return why a message is not a client's; empty if it is one."""
    if request.op != REQUEST_OP:
        return "a server's reply"
    if request.hardware_type != ETHERNET or len(request.hardware_address) != MAC_LENGTH:
        return "not an Ethernet address"
    kind = request.options.get(MESSAGE_TYPE, b"")
    if kind in _ANSWERS:
        return ""
    if kind in _FROM_SERVERS:
        return f"{_FROM_SERVERS[kind]}, which only servers send"
    return "BOOTP or an unknown message type"


def _came_from(message: ClientMessage) -> str:
    if message.relay != NO_ADDRESS:
        return f"the relay {message.relay}"
    return f"{message.arrival.interface} ({', '.join(message.arrival.addresses)})"
