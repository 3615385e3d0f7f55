"""The plan of one demo run: the PBX, the driver, the speed of the phones' flash, and the fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.site.model import Driver, Line, Pbx, Phone, Protocol, Site, Subnet

SERVER = IPv4Address("10.79.60.1")
PBX = IPv4Address("10.79.60.2")
NETWORK = IPv4Network("10.79.60.0/24")
POOL = (IPv4Address("10.79.60.100"), IPv4Address("10.79.60.199"))
LOAD = "P0S3-8-12-00"
SCCP_LOAD = "P00308010200"

MANAGER_USER = "ringup"
RING_SECONDS = 4
"""Seconds before voicemail answers: long enough to be seen, short enough for a demo."""

PROTOCOLS = ("sip", "sccp", "mixed")
"""The protocol of the phones; ``mixed``: the first phone uses SIP, the second one SCCP."""
WITH_SCCP = ("16",)
"""The Asterisk releases that have chan_skinny."""

TRANSPORTS: dict[str, tuple[Driver, ...]] = {"16": ("chan_sip", "pjsip"), "22": ("pjsip",)}
"""The drivers of each Asterisk release; chan_sip was removed in 21."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One phone of the demo, and its user."""

    host: str
    mac: str
    extension: str
    name: str


OWNERS = (
    Owner("phone1", "001646C0FFEE", "201", "Larry Ellison"),
    Owner("phone2", "001646000000", "202", "Ada Lovelace"),
)
"""The phones of the demo. The second MAC has digits only, because spreadsheets and YAML convert such a MAC to
a number.
"""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The plan of one run."""

    sandbox: Path
    """The private Asterisk, or an empty path for the machine's own."""
    state: Path
    asterisk: str = "22"
    driver: Driver = "pjsip"
    protocol: str = "sip"
    """One of PROTOCOLS."""
    speed: float = 10.0
    seed: int | None = None
    """Seed of the phones' times and ports; None: each run differs."""
    fault: str = ""
    """A key of `demo.faults.FAULTS`; empty: no fault."""
    capture: Path | None = None
    """The file for a pcap of the complete run."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the phones that differ from the defaults of a site."""
    owners: tuple[Owner, ...] = field(default=OWNERS)

    def protocol_of(self, owner: Owner) -> Protocol:
        """Return what a phone speaks after its conversion."""
        is_sccp = self.protocol == "sccp" or (self.protocol == "mixed" and owner is not self.owners[0])
        return "sccp" if is_sccp else "sip"

    def load_of(self, mac: str) -> str:
        """Return the firmware that a phone gets."""
        owner = next(owner for owner in self.owners if owner.mac == mac)
        return LOAD if self.protocol_of(owner) == "sip" else SCCP_LOAD

    @property
    def etc(self) -> Path:
        """Return the PBX's configuration folder."""
        return self.state / "pbx" / "etc" / "asterisk"

    @property
    def database(self) -> Path:
        """Return the server's database."""
        return self.state / "ringup.db"

    @property
    def firmware(self) -> Path:
        """Return the server's firmware folder."""
        return self.state / "firmware"


def site_of(plan: DemoPlan, secrets: list[str], manager_secret: str, options: dict[str, str]) -> Site:
    """Return a site for two phones, as an operator would make it; `options` replace endpoint options."""
    phones = tuple(
        Phone(
            mac=owner.mac,
            model="7960",
            label=owner.name.split()[0],
            password=secret[:12],
            protocol=plan.protocol_of(owner),
            lines=(Line(extension=owner.extension, name=owner.name, secret=secret),),
        )
        for owner, secret in zip(plan.owners, secrets, strict=True)
    )
    pbx = Pbx(
        address=str(PBX),
        driver=plan.driver,
        bind=str(PBX),
        ring_seconds=RING_SECONDS,
        options=options,
        etc=str(plan.etc),
        manager_host=str(PBX),
        manager_user=MANAGER_USER,
        manager_secret=manager_secret,
    )
    subnet = Subnet(
        network=NETWORK, first=POOL[0], last=POOL[1], router=SERVER, dns=(SERVER,), lease_seconds=3600
    )
    return Site(
        name="demo", time_zone="Europe/London", load=LOAD, sccp_load=SCCP_LOAD, pbx=pbx, subnets=(subnet,),
        phones=phones, server_address=SERVER, settings=dict(plan.settings),
    )  # fmt: skip
