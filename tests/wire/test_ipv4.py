"""Addresses as text, bytes and numbers, compared with `ipaddress`."""

from ipaddress import IPv4Address

from hypothesis import given
from hypothesis import strategies as st

from ringup.wire.ipv4 import dotted, number_of, packed, text_of


@given(st.ip_addresses(v=4))
def test_every_form_is_the_one_that_the_library_gives(address: IPv4Address) -> None:
    assert dotted(address.packed) == text_of(int(address)) == str(address)
    assert packed(str(address)) == address.packed
    assert number_of(str(address)) == int(address)
