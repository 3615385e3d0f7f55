"""The served addresses follow the interface; if the site's address is not on the interface, that is
reported.
"""

import socket
from collections.abc import Callable
from ipaddress import IPv4Address

import pytest

from ringup.errors import BindError
from ringup.serve.addresses import AddressWatch, ServedAddresses
from ringup.serve.sockets import Interface
from ringup.site.model import Pbx, Site


def interface_with(*now: str) -> Callable[[str], Interface]:
    return lambda name: Interface(name, "0" * 12, now)


def test_a_request_is_answered_at_the_interfaces_addresses_only() -> None:
    served = ServedAddresses(("10.0.0.1", "10.0.0.2"))
    assert served.has("10.0.0.2")
    assert not served.has("192.168.1.1")
    assert served.has_packed(socket.inet_aton("10.0.0.1"))
    assert not served.has_packed(socket.inet_aton("192.168.1.1"))
    assert served.has_packed(b"")


def test_another_address_is_noticed_once() -> None:
    served = ServedAddresses(("10.0.0.1",))
    now = ["10.0.0.1"]
    watch = AddressWatch("eth0", served, lambda name: interface_with(*now)(name))
    assert watch.look() == ""
    now[0] = "10.0.0.5"
    assert watch.look() == "10.0.0.1"
    assert watch.look() == ""
    assert served.has("10.0.0.5")
    assert not served.has("10.0.0.1")


def test_an_interface_without_an_address_keeps_what_it_had() -> None:
    served = ServedAddresses(("10.0.0.1",))
    assert AddressWatch("eth0", served, interface_with()).look() == ""
    assert served.main == "10.0.0.1"


def test_an_interface_that_is_gone_keeps_what_it_had() -> None:
    def gone(_name: str) -> Interface:
        raise BindError("interface eth0", "there is no such interface.", "")

    assert AddressWatch("eth0", ServedAddresses(("10.0.0.1",)), gone).look() == ""


@pytest.mark.parametrize(
    ("site", "key"),
    [
        (Site(server_address=IPv4Address("10.0.0.1")), "server_address"),
        (Site(pbx=Pbx(address="10.0.0.1")), "pbx.address"),
    ],
)
def test_an_address_of_the_site_that_is_gone_is_a_problem_until_it_is_back(site: Site, key: str) -> None:
    served = ServedAddresses(("10.0.0.1",))
    assert list(served.gone(site)) == []
    served.take(("10.0.0.5",))
    (problem,) = served.gone(site)
    assert problem.cure == f"Set another: ringup site set {key}=10.0.0.5"
    served.take(("10.0.0.1",))
    assert list(served.gone(site)) == []


def test_an_address_that_was_never_ours_is_another_machines() -> None:
    served = ServedAddresses(("10.0.0.1",))
    served.take(("10.0.0.5",))
    assert list(served.gone(Site(pbx=Pbx(address="10.0.0.9")))) == []
