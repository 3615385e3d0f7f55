"""Which phone an address belongs to, by the way that the operator chose.

Strategy: a way says who holds an address. Where it knows nobody, a phone that the operator gave an address by
hand (`ringup phone set PHONE --address`) holds that if the neighbour table names its MAC. Behind a router the
table knows no one; there the operator's word is enough if another server's leases are followed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ringup.serve.owners.source import OwnersBy
from ringup.site.model import Site

Holder = Callable[[str], str]
"""Takes an address, returns the MAC of the phone that it belongs to; empty: none."""

Claim = Callable[[str, str, str], str]
"""Takes the phone whose own file is requested, the address and its holder; returns its holder from now on."""


def no_claim(_mac: str, _address: str, holder: str) -> str:
    """Leave the address with its holder: only pins are won by a request."""
    return holder


@dataclass(slots=True)
class AddressOwners:
    """Who an address belongs to; asked from the threads of TFTP and HTTP."""

    by: OwnersBy
    holder: Holder
    neighbour: Holder
    """By the kernel's table."""
    reserved_for: Mapping[str, str]
    """The phone of each address that the operator gave by hand."""
    claim: Claim = no_claim

    @property
    def checked(self) -> bool:
        """Return whether a phone's files are for that phone only."""
        return self.by is not OwnersBy.OPEN

    @property
    def unknown(self) -> str:
        """What a refusal says of an address that belongs to no phone."""
        return _UNKNOWN[self.by]

    def site_changed(self, site: Site) -> None:
        """Go by the reservations of another revision."""
        self.reserved_for = reserved_for(site)

    def holder_of(self, address: str) -> str:
        """Return the MAC of the phone that this address belongs to; empty: none that is known."""
        if holder := self.holder(address):
            return holder
        reserved = self.reserved_for.get(address, "")
        if not reserved or not self.checked:
            return ""
        neighbour = self.neighbour(address)
        is_proved = neighbour == reserved or (not neighbour and self.by is OwnersBy.LEASES)
        return reserved if is_proved else ""


_UNKNOWN: Mapping[OwnersBy, str] = {
    OwnersBy.OWN_LEASES: "holds no lease of ours",
    OwnersBy.LEASES: "has no living lease in the lease file",
    OwnersBy.NEIGHBOURS: "is not a known neighbour on the interface",
    OwnersBy.PIN: "is not the address that the phone is pinned to (free it: ringup phone unpin PHONE)",
    OwnersBy.OPEN: "",
}


def reserved_for(site: Site) -> dict[str, str]:
    """Return the MAC of the phone that each address is reserved for."""
    return {str(phone.address): phone.mac for phone in site.phones if phone.address}
