"""Events of the server itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerStarted:
    """`ringup serve` has opened its sockets and answers."""

    at: float
    mac: str
    version: str
    missing: str = ""
    """Reasons why phones of the site cannot come up; empty when none is known."""
    node: str = ""
    """The server among several on one database; empty: there is one."""


@dataclass(frozen=True, slots=True)
class ServerStopped:
    """`ringup serve` stopped cleanly."""

    at: float
    mac: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class NodeActive:
    """A node alone provides a service from now on: DHCP on one network, or the link to the PBX."""

    at: float
    mac: str
    node: str
    service: str


@dataclass(frozen=True, slots=True)
class NodeStandby:
    """A node does not provide a service that one node alone provides; it takes over when that one is gone."""

    at: float
    mac: str
    node: str
    service: str
    active: str
    """The node that provides it; empty if none is known."""


@dataclass(frozen=True, slots=True)
class SiteChanged:
    """A new revision is being served."""

    at: float
    mac: str
    revision: int
    missing: str = ""
    """Reasons why phones of the site cannot come up, as in `ServerStarted`."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxConnected:
    """The manager interface accepted our login."""

    at: float
    mac: str
    version: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxLost:
    """The manager interface is unreachable; phones keep working, we see no registrations."""

    at: float
    mac: str
    reason: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class PbxReloaded:
    """Our files were written and Asterisk reloaded its files."""

    at: float
    mac: str
    files: str
    """Names of the changed files, separated by blanks."""
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
    """A rule of ``ringup check`` found a fault that makes phones fail; it stands until `MachineFaultOver`."""

    at: float
    mac: str
    code: str
    """The rule."""
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
    """The interface that phones are served on went away or down; it is looked for until it is back."""

    at: float
    mac: str
    interface: str
    reason: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class InterfaceBack:
    """The interface is there again and phones are served on it."""

    at: float
    mac: str
    interface: str
    node: str = ""


@dataclass(frozen=True, slots=True)
class ServerAddressChanged:
    """The interface has other addresses than before; phones are told the new first one from now on."""

    at: float
    mac: str
    interface: str
    before: str
    """The first address so far."""
    after: str
    missing: str = ""
    """Reasons why phones of the site cannot come up, as in `ServerStarted`."""
    node: str = ""


@dataclass(frozen=True, slots=True)
class StoreSlow:
    """The database was slow to write; phones wait that long for their addresses."""

    at: float
    mac: str
    what: str
    """``leases`` or ``events``."""
    seconds: float
    node: str = ""


@dataclass(frozen=True, slots=True)
class EventsOmitted:
    """Events of one source that were neither logged nor stored, because no phone makes so many."""

    at: float
    mac: str
    """The phone of the site, if they are proven to be its own."""
    source: str
    """The IP address they came from; empty for DHCP messages, and for the sum of many sources."""
    count: int
    """Within a minute."""
    kinds: str
    """Names of the events, separated by commas."""
