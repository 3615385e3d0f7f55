"""Events of DHCP, while a phone gets its address."""

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
    """The server sent a DHCPOFFER; if the interface is set, this event also stands for the DHCPDISCOVER."""

    at: float
    mac: str
    address: str
    tftp_server: str
    vendor_class: str = ""
    interface: str = ""

    @property
    def implied_discover(self) -> DiscoverReceived | None:
        """Return the DHCPDISCOVER for which this event stands, too; None if it has an event of its own."""
        source = (self.vendor_class, self.interface)
        return DiscoverReceived(self.at, self.mac, *source) if self.interface else None


@dataclass(frozen=True, slots=True)
class AddressLeased:
    """The server sent a DHCPACK; the lease was on disk before."""

    at: float
    mac: str
    address: str
    seconds: int
    """The lease time in seconds; 0 if the log of another server does not show it."""
    renewed: bool = False


@dataclass(frozen=True, slots=True)
class AddressRefused:
    """The server sent a DHCPNAK."""

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
    """A DHCPRELEASE: the phone returns its address."""

    at: float
    mac: str
    address: str


@dataclass(frozen=True, slots=True)
class InformReceived:
    """A DHCPINFORM: the phone has an address and requests the other options."""

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
    """The TFTP server in the other server's option 150, 66 or siaddr; empty if it sends none."""


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
    """The phone for which the address was probed."""
    address: str
    holder: str
    """The hardware address of the host that replied; empty if a host behind a router replied to a ping."""


DhcpEvent = (
    DiscoverReceived
    | AddressOffered
    | AddressLeased
    | AddressRefused
    | AddressDeclined
    | AddressReleased
    | InformReceived
    | OtherServerChosen
    | OtherServerSeen
    | DhcpIgnored
    | PoolEmpty
    | AddressInUse
)
