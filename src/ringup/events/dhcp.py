"""Events while a phone gets its address."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscoverReceived:
    """A DHCPDISCOVER that is not answered at once."""

    at: float
    mac: str
    vendor_class: str
    interface: str = ""


@dataclass(frozen=True, slots=True)
class AddressOffered:
    """Our DHCPOFFER; with the interface it tells of the DHCPDISCOVER too, which had no event of its own."""

    at: float
    mac: str
    address: str
    tftp_server: str
    vendor_class: str = ""
    interface: str = ""

    @property
    def question(self) -> DiscoverReceived | None:
        """The DHCPDISCOVER that this tells of too; None if that has an event of its own."""
        told = (self.vendor_class, self.interface)
        return DiscoverReceived(self.at, self.mac, *told) if self.interface else None


@dataclass(frozen=True, slots=True)
class AddressLeased:
    """Our DHCPACK; the lease was on disk before it left."""

    at: float
    mac: str
    address: str
    seconds: int
    """Lease time; 0 where the log of another server does not tell."""
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """Our DHCPNAK."""

    at: float
    mac: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class AddressDeclined:
    """A DHCPDECLINE: the phone found that another host uses the address."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class AddressReleased:
    """A DHCPRELEASE."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class InformReceived:
    """A DHCPINFORM: the phone has an address and asks for the rest."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class OtherServerChosen:
    """A broadcast DHCPREQUEST that takes another server's offer."""

    at: float
    mac: str
    server: str


@dataclass(frozen=True, slots=True)
class OtherServerSeen:
    """Another DHCP server answered on the segment."""

    at: float
    mac: str
    server: str
    tftp_server: str
    """What it gives as option 150, 66 or siaddr; empty when it gives none."""


@dataclass(frozen=True, slots=True)
class DhcpIgnored:
    """A DHCP packet that gets no answer, and why."""

    at: float
    mac: str
    reason: str


@dataclass(frozen=True, slots=True)
class PoolEmpty:
    """No address is free for this phone."""

    at: float
    mac: str
    subnet: str


@dataclass(frozen=True, slots=True)
class AddressInUse:
    """A host answered the probe of a pool address, so the address is set aside."""

    at: float
    mac: str
    """The phone that it was meant for."""
    address: str
    holder: str
    """The hardware address that answered; empty when a ping was answered from behind a router."""
