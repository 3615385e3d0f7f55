"""The plan of one run of the demo: the PBX, the driver, the speed of the phones' flash, and the fault."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.demo.logo import FILE as LOGO
from ringup.site.model import Driver, Line, Pbx, Phone, Protocol, Site, Subnet

SERVER = IPv4Address("10.79.60.1")
PBX = IPv4Address("10.79.60.2")
NETWORK = IPv4Network("10.79.60.0/24")
POOL = (IPv4Address("10.79.60.100"), IPv4Address("10.79.60.199"))
LOAD = "P0S3-8-12-00"
SCCP_LOAD = "P00308010200"

MANAGER_USER = "ringup"
RING_SECONDS = 4
"""Seconds before voicemail answers; they are long enough to see the phone ring, and short enough for a
demo.
"""

OUTSIDE_RING = "Bellcore-dr2"
"""The ring of calls from outside."""

PROTOCOLS = ("sip", "sccp", "mixed")
"""The choices for the protocol of the phones; with ``mixed``, the first phone uses SIP, the second one
SCCP.
"""
WITH_SCCP = ("16",)
"""The Asterisk releases that have chan_skinny."""

TRANSPORTS: dict[str, tuple[Driver, ...]] = {"16": ("chan_sip", "pjsip"), "22": ("pjsip",)}
"""The drivers of each Asterisk release; release 21 removed chan_sip."""


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
"""The phones of the demo.

The second MAC consists of digits only, because spreadsheets and YAML may convert such a MAC to a number.
"""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """The plan of one run of the demo."""

    sandbox: Path
    """The folder of the private Asterisk; an empty path stands for the machine's own."""
    state: Path
    asterisk: str = "22"
    driver: Driver = "pjsip"
    protocol: str = "sip"
    """One of PROTOCOLS."""
    speed: float = 10.0
    seed: int | None = None
    """The seed for the random times and ports of the phones; None makes each run different."""
    fault: str = ""
    """The fault to reproduce, a key of `demo.faults.FAULTS`; empty for none."""
    capture: Path | None = None
    """The file for a packet capture (pcap) of the complete run; None for no capture."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings of the site for the phones; they replace default values."""
    phone_flags: tuple[str, ...] = ()
    """Further options of `ringup emulate` for the software phones."""
    owners: tuple[Owner, ...] = field(default=OWNERS)

    def protocol_of(self, owner: Owner) -> Protocol:
        """Return the protocol that a phone uses after its conversion."""
        is_sccp = self.protocol == "sccp" or (self.protocol == "mixed" and owner is not self.owners[0])
        return "sccp" if is_sccp else "sip"

    def load_of(self, mac: str) -> str:
        """Return the load that a phone gets."""
        owner = next(owner for owner in self.owners if owner.mac == mac)
        return LOAD if self.protocol_of(owner) == "sip" else SCCP_LOAD

    @property
    def etc(self) -> Path:
        """Return the PBX's configuration folder."""
        return self.state / "pbx" / "etc" / "asterisk"

    @property
    def database(self) -> Path:
        """Return the path of the server's database."""
        return self.state / "ringup.db"

    @property
    def files(self) -> Path:
        """Return the folder of the operator's files."""
        return self.state / "files"

    @property
    def firmware(self) -> Path:
        """Return the server's firmware folder."""
        return self.state / "firmware"


def site_of(plan: DemoPlan, secrets: list[str], manager_secret: str, options: dict[str, str]) -> Site:
    """Return a site with two phones, as an operator would make it.

    `options` replace options of the PBX's endpoints.
    """
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
        outside_ring=OUTSIDE_RING,
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
        phones=phones, server_address=SERVER, settings=dict(plan.settings), logo=LOGO,
    )  # fmt: skip
