"""The owner of an address if another node assigns the addresses."""

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.server import DhcpServer
from ringup.errors import StoreError
from ringup.serve.nodes.shared_leases import FRESH_SECONDS, MOST_KEPT, PAUSE_SECONDS, SharedLeases
from tests.engine.dhcp.clients import NOW, SETTINGS

OURS, THEIRS = "00164600000A", "00164600000B"
ADDRESS = "10.0.0.10"


class World:
    """A node with a lease in memory, and the database."""

    def __init__(self) -> None:
        self.now = 100.0
        self.is_active = False
        self.database: dict[str, Lease] = {ADDRESS: Lease(THEIRS, ADDRESS, NOW + 60)}
        self.is_down = False
        self.reads = 0
        own = DhcpServer(SETTINGS, [Lease(OURS, ADDRESS, NOW + 60)])
        self.leases = SharedLeases(own, self.read, lambda: self.is_active, lambda: self.now)

    def read(self, address: str) -> Lease | None:
        self.reads += 1
        if self.is_down:
            raise StoreError("the leases", "no answer.", "")
        return self.database.get(address)


@pytest.fixture
def world() -> World:
    return World()


def test_the_database_knows_it_on_standby_and_the_memory_when_active(world: World) -> None:
    assert (world.leases.holder_of(ADDRESS, NOW), world.leases.who_has(ADDRESS)) == (THEIRS, THEIRS)
    world.is_active = True
    assert (world.leases.holder_of(ADDRESS, NOW), world.leases.who_has(ADDRESS)) == (OURS, OURS)


@pytest.mark.parametrize(
    ("lease", "holder"),
    [
        (Lease(THEIRS, ADDRESS, NOW + 1), THEIRS),
        (Lease(THEIRS, ADDRESS, NOW), ""),
        (Lease(THEIRS, ADDRESS, NOW + 1, LeaseState.RELEASED), ""),
        (None, ""),
    ],
)
def test_only_a_living_lease_counts(world: World, lease: Lease | None, holder: str) -> None:
    world.database = {ADDRESS: lease} if lease else {}
    assert world.leases.holder_of(ADDRESS, NOW) == holder


def test_a_phone_reserved_an_address_that_nobody_leased(world: World) -> None:
    assert world.leases.who_has("10.0.0.50") == "001646C0FFEE"


def test_a_phone_that_requests_several_files_is_looked_up_once(world: World) -> None:
    for _ in range(5):
        world.leases.holder_of(ADDRESS, NOW)
    assert world.reads == 1
    world.database.clear()
    world.now += FRESH_SECONDS
    assert world.leases.holder_of(ADDRESS, NOW) == ""


def test_a_database_that_does_not_answer_is_not_asked_by_each_phone(world: World) -> None:
    world.is_down = True
    for address in (ADDRESS, "10.0.0.11", "10.0.0.12"):
        world.leases.holder_of(address, NOW)
    assert world.reads == 1
    assert (world.leases.holder_of(ADDRESS, NOW), world.leases.who_has(ADDRESS)) == (OURS, OURS)
    world.is_down = False
    world.now += PAUSE_SECONDS
    assert world.leases.holder_of(ADDRESS, NOW) == THEIRS


def test_addresses_that_a_host_invents_are_not_all_remembered(world: World) -> None:
    for number in range(MOST_KEPT + 1):
        world.leases.holder_of(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", NOW)
    assert len(world.leases._kept) == 1
