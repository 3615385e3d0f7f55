"""Find the phone that an address belongs to, by the method that `--owners` selects.

Strategy: the selected method returns the phone of an address. If it finds no phone, ringup looks for a phone
whose record has this address (`ringup phone set PHONE --address`). Such a phone holds the address if the
neighbour table shows the phone's MAC there. The table does not show hosts behind a router; for these, the
record is enough if ringup follows another server's lease file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ringup.serve.owners.source import OwnersBy
from ringup.site.model import Site

Holder = Callable[[str], str]
"""Takes an address; returns the MAC of the phone that it belongs to; empty: no phone."""

Claim = Callable[[str, str, str], str]
"""Takes the phone whose own file is requested, the address, and its holder; returns its new holder."""


def no_claim(_mac: str, _address: str, holder: str) -> str:
    """Return the holder unchanged: only with pins can a request change the holder."""
    return holder


@dataclass(slots=True)
class AddressOwners:
    """Finds the phone of an address; the threads of TFTP and HTTP use this object."""

    by: OwnersBy
    holder: Holder
    neighbour: Holder
    """Reads the kernel's neighbour table."""
    reserved_for: Mapping[str, str]
    """The MAC of the phone whose record has this address, by address."""
    claim: Claim = no_claim
    unknown: str = field(init=False)
    """The reason for a refusal if the address belongs to no phone."""

    def __post_init__(self) -> None:
        """Look up the reason once: TFTP passes it with each request."""
        self.unknown = _UNKNOWN[self.by]

    @property
    def checked(self) -> bool:
        """Return whether only the phone itself may get its files."""
        return self.by is not OwnersBy.OPEN

    def site_changed(self, site: Site) -> None:
        """Use the reservations of another revision from now on."""
        self.reserved_for = reserved_for(site)

    def holder_of(self, address: str) -> str:
        """Return the MAC of the phone that this address belongs to; empty: no known phone."""
        if holder := self.holder(address):
            return holder
        reserved = self.reserved_for.get(address, "")
        if not reserved or not self.checked:
            return ""
        neighbour = self.neighbour(address)
        is_proved = neighbour == reserved or (not neighbour and self.by is OwnersBy.LEASES)
        return reserved if is_proved else ""


_UNKNOWN: Mapping[OwnersBy, str] = {
    OwnersBy.OWN_LEASES: "has no lease from this server",
    OwnersBy.LEASES: "has no current lease in the lease file",
    OwnersBy.NEIGHBOURS: "is not in the interface's neighbour table",
    OwnersBy.PIN: "is not the address that the phone is pinned to (free it: ringup phone unpin PHONE)",
    OwnersBy.OPEN: "",
}


def reserved_for(site: Site) -> dict[str, str]:
    """Return the MAC of the phone that each address is reserved for."""
    return {str(phone.address): phone.mac for phone in site.phones if phone.address}
