"""What one demo run is: which PBX, which driver, how fast the flash is, and what is broken on purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from ringup.site.model import Driver, Line, Pbx, Phone, Site, Subnet

SERVER = IPv4Address("10.79.60.1")
PBX = IPv4Address("10.79.60.2")
NETWORK = IPv4Network("10.79.60.0/24")
POOL = (IPv4Address("10.79.60.100"), IPv4Address("10.79.60.199"))
LOAD = "P0S3-8-12-00"

MANAGER_USER = "ringup"
RING_SECONDS = 4
"""Before voicemail answers: long enough to be seen, short enough for a demo."""

TRANSPORTS: dict[str, tuple[Driver, ...]] = {"16": ("chan_sip", "pjsip"), "22": ("pjsip",)}
"""Which drivers each Asterisk still has; chan_sip was removed in 21."""


@dataclass(frozen=True, slots=True)
class Owner:
    """One phone of the demo and whose it is."""

    host: str
    mac: str
    extension: str
    name: str


OWNERS = (
    Owner("phone1", "001646C0FFEE", "201", "Larry Ellison"),
    Owner("phone2", "001646000000", "202", "Ada Lovelace"),
)
"""The second MAC is all digits on purpose: spreadsheets and YAML like to turn it into a number."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """One run."""

    sandbox: Path
    """The private Asterisk, or an empty path for the machine's own."""
    state: Path
    asterisk: str = "22"
    driver: Driver = "pjsip"
    speed: float = 10.0
    seed: int | None = None
    """Of the phones' times and ports; None: of no two runs the same."""
    fault: str = ""
    """A row of `demo.faults.FAULTS`; empty: everything as it should be."""
    capture: Path | None = None
    """Where a pcap of the whole run goes."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Parameters of the phones that differ from what a site has without being asked."""
    owners: tuple[Owner, ...] = field(default=OWNERS)

    @property
    def etc(self) -> Path:
        """The PBX's configuration folder."""
        return self.state / "pbx" / "etc" / "asterisk"

    @property
    def database(self) -> Path:
        """The server's store."""
        return self.state / "ringup.db"

    @property
    def firmware(self) -> Path:
        """The server's firmware folder."""
        return self.state / "firmware"


def site_of(plan: DemoPlan, secrets: list[str], manager_secret: str, options: dict[str, str]) -> Site:
    """The site an operator would make for two phones; `options` replace endpoint or peer options."""
    phones = tuple(
        Phone(
            mac=owner.mac,
            model="7960",
            label=owner.name.split()[0],
            password=secret[:12],
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
        name="demo", time_zone="Europe/London", load=LOAD, pbx=pbx, subnets=(subnet,), phones=phones,
        server_address=SERVER, settings=dict(plan.settings),
    )  # fmt: skip
