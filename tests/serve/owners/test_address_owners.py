"""To which phone an address belongs, by each method, and the weight of the operator's own entry."""

from ipaddress import IPv4Address

import pytest

from ringup.serve.owners.address_owners import AddressOwners, reserved_for
from ringup.serve.owners.source import OwnersBy
from ringup.site.model import Phone, Site

MAC, OTHER = "001646C0FFEE", "00112233AABB"
SITE = Site(phones=(Phone(mac=MAC, address=IPv4Address("10.0.0.50")),))


def owners(by: OwnersBy, holder: str = "", neighbour: str = "") -> AddressOwners:
    return AddressOwners(by, lambda _: holder, lambda _: neighbour, reserved_for(SITE))


def test_who_holds_the_address_counts_before_a_reservation() -> None:
    assert owners(OwnersBy.LEASES, OTHER, MAC).holder_of("10.0.0.50") == OTHER


@pytest.mark.parametrize("by", [OwnersBy.OWN_LEASES, OwnersBy.NEIGHBOURS, OwnersBy.LEASES])
def test_a_reserved_address_is_its_phones_only_if_its_neighbour_is(by: OwnersBy) -> None:
    assert owners(by, neighbour=MAC).holder_of("10.0.0.50") == MAC
    assert owners(by, neighbour=OTHER).holder_of("10.0.0.50") == ""
    assert owners(by, neighbour=MAC).holder_of("10.0.0.51") == ""


@pytest.mark.parametrize(
    ("by", "holder"),
    [(OwnersBy.OWN_LEASES, ""), (OwnersBy.NEIGHBOURS, ""), (OwnersBy.LEASES, MAC)],
)
def test_behind_a_router_the_operators_word_is_enough_where_another_server_gives_leases(
    by: OwnersBy, holder: str
) -> None:
    assert owners(by).holder_of("10.0.0.50") == holder


def test_another_revision_has_other_reservations() -> None:
    checked = owners(OwnersBy.LEASES)
    checked.site_changed(Site())
    assert checked.holder_of("10.0.0.50") == ""
