"""Two servers on one PostgreSQL database: one is killed while twenty phones boot, and all of them
register.
"""

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.asterisk import sandbox
from ringup.asterisk.install import install
from ringup.events import AddressLeased, FileSent, LineRegistered, NodeActive, NodeStandby
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from tests.end_to_end.node_rig import NODES, Rig, rig
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

pytestmark = pytest.mark.end_to_end

MACS = [f"0016460000{number:02X}" for number in range(20)]
EXTENSIONS = {mac: str(200 + number) for number, mac in enumerate(MACS)}
PBX = "10.77.0.9"
SECRET = "s3cret"
SERVICE = "DHCP on 10.77.0.0/24"
METRICS = "127.0.0.1:9469"
LONGEST = 110.0
"""Maximum seconds; if a phone loses its TFTP server, each of its two programs tries the next one after 39
s.
"""


def site_of(etc: Path) -> Site:
    """Return a site with twenty phones, whose accounts are in the files of one Asterisk; every node can write
    them.
    """
    return Site(
        pbx=Pbx(
            address=PBX,
            bind=PBX,
            etc=str(etc),
            manager_host=PBX,
            manager_user="ringup",
            manager_secret=SECRET,
        ),
        subnets=(
            Subnet(
                network=IPv4Network("10.77.0.0/24"),
                first=IPv4Address("10.77.0.100"),
                last=IPv4Address("10.77.0.149"),
            ),
        ),
        phones=tuple(
            Phone(mac=mac, lines=(Line(extension=extension, secret=f"of-{extension}", voicemail=False),))
            for mac, extension in EXTENSIONS.items()
        ),
    )


def addresses_of(made: Rig) -> dict[str, str]:
    """Return the address that each phone reports."""
    return {
        mac: next(each["address"] for each in reversed(made.reports(mac)) if each["kind"] == "address")
        for mac in MACS
    }


def is_complete(made: Rig, mac: str) -> bool:
    """Return whether a phone's events include its address, its own file and its registration."""
    events = made.events_of(mac)
    kinds, files = {type(event) for event in events}, {getattr(event, "name", "") for event in events}
    return {AddressLeased, FileSent, LineRegistered} <= kinds and f"SIP{mac}.cnf" in files


def board_of_the_server(made: Rig, node: str) -> dict[str, int]:
    """Return the phones of the site by their state, as the server itself counts them."""
    page = made.net.run(node, ["curl", "-sf", f"http://{METRICS}/metrics"]).stdout
    found = [line.split() for line in page.splitlines() if line.startswith("ringup_phones_by_state{")]
    return {name.split('"')[1]: int(float(count)) for name, count in found if float(count)}


def no_address_is_leased_twice(made: Rig) -> bool:
    """Return whether each phone has the one lease that it reports, and never shared an address."""
    rows = made.query("SELECT mac, address FROM leases WHERE state = 'leased'").splitlines()
    given = {(event.address, event.mac) for event in made.events(AddressLeased)}
    return (
        sorted(rows) == sorted(f"{mac}|{address}" for mac, address in addresses_of(made).items())
        and len({row.partition("|")[2] for row in rows}) == len(MACS)
        and len({address for address, _ in given}) == len(given)
    )


def boards_agree(made: Rig) -> bool:
    """Return whether `ringup status` on each node, and each server, show that all phones are registered."""
    wanted = {mac: ("registered", address, (EXTENSIONS[mac],)) for mac, address in addresses_of(made).items()}
    return all(
        made.board(node) == wanted and board_of_the_server(made, node) == {"in_service": len(MACS)}
        for node in NODES
    )


@pytest.mark.parametrize(
    ("killed", "active"),
    [("one", ["one", "two"]), ("two", ["one"])],
    ids=["the node that answers DHCP", "the node on standby"],
)
def test_all_phones_register_although_a_node_is_killed(
    killed: str,
    active: list[str],
    tmp_path: Path,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    instance = tmp_path / "pbx"
    etc = sandbox.prepare(instance, address=PBX, manager_secret=SECRET)
    site = site_of(etc)
    install(site, etc)
    with rig(tmp_path, postgresql, site, {"pbx": f"{PBX}/24"}) as made:
        made.start_asterisk(instance)
        for node in NODES:
            made.start_node(node, "--metrics", METRICS)
        for mac in MACS:
            made.switch_on(mac)
        made.wait_for(lambda: int(made.query("SELECT count(*) FROM leases")) >= 8, "eight leases")
        assert not all(map(made.has_registered, MACS))
        made.running[killed].kill()
        made.wait_for(lambda: all(map(made.has_registered, MACS)), "all phones to register", LONGEST)

        assert no_address_is_leased_twice(made)
        made.start_node(killed, "--metrics", METRICS)
        made.wait_for(lambda: boards_agree(made), "both boards", 15)
        assert [mac for mac in MACS if not is_complete(made, mac)] == []
        assert [each.node for each in made.events(NodeActive) if each.service == SERVICE] == active
        assert [each.node for each in made.events(NodeStandby) if each.service == SERVICE] == ["two", killed]
