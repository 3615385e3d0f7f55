"""Answer a REQUEST: lease the address or refuse it, according to the state of the client.

Source: RFC 2131 §4.3.2; its table 4 distinguishes the four states.
"""

from ipaddress import IPv4Network

from ringup.engine.dhcp.client_message import ClientMessage
from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.replies import DhcpReply, SubnetReplies, grant, refuse
from ringup.engine.dhcp.state import DhcpState
from ringup.events import AddressLeased, AddressRefused, OtherServerChosen
from ringup.wire.dhcp import NO_ADDRESS
from ringup.wire.dhcp_options import CLIENT_ID


def answer_request(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Answer a REQUEST by the client's state.

    In SELECTING the client names the server, in RENEWING and REBINDING it gives ciaddr, and in INIT-REBOOT it
    sends only option 50.
    """
    client = message.client
    if message.server:
        return _selecting(state, message, subnet_replies, now)
    if client != NO_ADDRESS:
        return _extending(state, message, subnet_replies, now)
    if message.requested:
        return _rebooting(state, message, subnet_replies, now)
    return state.ignore(message.mac, "a REQUEST that names no address", now)


def answer_another_servers_request(state: DhcpState, message: ClientMessage, now: float) -> list[DhcpReply]:
    """Free the offered address, because the client accepted another server's offer.

    From now on, the network counts as shared with that server.
    """
    state.events.append(OtherServerChosen(now, message.mac, message.server))
    subnet_replies = state.subnets.replies_of(message)
    if subnet_replies is None:
        return []
    state.shared.add(subnet_replies.network)
    offered = state.leases.of(message.mac, subnet_replies.network)
    if offered:
        state.probes.forget(offered.address)
        state.leases.withdraw_offer(message.mac, subnet_replies.network, now)
    return []


def _selecting(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    address = message.requested
    if not address:
        return state.ignore(message.mac, "a REQUEST that names no address", now)
    if message.server in state.settings.nodes:
        return _refuse(message, subnet_replies, address, "the node that offered it no longer answers", now)
    if refusal_reason := _refusal_reason(state, message, subnet_replies, address, now):
        return _refuse(message, subnet_replies, address, refusal_reason, now)
    return _acknowledge(state, message, subnet_replies, address, now)


def _rebooting(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Answer a client in INIT-REBOOT, which requests the address that it remembers.

    RFC 2131 §4.3.2 requires silence towards a client without a record, whose address may be another server's.
    A 7960 then waits 60 seconds before it sends DISCOVER. So an address inside a served subnet is refused at
    once if no other server can have given it.
    """
    address = message.requested
    if message.relay == NO_ADDRESS:
        beside = state.subnets.beside(message)
        subnet_replies = next((replies for replies in beside if address in replies), subnet_replies)
    if address not in subnet_replies:
        return _refuse(message, subnet_replies, address, "the address is of another network", now)
    if not _is_on_record(state, message.mac, address, subnet_replies.network):
        if state.settings.allow_other_dhcp or subnet_replies.network in state.shared:
            return state.ignore(
                message.mac, f"it requests {address}, of which this server has no record", now
            )
        return _refuse(message, subnet_replies, address, "this server gave this phone no such lease", now)
    if state.leases.preferred(message.mac, subnet_replies.network, now) != address:
        return _refuse(message, subnet_replies, address, "another address is meant for this phone", now)
    if refusal_reason := _refusal_reason(state, message, subnet_replies, address, now):
        return _refuse(message, subnet_replies, address, refusal_reason, now)
    return _acknowledge(state, message, subnet_replies, address, now)


def _extending(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, now: float
) -> list[DhcpReply]:
    """Answer a client that extends its lease, in RENEWING or REBINDING.

    RENEWING is unicast to this server. REBINDING is broadcast, and answered only if this server has a record
    of the client.
    """
    address = message.client
    asks_us_alone = message.arrival.unicast and message.relay == NO_ADDRESS
    if not asks_us_alone and not _is_on_record(state, message.mac, address, subnet_replies.network):
        return state.ignore(message.mac, f"it extends {address}, of which this server has no record", now)
    if refusal_reason := _refusal_reason(state, message, subnet_replies, address, now):
        return _refuse(message, subnet_replies, address, refusal_reason, now)
    return _acknowledge(state, message, subnet_replies, address, now, renewed=True)


def _refusal_reason(
    state: DhcpState, message: ClientMessage, subnet_replies: SubnetReplies, address: str, now: float
) -> str:
    """Return why this client cannot have this address now; empty if it can.

    After a refusal, the client sends a DISCOVER, and the address is then probed.
    """
    reason = state.leases.refusal_reason(message.mac, address, subnet_replies.network, now)
    if not reason and state.settings.probe and state.leases.needs_probe_before_lease(message.mac, address):
        return "another device leased it before the last start, so it must be probed first"
    return reason


def _is_on_record(state: DhcpState, mac: str, address: str, network: IPv4Network) -> bool:
    """Return whether this server may judge a phone's address, because it has a record of the phone."""
    if state.leases.reserved(mac, network):
        return True
    lease = state.leases.of(mac, network)
    # An offer that was never accepted is not a binding: the phone accepted another server's offer.
    return lease is not None and (lease.state is not LeaseState.OFFERED or lease.address == address)


def _acknowledge(
    state: DhcpState,
    message: ClientMessage,
    subnet_replies: SubnetReplies,
    address: str,
    now: float,
    *,
    renewed: bool = False,
) -> list[DhcpReply]:
    seconds = state.lease_seconds(message, subnet_replies, now)
    client_id = message.request.options.get(CLIENT_ID, b"").hex()
    name = subnet_replies.name_of(message)
    state.probes.forget(address)
    state.leases.lease(Lease(message.mac, address, now + seconds, LeaseState.LEASED, client_id, name), now)
    event = AddressLeased(now, message.mac, address, seconds, renewed)
    return [grant(message, subnet_replies, subnet_replies.server_for(message.arrival), seconds, event)]


def _refuse(
    message: ClientMessage, subnet_replies: SubnetReplies, address: str, reason: str, now: float
) -> list[DhcpReply]:
    return [refuse(message, subnet_replies, AddressRefused(now, message.mac, address, reason))]
