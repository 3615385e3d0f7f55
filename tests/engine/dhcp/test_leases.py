"""Which client gets which address: sticky, reserved, declined, used up."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from ringup.engine.dhcp.lease import Lease, LeaseState
from ringup.engine.dhcp.leases import OFFER_SECONDS, QUARANTINE_SECONDS, LeaseTable
from ringup.engine.dhcp.pools import Pool

NETWORK = IPv4Network("10.0.0.0/24")
NOW = 1_000_000.0
DAY = 86_400.0

ANNA, BERTA, CLARA, DORA = "00000000000A", "00000000000B", "00000000000C", "00000000000D"


def pool(first: str, last: str, network: IPv4Network = NETWORK, *excluded: str) -> Pool:
    return Pool(network, IPv4Address(first), IPv4Address(last), frozenset(excluded))


THREE = pool("10.0.0.10", "10.0.0.12")


def table(
    *pools: Pool, reservations: dict[str, str] | None = None, leases: tuple[Lease, ...] = ()
) -> LeaseTable:
    return LeaseTable(pools or (THREE,), reservations or {}, leases)


def take(leases: LeaseTable, mac: str, now: float = NOW, requested: str = "") -> str:
    """Send DISCOVER and REQUEST; return the address, leased for a day, or an empty text if there is none."""
    address = leases.offer(mac, NETWORK, requested, now)
    if address:
        leases.lease(Lease(mac, address, now + DAY), now)
    return address


def test_the_first_phone_gets_the_first_address_and_each_another() -> None:
    leases = table()
    assert [take(leases, mac) for mac in (ANNA, BERTA, CLARA)] == ["10.0.0.10", "10.0.0.11", "10.0.0.12"]
    assert len(leases) == 3


def test_a_used_up_pool_gives_nothing() -> None:
    leases = table()
    for mac in (ANNA, BERTA, CLARA):
        take(leases, mac)
    assert leases.offer(DORA, NETWORK, "", NOW) == ""


def test_an_unknown_network_gives_nothing() -> None:
    assert table().offer(ANNA, IPv4Network("10.9.0.0/24"), "", NOW) == ""


def test_a_phone_gets_the_same_address_again_long_after_its_lease_ended() -> None:
    leases = table()
    take(leases, ANNA)
    address = take(leases, BERTA)
    assert take(leases, BERTA, NOW + 30 * DAY) == address


def test_an_ended_lease_goes_to_another_only_when_no_address_is_unused() -> None:
    leases = table()
    take(leases, ANNA)
    later = NOW + 2 * DAY
    assert take(leases, BERTA, later) == "10.0.0.11"
    assert take(leases, CLARA, later) == "10.0.0.12"
    assert take(leases, DORA, later) == "10.0.0.10"
    assert leases.of(ANNA, NETWORK) is None


def test_of_the_ended_leases_the_one_that_ended_first_is_reused_first() -> None:
    leases = table()
    for number, mac in enumerate((ANNA, BERTA, CLARA)):
        take(leases, mac, NOW + number)
    take(leases, ANNA, NOW + 10)  # so Berta's lease is now the oldest
    assert take(leases, DORA, NOW + 2 * DAY) == "10.0.0.11"


def test_a_phone_that_moved_keeps_its_address_when_another_gets_its_former_one() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"))
    former = take(leases, ANNA)
    leases.reconfigure((pool("10.0.0.10", "10.0.0.10"),), {ANNA: "10.0.0.50"})
    assert take(leases, ANNA) == "10.0.0.50"
    assert take(leases, BERTA) == former
    record = leases.of(ANNA, NETWORK)
    assert record is not None
    assert record.address == "10.0.0.50"


def test_an_address_of_a_network_that_is_not_served_changes_hands_by_its_reservation() -> None:
    leases = table(reservations={BERTA: "10.9.0.1"}, leases=(Lease(ANNA, "10.9.0.1", NOW),))
    leases.lease(Lease(BERTA, "10.9.0.1", NOW + DAY), NOW)
    assert leases.holder_of("10.9.0.1", NOW) == BERTA


def test_an_offer_is_held_and_then_free_again() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"))
    assert leases.offer(ANNA, NETWORK, "", NOW) == "10.0.0.10"
    assert leases.offer(BERTA, NETWORK, "", NOW + OFFER_SECONDS - 1) == ""
    assert leases.offer(BERTA, NETWORK, "", NOW + OFFER_SECONDS) == "10.0.0.10"


def test_a_repeated_discover_gets_the_same_offer() -> None:
    leases = table()
    assert leases.offer(ANNA, NETWORK, "", NOW) == leases.offer(ANNA, NETWORK, "", NOW + 4)
    assert len(leases) == 1


def test_an_offer_to_a_phone_that_restarts_does_not_shorten_its_lease() -> None:
    leases = table()
    address = take(leases, ANNA)
    leases.take_changes()
    assert leases.offer(ANNA, NETWORK, "", NOW + 5) == address
    assert leases.at(address) == Lease(ANNA, address, NOW + DAY)
    assert leases.take_changes() == []


def test_a_withdrawn_offer_is_free_at_once() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"))
    leases.offer(ANNA, NETWORK, "", NOW)
    leases.withdraw_offer(ANNA, NETWORK, NOW + 1)
    assert leases.offer(BERTA, NETWORK, "", NOW + 1) == "10.0.0.10"


def test_withdrawing_touches_no_lease() -> None:
    leases = table()
    address = take(leases, ANNA)
    leases.withdraw_offer(ANNA, NETWORK, NOW + 1)
    leases.withdraw_offer(BERTA, NETWORK, NOW + 1)
    assert leases.at(address) == Lease(ANNA, address, NOW + DAY)


def test_the_requested_address_is_given_if_it_is_free() -> None:
    leases = table()
    assert leases.offer(ANNA, NETWORK, "10.0.0.12", NOW) == "10.0.0.12"
    assert leases.offer(BERTA, NETWORK, "10.0.0.12", NOW) == "10.0.0.10"
    assert leases.offer(CLARA, NETWORK, "10.0.0.200", NOW) == "10.0.0.11"


@pytest.mark.parametrize("address", ["10.0.0.0", "10.0.0.1", "10.0.0.255"])
def test_edges_of_the_network_and_addresses_of_servers_are_given_to_nobody(address: str) -> None:
    leases = table(Pool(NETWORK, NETWORK[0], NETWORK[-1], frozenset({"10.0.0.1"})))
    assert leases.offer(ANNA, NETWORK, address, NOW) == "10.0.0.2"
    assert leases.refusal_reason(BERTA, address, NETWORK, NOW) == "it is in no pool of this network"


def test_both_addresses_of_a_network_of_two_are_given() -> None:
    """RFC 3021."""
    link = IPv4Network("10.0.0.0/31")
    leases = table(Pool(link, link[0], link[-1]))
    assert [leases.offer(mac, link, "", NOW) for mac in (ANNA, BERTA)] == ["10.0.0.0", "10.0.0.1"]


def test_a_second_pool_of_a_network_is_used_when_the_first_is_empty() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"), pool("10.0.0.20", "10.0.0.20"))
    assert [take(leases, mac) for mac in (ANNA, BERTA, CLARA)] == ["10.0.0.10", "10.0.0.20", ""]
    assert take(leases, CLARA, NOW + 2 * DAY) == "10.0.0.10"
    assert take(leases, DORA, NOW + 2 * DAY) == "10.0.0.20"


# --- reservations ---------------------------------------------------------------------------------


def test_a_reserved_address_goes_to_its_phone_only() -> None:
    leases = table(reservations={BERTA: "10.0.0.10"})
    assert take(leases, ANNA) == "10.0.0.11"
    assert take(leases, CLARA) == "10.0.0.12"
    assert take(leases, DORA) == ""
    assert take(leases, BERTA) == "10.0.0.10"


def test_a_reserved_address_is_not_reused_after_its_lease_ended() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"), reservations={BERTA: "10.0.0.10"})
    take(leases, BERTA)
    assert take(leases, ANNA, NOW + 2 * DAY) == ""


def test_a_reservation_may_lie_outside_the_pool_but_not_outside_the_network() -> None:
    leases = table(reservations={ANNA: "10.0.0.200", BERTA: "10.1.0.7"})
    assert take(leases, ANNA) == "10.0.0.200"
    assert take(leases, BERTA) == "10.0.0.10"


def test_a_new_reservation_waits_until_the_address_is_free() -> None:
    leases = table()
    address = take(leases, ANNA)
    leases.reconfigure((THREE,), {BERTA: address})
    assert leases.refusal_reason(ANNA, address, NETWORK, NOW) == "it is reserved for another phone"
    assert leases.refusal_reason(BERTA, address, NETWORK, NOW) == "another phone has it"
    assert leases.offer(BERTA, NETWORK, "", NOW) == "10.0.0.11"
    assert leases.offer(BERTA, NETWORK, "", NOW + 2 * DAY) == address


def test_a_phone_that_moves_to_its_reservation_gives_the_old_address_back() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.10"))
    take(leases, ANNA)
    leases.take_changes()
    leases.reconfigure((pool("10.0.0.10", "10.0.0.10"),), {ANNA: "10.0.0.50"})
    assert take(leases, ANNA, NOW + 9) == "10.0.0.50"
    assert take(leases, BERTA, NOW + 9) == "10.0.0.10"
    assert [(lease.mac, lease.address) for lease in leases.take_changes()] == [
        (BERTA, "10.0.0.10"),
        (ANNA, "10.0.0.50"),
    ]


def test_a_phone_that_takes_another_offer_lets_the_first_one_go() -> None:
    leases = table(pool("10.0.0.10", "10.0.0.11"))
    assert leases.offer(ANNA, NETWORK, "", NOW) == "10.0.0.10"
    leases.lease(Lease(ANNA, "10.0.0.11", NOW + DAY), NOW)
    assert leases.offer(BERTA, NETWORK, "", NOW) == "10.0.0.10"
    assert leases.take_changes() == [Lease(ANNA, "10.0.0.11", NOW + DAY)]


# --- decline, release -------------------------------------------------------------------------------


@pytest.mark.parametrize("leased", [True, False])
def test_a_declined_address_is_given_to_nobody_for_a_while(leased: bool) -> None:
    leases = table(pool("10.0.0.10", "10.0.0.11"))
    address = take(leases, ANNA) if leased else leases.offer(ANNA, NETWORK, "", NOW)
    assert leases.decline(ANNA, address, NOW + 1)
    assert leases.of(ANNA, NETWORK) is None
    assert take(leases, ANNA, NOW + 2, requested=address) == "10.0.0.11"
    assert take(leases, BERTA, NOW + 2) == ""
    assert take(leases, BERTA, NOW + 1 + QUARANTINE_SECONDS) == "10.0.0.10"


def test_a_declined_reservation_stays_its_phones() -> None:
    leases = table(reservations={ANNA: "10.0.0.50"})
    take(leases, ANNA)
    assert leases.decline(ANNA, "10.0.0.50", NOW)
    assert leases.holder_of("10.0.0.50", NOW) == ""
    assert take(leases, ANNA, NOW) == "10.0.0.50"


def test_a_released_address_stays_the_phones_own_as_long_as_there_are_others() -> None:
    leases = table()
    address = take(leases, ANNA)
    assert leases.release(ANNA, address, NOW + 1)
    assert take(leases, BERTA, NOW + 1) == "10.0.0.11"
    assert take(leases, ANNA, NOW + 2) == address


def test_a_released_address_may_be_asked_for_by_another_even_if_the_clock_steps_back() -> None:
    leases = table()
    address = take(leases, ANNA)
    leases.release(ANNA, address, NOW + 1)
    assert leases.offer(BERTA, NETWORK, address, NOW - 50) == address


@pytest.mark.parametrize("address", ["10.0.0.10", "10.0.0.12"])
def test_nobody_releases_or_declines_what_is_not_theirs(address: str) -> None:
    leases = table()
    take(leases, ANNA)
    assert not leases.release(BERTA, address, NOW)
    assert not leases.decline(BERTA, address, NOW)
    assert leases.refusal_reason(BERTA, "10.0.0.10", NETWORK, NOW) == "another phone has it"


def test_what_was_released_is_neither_released_nor_declined_again() -> None:
    leases = table()
    address = take(leases, ANNA)
    assert leases.release(ANNA, address, NOW)
    assert not leases.release(ANNA, address, NOW)
    assert not leases.decline(ANNA, address, NOW)


# --- what is kept -----------------------------------------------------------------------------------


def test_only_acknowledged_declined_and_released_addresses_must_be_on_disk() -> None:
    leases = table()
    leases.offer(DORA, NETWORK, "", NOW)
    given = {mac: take(leases, mac) for mac in (ANNA, BERTA)}
    leases.release(ANNA, given[ANNA], NOW + 1)
    leases.decline(BERTA, given[BERTA], NOW + 2)
    assert leases.take_changes() == [
        Lease(ANNA, given[ANNA], NOW + 1, LeaseState.RELEASED),
        Lease(BERTA, given[BERTA], NOW + 2 + QUARANTINE_SECONDS, LeaseState.DECLINED),
    ]
    assert leases.take_changes() == []


def test_a_table_made_of_saved_leases_goes_on_where_the_last_one_ended() -> None:
    first = table()
    kept = {mac: take(first, mac) for mac in (ANNA, BERTA)}
    first.decline(BERTA, kept[BERTA], NOW)
    second = table(leases=tuple(first.take_changes()))
    assert take(second, CLARA, NOW) == "10.0.0.12"
    assert take(second, ANNA, NOW) == kept[ANNA]
    assert take(second, BERTA, NOW) == ""


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_saved_records_of_one_address_the_later_counts(turned: bool) -> None:
    saved = (Lease(ANNA, "10.0.0.10", NOW + 5), Lease(BERTA, "10.0.0.10", NOW + 9))
    leases = table(leases=saved[::-1] if turned else saved)
    assert leases.who_has("10.0.0.10") == BERTA
    assert leases.of(ANNA, NETWORK) is None


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_saved_records_of_one_phone_the_later_counts(turned: bool) -> None:
    saved = (Lease(ANNA, "10.0.0.10", NOW + 5), Lease(ANNA, "10.0.0.11", NOW + 9))
    leases = table(leases=saved[::-1] if turned else saved)
    assert take(leases, ANNA) == "10.0.0.11"


def test_leases_of_a_network_that_is_no_longer_served_are_kept() -> None:
    leases = table()
    address = take(leases, ANNA)
    other = IPv4Network("10.2.0.0/24")
    leases.reconfigure((pool("10.2.0.5", "10.2.0.9", other),), {})
    assert leases.of(ANNA, NETWORK) is None
    assert leases.who_has(address) == ANNA
    assert leases.refusal_reason(ANNA, address, NETWORK, NOW) == "it is in no pool of this network"
    assert leases.release(ANNA, address, NOW)
    leases.reconfigure((THREE,), {})
    assert take(leases, ANNA, NOW + 1) == address


def test_a_phone_may_have_an_address_on_each_of_two_networks() -> None:
    other = IPv4Network("10.2.0.0/24")
    leases = table(THREE, pool("10.2.0.5", "10.2.0.9", other))
    here, there = (leases.offer(ANNA, network, "", NOW) for network in (NETWORK, other))
    assert (here, there) == ("10.0.0.10", "10.2.0.5")
    assert leases.who_has(here) == ""


def test_an_address_asked_about_belongs_to_its_lease_else_to_its_reservation() -> None:
    leases = table(reservations={BERTA: "10.0.0.50"})
    address = take(leases, ANNA)
    assert leases.who_has(address) == ANNA
    assert leases.who_has("10.0.0.50") == BERTA
    assert leases.who_has("10.0.0.12") == ""
    leases.release(ANNA, address, NOW)
    assert leases.who_has(address) == ""


def test_renewals_do_not_make_the_table_grow() -> None:
    leases = table()
    lease = Lease(ANNA, take(leases, ANNA), NOW + DAY)
    for number in range(1000):
        leases.lease(lease._replace(expires=NOW + DAY + number), NOW + number)
    (shelf,) = leases._plan.pool_states
    assert len(shelf.expiry) < 100
    assert take(leases, BERTA, NOW + DAY) == "10.0.0.11"
    assert take(leases, CLARA, NOW + DAY) == "10.0.0.12"
    assert take(leases, DORA, NOW + DAY) == ""
    assert take(leases, DORA, NOW + DAY + 999) == "10.0.0.10"


def test_giving_back_and_taking_again_does_not_make_the_table_grow() -> None:
    leases = table()
    for number in range(1000):
        leases.release(ANNA, take(leases, ANNA, NOW + number), NOW + number)
    (shelf,) = leases._plan.pool_states
    assert len(shelf.expiry) < 100
    assert take(leases, BERTA, NOW + 1000) == "10.0.0.11"
    assert take(leases, CLARA, NOW + 1000) == "10.0.0.12"
    assert take(leases, DORA, NOW + 1000) == "10.0.0.10", "the end of its last lease counts, given back early"
    assert take(leases, ANNA, NOW + 1000) == ""


def test_the_longest_ended_address_is_chosen_by_the_last_end_of_each() -> None:
    leases = table()
    for mac in (ANNA, BERTA, CLARA):
        take(leases, mac)
    for number, mac in enumerate((BERTA, CLARA, ANNA)):
        take(leases, mac, NOW + 10 * number)
    later = NOW + 2 * DAY
    assert [take(leases, f"{number:012X}", later) for number in range(1, 5)] == [
        "10.0.0.11", "10.0.0.12", "10.0.0.10", "",
    ]  # fmt: skip


def test_choosing_an_address_does_not_walk_the_pool() -> None:
    """Ten thousand phones in a pool of a million: each address is tried once, however often an address is
    requested.
    """
    network = IPv4Network("10.0.0.0/12")
    leases = LeaseTable([Pool(network, network[1], network[-2])], {})
    for number in range(10_000):
        mac = f"{number:012X}"
        leases.lease(Lease(mac, leases.offer(mac, network, "", NOW), NOW + DAY), NOW)
    (shelf,) = leases._plan.pool_states
    assert shelf.never_used == shelf.first + 10_000
    assert len({lease.address for lease in leases.leases()}) == 10_000


def test_asking_about_a_network_we_do_not_serve_is_refused() -> None:
    assert table().refusal_reason(ANNA, "10.9.0.1", IPv4Network("10.9.0.0/24"), NOW)


def test_the_holder_of_an_address_is_who_has_a_living_lease_of_it() -> None:
    leases = table(reservations={BERTA: "10.0.0.50"}, leases=(Lease(ANNA, "10.0.0.10", NOW + 5),))
    assert leases.holder_of("10.0.0.10", NOW + 4) == ANNA
    assert leases.holder_of("10.0.0.10", NOW + 5) == ""
    assert leases.holder_of("10.0.0.50", NOW) == ""
    assert leases.who_has("10.0.0.50") == BERTA
