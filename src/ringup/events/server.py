"""Events of the server itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """`ringup serve` has opened its sockets and answers."""

    at: float
    mac: str
    version: str
    missing: str = ""
    """Reasons why phones of the site cannot get into service; empty if none is known."""
    node: str = ""
    """The name of this server, if several share the database; otherwise empty."""


@dataclass(frozen=True, slots=True)
class ServerStopped:
    """`ringup serve` stopped cleanly."""

    at: float
    mac: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class NodeActive:
    """A node became active: it alone now provides DHCP on one network, or the link to the PBX."""

    at: float
    mac: str
    node: str
    service: str


@dataclass(frozen=True, slots=True)
class NodeStandby:
    """A node is on standby for a service; it takes over if the active node fails."""

    at: float
    mac: str
    node: str
    service: str
    active: str
    """The active node; empty if none is known."""


@dataclass(frozen=True, slots=True)
class SiteChanged:
    """A new revision is being served."""

    at: float
    mac: str
    revision: int
    missing: str = ""
    """Reasons why phones of the site cannot get into service, as in `ServerStarted`."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxConnected:
    """Asterisk's manager interface accepted ringup's login."""

    at: float
    mac: str
    version: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxLost:
    """Asterisk's manager interface is unreachable; phones keep working, but ringup sees no registrations."""

    at: float
    mac: str
    reason: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxReloaded:
    """ringup's files for Asterisk were written, and Asterisk reloaded its files."""

    at: float
    mac: str
    files: str
    """Names of the changed files, separated by spaces."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class ServerFault:
    """The server failed to handle one datagram or request; it continues to serve."""

    at: float
    mac: str
    what: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class MachineFault:
    """A rule of ``ringup check`` found a fault that makes phones fail; it lasts until `MachineFaultOver`."""

    at: float
    mac: str
    code: str
    """The code of the rule."""
    what: str
    cure: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class MachineFaultOver:
    """The rule no longer finds the fault with this text."""

    at: float
    mac: str
    code: str
    what: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceLost:
    """The served interface went down or disappeared; the server checks for it until it is back."""

    at: float
    mac: str
    interface: str
    reason: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceBack:
    """The interface is back, and the server serves phones on it."""

    at: float
    mac: str
    interface: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class ServerAddressChanged:
    """The addresses of the interface changed; phones now get the new first address."""

    at: float
    mac: str
    interface: str
    before: str
    """The former first address of the interface."""
    after: str
    missing: str = ""
    """Reasons why phones of the site cannot get into service, as in `ServerStarted`."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class StoreSlow:
    """The database was slow to write; phones had to wait this long for their addresses."""

    at: float
    mac: str
    what: str
    """The data that were written slowly: ``leases`` or ``events``."""
    seconds: float
    node: str = ""


@dataclass(frozen=True, slots=True)
class EventsOmitted:
    """Events of one source exceeded the limits; they were neither logged nor stored."""

    at: float
    mac: str
    """The phone of the site, if it is proven that the phone caused these events."""
    source: str
    """The IP address of the source, or ``PBX``; empty for DHCP messages, and for the sum of many sources."""
    count: int
    """The number of omitted events within a minute."""
    kinds: str
    """Names of the events, separated by commas."""


ServerEvent = (
    ServerStarted
    | ServerStopped
    | NodeActive
    | NodeStandby
    | SiteChanged
    | PbxConnected
    | PbxLost
    | PbxReloaded
    | ServerAddressChanged
    | ServerFault
    | MachineFault
    | MachineFaultOver
    | InterfaceLost
    | InterfaceBack
    | StoreSlow
    | EventsOmitted
)
