"""Answer a DISCOVER: choose an address, probe it if necessary, and offer it.

Source: RFC 2131 §4.3.1. A probe delays the answer: `offer_unanswered` and `offer_another` continue when the
probe has ended.
"""

from ringup.engine.dhcp.client_message import ClientMessage, is_decline
from ringup.engine.dhcp.decline_release_inform import end_confirmed_decline, end_unfounded_decline
from ringup.engine.dhcp.probes import Probe, ProbeBy
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies, grant
from ringup.engine.dhcp.state import DhcpState
from ringup.events import AddressInUse, AddressOffered, DiscoverReceived, PoolEmpty
from ringup.wire.dhcp import NO_ADDRESS


def answer_discover(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Answer a DISCOVER with an offer; none if the address must be probed first, or if none is free.

    The event of an immediate offer also reports the DISCOVER; otherwise the DISCOVER has its own event.
    """
    noted, source = len(state.events), (message.vendor_class, message.arrival.interface)
    replies = _offer(state, message, subnet_replies, now, *source)
    if not replies:
        state.events.insert(noted, DiscoverReceived(now, message.mac, *source))
    return replies


def offer_unanswered(state: DhcpState, now: float) -> list[DhcpReply]:
    """Offer the addresses whose probes got no reply; a declined address is freed instead."""
    replies = []
    for address, message in state.probes.take_unanswered(now):
        if is_decline(message):
            end_unfounded_decline(state, message, address, now)
            continue
        state.leases.mark_free(address)
        replies += _offer_again(state, message, now)
    return replies


def offer_another(state: DhcpState, address: str, holder: str, now: float) -> list[DhcpReply]:
    """Set aside an address that a host answered for, and try the next address.

    `holder` is the host's MAC; empty if the host answered only a ping.
    """
    message = state.probes.forget(address)
    if message is None:
        return []
    if is_decline(message):
        end_confirmed_decline(state, message, address, holder, now)
        return []
    if holder == message.mac:  # The client still uses an address that another server gave it.
        state.leases.mark_free(address)
    elif state.leases.found_in_use(message.mac, address, holder, now):
        state.events.append(AddressInUse(now, message.mac, address, holder))
    return _offer_again(state, message, now)


def _offer_again(state: DhcpState, message: ClientMessage, now: float) -> list[DhcpReply]:
    """Offer an address after a probe; the site may have changed meanwhile."""
    subnet_replies = state.subnets.replies_of(message)
    return _offer(state, message, subnet_replies, now) if subnet_replies else []


def _offer(
    state: DhcpState,
    message: ClientMessage,
    subnet_replies: SubnetReplies,
    now: float,
    vendor_class: str = "",
    interface: str = "",
) -> list[DhcpReply]:
    mac = message.mac
    address = state.leases.offer(mac, subnet_replies.network, message.requested, now)
    if not address:
        state.events.append(PoolEmpty(now, mac, str(subnet_replies.network)))
        return []
    ours = subnet_replies.server_for(message.arrival)
    if state.settings.probe and state.leases.needs_probe(address):
        by = ProbeBy.ARP if message.relay == NO_ADDRESS else ProbeBy.PING
        if state.probes.begin(Probe(address, by, message.arrival.interface, ours), message, now):
            return []
        state.leases.mark_free(address)  # too many probes are running: the address is offered without one
    event = AddressOffered(now, mac, address, subnet_replies.tftp_servers(ours)[0], vendor_class, interface)
    return [grant(message, subnet_replies, ours, state.lease_seconds(message, subnet_replies, now), event)]
