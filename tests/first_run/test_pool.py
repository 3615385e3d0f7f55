"""A proposed pool lies in the network, is free of known addresses, and is the usual one if that is free."""

from ipaddress import IPv4Address, IPv4Interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringup.first_run.pool import LONGEST_POOL, proposed_pool


@pytest.mark.parametrize(
    ("own", "used", "pool"),
    [
        ("192.168.1.10/24", ["192.168.1.1"], "192.168.1.100-192.168.1.199"),
        ("192.168.1.150/24", ["192.168.1.1"], "192.168.1.155-192.168.1.254"),
        ("192.168.1.10/24", ["192.168.1.120", "192.168.1.254"], "192.168.1.154-192.168.1.253"),
        ("10.0.0.5/8", [], "10.0.0.100-10.0.0.199"),
        ("10.0.0.1/29", ["10.0.0.2"], "10.0.0.3-10.0.0.6"),
        ("10.0.0.1/30", ["10.0.0.2"], None),
        ("10.0.0.1/32", [], None),
    ],
)
def test_the_pool_of_a_network(own: str, used: list[str], pool: str | None) -> None:
    found = proposed_pool(IPv4Interface(own), [IPv4Address(each) for each in used])
    assert (f"{found[0]}-{found[1]}" if found else None) == pool


@given(st.integers(1, 2**32 - 2), st.integers(8, 32), st.lists(st.integers(0, 300), max_size=8))
def test_a_pool_holds_no_used_address(own: int, length: int, offsets: list[int]) -> None:
    interface = IPv4Interface((own, length))
    first = int(interface.network.network_address)
    used = [IPv4Address(first + each) for each in offsets if first + each < 2**32]
    if pool := proposed_pool(interface, used):
        assert pool[0] <= pool[1]
        assert int(pool[1]) - int(pool[0]) < LONGEST_POOL
        assert all(each in interface.network for each in pool)
        assert interface.network.network_address < pool[0]
        assert pool[1] < interface.network.broadcast_address
        assert not any(pool[0] <= each <= pool[1] for each in (*used, interface.ip))
