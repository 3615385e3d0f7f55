"""Answer DECLINE and RELEASE, with which clients return an address, and INFORM, which requests options.

Sources: RFC 2131 §4.3.3 to §4.3.5.
"""

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.probes import Probe, ProbeBy
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies, inform
from ringup.engine.dhcp.state import DhcpState
from ringup.events import AddressDeclined, AddressReleased, InformReceived
from ringup.wire.dhcp import NO_ADDRESS


def answer_decline(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Probe the declined address, because a forged DECLINE may claim that another host uses it."""
    address = message.requested
    if not state.leases.is_given(message.mac, address):
        return state.ignore(message.mac, f"it declines {address or 'nothing'}, which it does not have", now)
    if not state.settings.probe:
        return _set_aside(state, message, address, now)
    by = ProbeBy.ARP if message.relay == NO_ADDRESS else ProbeBy.PING
    probe = Probe(address, by, message.arrival.interface, subnet_replies.server_for(message.arrival))
    if not state.probes.begin(probe, message, now):
        return state.ignore(message.mac, f"it declines {address}, and too many addresses are probed", now)
    return []


def end_confirmed_decline(
    state: DhcpState, message: ClientMessage, address: str, holder: str, now: float
) -> None:
    """Set aside a declined address that a host answered for.

    `holder` is the host's MAC; empty if the host answered only a ping. A phone that answers for the address
    that it declined did not send the DECLINE.
    """
    if holder == message.mac:
        state.ignore(message.mac, f"it declines {address} and uses it", now)
    else:
        _set_aside(state, message, address, now)


def end_unfounded_decline(state: DhcpState, message: ClientMessage, address: str, now: float) -> None:
    """Free a declined address whose probes got no reply; the address is probed again before it is offered."""
    state.leases.decline(message.mac, address, now, seconds=0.0)
    state.ignore(message.mac, f"it declined {address}, which no host uses", now)


def _set_aside(state: DhcpState, message: ClientMessage, address: str, now: float) -> list[DhcpReply]:
    if state.leases.decline(message.mac, address, now):
        state.events.append(AddressDeclined(now, message.mac, address))
    return []


def answer_release(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Free the address, which the client no longer uses.

    A RELEASE is accepted only from the address itself, and on the server's own network only in a frame of the
    client.
    """
    address, source, sender = message.client, message.arrival.source, message.arrival.frame_source
    if source not in ("", address):
        return state.ignore(message.mac, f"{source} releases {address}, which is not its own", now)
    if sender and any(own in subnet_replies for own in message.arrival.addresses):
        return state.ignore(message.mac, f"{sender} releases {address}, which is not its own", now)
    if state.leases.release(message.mac, address, now):
        state.events.append(AddressReleased(now, message.mac, address))
        return []
    return state.ignore(message.mac, f"it releases {address}, which it does not have", now)


def answer_inform(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Send only the options: the client configured its address itself."""
    address = message.client
    if address not in subnet_replies:
        return state.ignore(message.mac, f"an INFORM from {address}, not of {subnet_replies.network}", now)
    state.events.append(InformReceived(now, message.mac, address))
    return [inform(message, subnet_replies)]


def ignore_another_servers(state: DhcpState, message: ClientMessage, now: float) -> list[DhcpReply]:
    """Ignore a DECLINE or RELEASE of an address that another server gave."""
    return state.ignore(message.mac, f"meant for the server {message.server}", now)
