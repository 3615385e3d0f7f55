"""Answer what a client that has an address sends: DECLINE and RELEASE give it back, INFORM asks for options.

Sources: RFC 2131 §4.3.3 to §4.3.5.
"""

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies, inform
from ringup.engine.dhcp.state import DhcpState
from ringup.events import AddressDeclined, AddressReleased, InformReceived


def answer_decline(
    state: DhcpState, message: ClientMessage, _subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Quarantine the address: the client found that another host uses it."""
    address = message.requested
    if state.leases.decline(message.mac, address, now):
        state.events.append(AddressDeclined(now, message.mac, address))
        return []
    return state.ignore(message.mac, f"it declines {address or 'nothing'}, which it does not have", now)


def answer_release(
    state: DhcpState, message: ClientMessage, _subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Free the address: the client no longer uses it."""
    address = message.client
    if state.leases.release(message.mac, address, now):
        state.events.append(AddressReleased(now, message.mac, address))
        return []
    return state.ignore(message.mac, f"it releases {address}, which it does not have", now)


def answer_inform(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Send the options alone: the client set its address itself."""
    address = message.client
    if address not in subnet_replies:
        return state.ignore(message.mac, f"an INFORM from {address}, not of {subnet_replies.network}", now)
    state.events.append(InformReceived(now, message.mac, address))
    return [inform(message, subnet_replies)]


def ignore_another_servers(state: DhcpState, message: ClientMessage, now: float) -> list[DhcpReply]:
    """A DECLINE or RELEASE of an address that another server gave is no business of ours."""
    return state.ignore(message.mac, f"meant for the server {message.server}", now)
