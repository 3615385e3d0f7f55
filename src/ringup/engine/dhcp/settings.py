"""The settings of the DHCP engine, from the site's records and from the machine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from ringup.engine.dhcp.pools import Pool


@dataclass(frozen=True, slots=True)
class ServedSubnet:
    """One network with its pool and the options for its phones; addresses are dotted text."""

    network: IPv4Network
    first: IPv4Address
    last: IPv4Address
    router: str = ""
    dns: tuple[str, ...] = ()
    domain: str = ""
    lease_seconds: int = 86_400


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """The site's settings for one MAC."""

    host_name: str = ""
    """The name for option 12, of letters, digits and hyphens (RFC 1123); empty: SEP and the MAC."""
    address: str = ""
    """The reserved address; empty: the phone gets one of the pool."""


@dataclass(frozen=True, slots=True)
class DhcpSettings:
    """Everything that decides an answer besides the packet, the leases and the time."""

    subnets: tuple[ServedSubnet, ...] = ()
    phones: Mapping[str, KnownPhone] = field(default_factory=dict)
    """The phones of the site, by MAC."""
    tftp_servers: tuple[str, ...] = ()
    """Options 150, 66 (the first) and siaddr (the first); empty: the address that the reply is sent from."""
    ntp_servers: tuple[str, ...] | None = None
    """Option 42; None: the address that the reply is sent from; an empty tuple: no option 42."""
    own_addresses: tuple[str, ...] = ()
    """This machine's addresses. They are never given to a phone, and are accepted as this server's
    identifier.
    """
    nodes: tuple[str, ...] = ()
    """Addresses of the site's other nodes. They are never given to a phone; all nodes share the leases."""
    serve_all: bool = False
    """True if all clients are answered, not only Cisco phones and phones of the site."""
    allow_other_dhcp: bool = False
    """True if another server may own addresses of the served subnets. An address without a record is then
    never refused.
    """
    probe: bool = False
    """True if a pool address is probed before it is first offered."""

    def reservations(self) -> dict[str, str]:
        """Return the reserved address of each MAC that has one, except for addresses of this machine and of
        nodes.
        """
        reserved = {mac: phone.address for mac, phone in self.phones.items() if phone.address}
        servers = {*self.own_addresses, *self.nodes}
        return {mac: address for mac, address in reserved.items() if address not in servers}

    def pools(self) -> list[Pool]:
        """Return the pools, without the addresses that belong to routers and servers."""
        servers = {*self.own_addresses, *self.nodes, *self.tftp_servers, *(self.ntp_servers or ())}
        return [
            Pool(
                subnet.network,
                subnet.first,
                subnet.last,
                frozenset({*servers, *subnet.dns, *filter(None, (subnet.router,))}),
            )
            for subnet in self.subnets
        ]
