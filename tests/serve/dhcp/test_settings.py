"""The settings of the DHCP engine for a site."""

from ipaddress import IPv4Address, IPv4Network

import pytest

from ringup.serve.dhcp.settings import dhcp_settings
from ringup.site.model import Phone, Site, Subnet
from ringup.store.nodes import Node

OWN = ("192.168.1.2", "192.168.1.3")
SUBNET = Subnet(
    network=IPv4Network("192.168.1.0/24"),
    first=IPv4Address("192.168.1.100"),
    last=IPv4Address("192.168.1.199"),
    router=IPv4Address("192.168.1.1"),
    dns=(IPv4Address("192.168.1.1"),),
    domain="example.net",
    lease_seconds=600,
)


def test_the_tftp_server_is_this_machine_unless_the_site_names_another() -> None:
    assert dhcp_settings(Site(), OWN[0], OWN, serve_all=False).tftp_servers == ("192.168.1.2",)
    named = Site(server_address=IPv4Address("10.0.0.9"))
    assert dhcp_settings(named, OWN[0], OWN, serve_all=False).tftp_servers == ("10.0.0.9",)


@pytest.mark.parametrize(
    ("label", "host_name"),
    [
        ("", ""),
        ("Front desk", "front-desk"),
        ("  ***  ", ""),
        ("Zoë's phone", "zo-s-phone"),
    ],
)
def test_a_phone_is_named_by_its_label_where_that_makes_a_host_name(label: str, host_name: str) -> None:
    site = Site(phones=(Phone(mac="001646C0FFEE", label=label),))
    assert dhcp_settings(site, OWN[0], OWN, serve_all=False).phones["001646C0FFEE"].host_name == host_name


@pytest.mark.parametrize(
    ("ntp_server", "option_42"),
    [
        ("", None),
        ("192.0.2.7", ("192.0.2.7",)),
        ("pool.example.org", ()),
        ("999.1.1.1", ()),
        ("010.0.0.1", ()),
    ],
)
def test_option_42_takes_addresses_only(ntp_server: str, option_42: tuple[str, ...] | None) -> None:
    site = Site().model_copy(update={"ntp_server": ntp_server})
    settings = dhcp_settings(site, OWN[0], OWN, serve_all=False)
    assert settings.ntp_servers == option_42


def test_a_subnet_and_a_reservation_arrive_whole() -> None:
    phone = Phone(mac="001646C0FFEE", address=IPv4Address("192.168.1.50"))
    settings = dhcp_settings(Site(subnets=(SUBNET,), phones=(phone,)), OWN[0], OWN, serve_all=True)
    served = settings.subnets[0]

    assert (served.router, served.dns, served.domain) == ("192.168.1.1", ("192.168.1.1",), "example.net")
    assert (served.first, served.last, served.lease_seconds) == (SUBNET.first, SUBNET.last, 600)
    assert settings.reservations() == {"001646C0FFEE": "192.168.1.50"}
    assert settings.serve_all
    assert not settings.allow_other_dhcp


def test_that_another_server_is_allowed_arrives() -> None:
    settings = dhcp_settings(Site(), OWN[0], OWN, serve_all=False, allow_other_dhcp=True)
    assert settings.allow_other_dhcp


@pytest.mark.parametrize("address", ["999.1.1.1", "010.0.0.1", "1.2.3"])
def test_a_broken_ntp_address_is_refused_before_it_can_reach_a_phone(address: str) -> None:
    with pytest.raises(ValueError, match="is not an IPv4 address"):
        Site(ntp_server=address)


NODES = (Node("two", "192.168.1.8", True, ""), Node("three", "192.168.1.9", False, ""))


@pytest.mark.parametrize(
    ("server_address", "option_150"),
    [
        (None, (OWN[0], "192.168.1.8")),
        (OWN[1], (OWN[1], "192.168.1.8")),
        ("192.168.1.8", ("192.168.1.8", OWN[0])),
        ("203.0.113.5", ("203.0.113.5",)),
    ],
)
def test_phones_hear_of_every_node_that_serves_files_this_one_first_unless_the_site_says_so(
    server_address: str | None, option_150: tuple[str, ...]
) -> None:
    site = Site(server_address=IPv4Address(server_address) if server_address else None)
    settings = dhcp_settings(site, OWN[0], OWN, serve_all=False, nodes=NODES)
    assert settings.tftp_servers == option_150
    assert settings.nodes == ("192.168.1.8", "192.168.1.9")
