"""The settings of the DHCP engine: from the site, and from the machine it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from ringup.engine.dhcp.pools import Pool


@dataclass(frozen=True, slots=True)
class ServedSubnet:
    """One network with its pool and what its phones are told; addresses are dotted text."""

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
    """Letters, digits and hyphens (RFC 1123); empty: as Cisco names devices, SEP and the MAC."""
    address: str = ""
    """Its reservation; empty: from the pool."""


@dataclass(frozen=True, slots=True)
class DhcpSettings:
    """Everything that decides an answer besides the packet, the leases and the time."""

    subnets: tuple[ServedSubnet, ...] = ()
    phones: Mapping[str, KnownPhone] = field(default_factory=dict)
    """By MAC."""
    tftp_servers: tuple[str, ...] = ()
    """Options 150, 66 (the first) and siaddr (the first); none: the address we answer from."""
    ntp_servers: tuple[str, ...] | None = None
    """Option 42; None: the address we answer from; an empty tuple: no option."""
    own_addresses: tuple[str, ...] = ()
    """This machine's: never given to a phone, taken as our server identifier."""
    serve_all: bool = False
    """Answer everybody, not only Cisco phones and phones of the site."""
    allow_other_dhcp: bool = False
    """Another server may own addresses of our subnets: never refuse an address that we have no record of."""
    probe: bool = False
    """Probe a pool address that was never leased on its network before it is first offered."""

    def reservations(self) -> dict[str, str]:
        """The reserved address of each MAC that has one; one of this machine's own is nobody's."""
        reserved = {mac: phone.address for mac, phone in self.phones.items() if phone.address}
        return {mac: address for mac, address in reserved.items() if address not in self.own_addresses}

    def pools(self) -> list[Pool]:
        """The pools, without the addresses that belong to routers and servers."""
        servers = {*self.own_addresses, *self.tftp_servers, *(self.ntp_servers or ())}
        return [
            Pool(
                subnet.network,
                subnet.first,
                subnet.last,
                frozenset({*servers, *subnet.dns, *filter(None, (subnet.router,))}),
            )
            for subnet in self.subnets
        ]
