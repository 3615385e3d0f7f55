"""Two servers on one PostgreSQL: one is killed while twenty phones boot, and all of them come up."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.events import AddressLeased, NodeActive, NodeStandby
from ringup.site.model import Line, Pbx, Phone, Site, Subnet
from tests.end_to_end.node_rig import Rig, rig
from tests.store.postgresql_server import PostgresqlServer, postgresql

__all__ = ["postgresql"]

pytestmark = pytest.mark.end_to_end

MACS = [f"0016460000{number:02X}" for number in range(20)]
SERVICE = "DHCP on 10.77.0.0/24"
LONGEST = 75.0
"""Seconds: a phone that lost its TFTP server asks the next one after 39."""

SITE = Site(
    pbx=Pbx(address="10.77.0.9"),
    subnets=(
        Subnet(
            network=IPv4Network("10.77.0.0/24"),
            first=IPv4Address("10.77.0.100"),
            last=IPv4Address("10.77.0.149"),
        ),
    ),
    phones=tuple(
        Phone(mac=mac, lines=(Line(extension=str(200 + number), secret="tell-nobody"),))
        for number, mac in enumerate(MACS)
    ),
)


def addresses_of(made: Rig) -> dict[str, str]:
    """The address that each phone says it has."""
    return {
        mac: next(each["address"] for each in reversed(made.reports(mac)) if each["kind"] == "address")
        for mac in MACS
    }


@pytest.mark.parametrize(
    ("killed", "active"),
    [("one", ["one", "two"]), ("two", ["one"])],
    ids=["the node that answers DHCP", "the node on standby"],
)
def test_all_phones_come_up_although_a_node_is_killed(
    killed: str,
    active: list[str],
    tmp_path: Path,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RINGUP_KEY", str(tmp_path / "ringup.key"))
    with rig(tmp_path, postgresql, SITE) as made:
        made.start_node("one", "--no-pbx")
        made.start_node("two", "--no-pbx")
        for mac in MACS:
            made.switch_on(mac)
        made.wait_for(lambda: int(made.query("SELECT count(*) FROM leases")) >= 8, "eight leases")
        assert not all(map(made.has_own_file, MACS))
        made.running[killed].kill()
        made.wait_for(lambda: all(map(made.has_own_file, MACS)), "all phones to have their files", LONGEST)

        rows = made.query("SELECT mac, address FROM leases WHERE state = 'leased'").splitlines()
        assert sorted(rows) == sorted(f"{mac}|{address}" for mac, address in addresses_of(made).items())
        assert len({row.partition("|")[2] for row in rows}) == len(MACS)
        given = {(event.address, event.mac) for event in made.events(AddressLeased)}
        assert max(Counter(address for address, _ in given).values()) == 1, "two phones had one address"

        wanted = {mac: ("own_file", address) for mac, address in addresses_of(made).items()}
        made.wait_for(lambda: made.board("one") == made.board("two") == wanted, "both boards", 15)
        assert [event.node for event in made.events(NodeActive)] == active
        assert [event.node for event in made.events(NodeStandby)] == ["two"]
