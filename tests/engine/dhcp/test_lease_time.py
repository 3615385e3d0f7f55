"""The lease time: the subnet's, less if requested, and less for unknown clients when few addresses are
free.
"""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from ringup.engine.dhcp.leases import RECOUNT_SECONDS, LeaseTable
from ringup.engine.dhcp.pools import Pool
from ringup.engine.dhcp.server import DhcpServer
from ringup.engine.dhcp.settings import KnownPhone
from ringup.engine.dhcp.state import SCARCE_LEASE_SECONDS
from tests.engine.dhcp.clients import CISCO, DAY, KNOWN, NOW, VOICE, Client, a_server, said

TWENTY = replace(VOICE, first=IPv4Address("10.0.0.100"), last=IPv4Address("10.0.0.119"))
"""A pool of twenty addresses; they are scarce when fewer than two are free."""


def a_server_with(taken: int) -> DhcpServer:
    server = a_server(subnets=(TWENTY,), phones={KNOWN: KnownPhone("reception")})
    for number in range(taken):
        Client(server, mac=f"0C00000000{number:02X}").boot()
    return server


def seconds_for(server: DhcpServer, mac: str, *, now: float = NOW, wanted: int = 0) -> object:
    extra = ((51, wanted.to_bytes(4, "big")),) if wanted else ()
    return said(Client(server, mac=mac, now=now).discover(*extra))[51]


@pytest.mark.parametrize(("taken", "given"), [(0, DAY), (17, DAY), (18, SCARCE_LEASE_SECONDS)])
def test_a_stranger_gets_an_hour_at_most_where_less_than_a_tenth_is_free(taken: int, given: int) -> None:
    """The offer itself takes an address: after the eighteenth, two of twenty are free, and after the
    nineteenth one.
    """
    assert seconds_for(a_server_with(taken), CISCO) == given


def test_a_phone_of_the_site_gets_the_whole_time_even_then() -> None:
    assert seconds_for(a_server_with(19), KNOWN) == DAY


def test_a_stranger_may_still_ask_for_less() -> None:
    server = a_server_with(18)
    assert seconds_for(server, CISCO, wanted=600) == 600
    assert seconds_for(server, CISCO, wanted=DAY) == SCARCE_LEASE_SECONDS


def test_a_subnet_whose_time_is_shorter_keeps_it() -> None:
    server = a_server(subnets=(replace(TWENTY, last=TWENTY.first, lease_seconds=900),))
    assert seconds_for(server, CISCO) == 900


def test_addresses_that_came_free_count_again_within_a_minute() -> None:
    server = a_server_with(18)
    assert seconds_for(server, CISCO) == SCARCE_LEASE_SECONDS
    for number in range(10):
        Client(server, mac=f"0C00000000{number:02X}").release(f"10.0.0.{100 + number}")
    assert seconds_for(server, CISCO, now=NOW + 1) == SCARCE_LEASE_SECONDS
    assert seconds_for(server, CISCO, now=NOW + RECOUNT_SECONDS) == DAY


def test_reservations_and_addresses_of_servers_are_not_free_addresses() -> None:
    network = IPv4Network("10.0.0.0/28")
    pool = Pool(network, network[0], network[-1], frozenset({"10.0.0.1", "10.9.9.9"}))
    leases = LeaseTable([pool], {f"0C00000000{last:02X}": f"10.0.0.{last}" for last in range(3, 15)})
    assert not leases.is_scarce(network, NOW), "the only one is free"
    leases.offer(CISCO, network, "", NOW)
    assert leases.is_scarce(network, NOW)
    leases.offer("0C0000000003", network, "", NOW)
    assert leases.is_scarce(network, NOW + RECOUNT_SECONDS - 1)


def test_each_network_counts_for_itself() -> None:
    first, second = IPv4Network("10.0.0.0/30"), IPv4Network("10.1.0.0/24")
    leases = LeaseTable([Pool(first, first[1], first[1]), Pool(second, second[1], second[99])], {})
    leases.offer(CISCO, first, "", NOW)
    leases.offer(CISCO, second, "", NOW)
    assert (leases.is_scarce(first, NOW), leases.is_scarce(second, NOW)) == (True, False)
    assert not leases.is_scarce(IPv4Network("192.0.2.0/24"), NOW)
