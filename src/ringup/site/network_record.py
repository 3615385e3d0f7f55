"""Subnet: the record of a network in which DHCP assigns addresses."""

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Self

from pydantic import Field, model_validator

from ringup.site.fields import LONGEST_DOMAIN, MOST_DNS_SERVERS, Plain, Record
from ringup.site.record_faults import FaultyRecord


class Subnet(Record):
    """A network in which DHCP assigns addresses."""

    network: IPv4Network
    """The network, without host bits: ``192.168.1.0/24``."""
    first: IPv4Address
    """First address of the pool."""
    last: IPv4Address
    """Last address of the pool."""
    router: IPv4Address | None = None
    """The default router, inside the network; empty: DHCP sends none."""
    dns: Annotated[tuple[IPv4Address, ...], Field(max_length=MOST_DNS_SERVERS)] = ()
    """IPv4 addresses of the DNS servers."""
    domain: Annotated[Plain, Field(max_length=LONGEST_DOMAIN)] = ""
    """The DNS domain; empty: DHCP sends none."""
    lease_seconds: Annotated[int, Field(ge=60, le=31_536_000)] = 86_400
    """Lease time in seconds."""

    @model_validator(mode="after")
    def _pool_lies_inside(self) -> Self:
        for address in (self.first, self.last):
            if address not in self.network:
                what = f"pool address {address} is not in {self.network}."
                raise FaultyRecord(what, "Write one of that network.")
        if self.first > self.last:
            what = f"the pool starts at {self.first}, after its end {self.last}."
            raise FaultyRecord(what, "Swap them.")
        return self
