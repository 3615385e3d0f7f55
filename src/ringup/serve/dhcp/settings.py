"""Convert the site's records to the settings of the DHCP engine."""

import re
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address

from ringup.engine.dhcp.settings import DhcpSettings, KnownPhone, ServedSubnet
from ringup.site.model import Phone, Site, Subnet
from ringup.store.nodes import Node

LONGEST_HOST_NAME = 63
"""Maximum length of one label of a host name (RFC 1123 §2.1)."""

_NOTHING_SPECIAL = KnownPhone()
"""One shared object for all phones without a label and a reservation, to save memory."""


def dhcp_settings(
    site: Site,
    server_address: str,
    own_addresses: tuple[str, ...],
    *,
    serve_all: bool,
    allow_other_dhcp: bool = False,
    probe: bool = False,
    nodes: Sequence[Node] = (),
) -> DhcpSettings:
    """Return all settings that determine DHCP replies for this site on this machine.

    `nodes` are the other servers of the site.
    """
    return DhcpSettings(
        subnets=tuple(_served(subnet) for subnet in site.subnets),
        phones={phone.mac: _known(phone) for phone in site.phones},
        tftp_servers=_tftp_servers(str(site.server_address or ""), server_address, own_addresses, nodes),
        ntp_servers=_ntp_servers(site.ntp_server),
        own_addresses=own_addresses,
        nodes=tuple(node.address for node in nodes),
        serve_all=serve_all,
        allow_other_dhcp=allow_other_dhcp,
        probe=probe,
    )


def _tftp_servers(
    named: str, own: str, own_addresses: tuple[str, ...], nodes: Sequence[Node]
) -> tuple[str, ...]:
    """Return the TFTP server addresses in the order in which phones try them.

    The order is: the site's server_address, this node, the other nodes. If server_address is not a node's
    address, for example that of a router which forwards to a node, it is the only one.
    """
    others = tuple(node.address for node in nodes if node.serves_files)
    if named and named not in (*own_addresses, *others):
        return (named,)
    first = (named,) if named in own_addresses else (named, own) if named else (own,)
    return tuple(dict.fromkeys((*first, *others)))


def _served(subnet: Subnet) -> ServedSubnet:
    return ServedSubnet(
        network=subnet.network,
        first=subnet.first,
        last=subnet.last,
        router=str(subnet.router or ""),
        dns=tuple(str(address) for address in subnet.dns),
        domain=subnet.domain,
        lease_seconds=subnet.lease_seconds,
    )


def _known(phone: Phone) -> KnownPhone:
    """Return the settings of one phone, named by its label if that is a valid host name."""
    label = re.sub(r"[^A-Za-z0-9]+", "-", phone.label).strip("-").lower()[:LONGEST_HOST_NAME]
    return KnownPhone(label, str(phone.address or "")) if label or phone.address else _NOTHING_SPECIAL


def _ntp_servers(named: str) -> tuple[str, ...] | None:
    """Return the NTP servers for option 42, which takes addresses only.

    If the site sets a host name, option 42 is empty; the name goes only into SIPDefault.cnf.
    """
    if not named:
        return None
    try:
        return (str(IPv4Address(named)),)
    except AddressValueError:
        return ()
