"""The options of `ringup serve` on the command line."""

from dataclasses import dataclass
from pathlib import Path

from ringup.serve.owners.source import NEIGHBOURS, OWN_LEASES, OwnerSource


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one server, which serves one interface."""

    interface: str
    database: str
    firmware: Path
    files: Path | None = None
    """The operator's own files: ring tones, logos."""
    directory: tuple[Path, ...] = ()
    """CSV files with names and numbers for the phones' Directory button."""
    user: str = ""
    """Become this user once the sockets are open; empty: keep the current user."""
    dhcp: bool = True
    tftp: bool = True
    http: bool = True
    pbx: bool = True
    events: bool = True
    """Store and log the events of each phone, and follow its state."""
    listen: bool = True
    """Listen to CDP announcements and SIP headers that pass on the interface."""
    sntp: bool = False
    """Answer SNTP requests with the time of this machine's clock."""
    voice_vlan: tuple[str, int] | None = None
    """Interface and voice VLAN that phones there get by CDP; None: CDP queries are not answered."""
    trust_clock: bool = False
    """Answer SNTP requests even if no program synchronises the clock."""
    serve_all: bool = False
    """Give addresses to every client, not only to Cisco phones."""
    probe: bool = True
    """Probe a pool address before it is first offered."""
    allow_other_dhcp: bool = False
    """Start even if another DHCP server answers on the segment, and never refuse (NAK) addresses that may be
    the other server's.
    """
    tftp_port: int = 69
    first_reply_port: int = 0
    """First UDP port of the transfers; 0: the kernel chooses them."""
    http_ports: tuple[int, ...] = ()
    """The HTTP ports; empty: those of the default ports that are free."""
    metrics: tuple[str, int] | None = None
    """Address and port of the page for Prometheus; None: there is none."""
    web: str = ""
    """Address and port of the web page, like ``127.0.0.1:8060``; empty: the default of `ringup web`."""
    no_web: bool = False
    """Start no process for the web page."""
    keep_days: float = 30
    """Days for which every event is kept; of older events, only each phone's last boots and failures are
    kept.
    """
    keep_megabytes: int = 2000
    """Maximum size of the database in megabytes; above it, events are deleted earlier."""
    node: str = ""
    """The name of this server among those that share a database; empty: the machine's host name."""
    owners: OwnerSource | None = None
    """The method that identifies the phone of an address; None: the default of `owners_by`."""

    @property
    def owners_by(self) -> OwnerSource:
        """Return the chosen method; by default ringup's own leases with DHCP, else the neighbour table."""
        return self.owners or (OWN_LEASES if self.dhcp else NEIGHBOURS)
