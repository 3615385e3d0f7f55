"""The lines for other DHCP servers: goldens, and what each must contain."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network

import pytest

from ringup.render.dhcp_snippets import SNIPPETS
from ringup.site.model import Phone, Site, Subnet

SERVER = IPv4Address("192.168.1.10")
NETWORK = IPv4Network("192.168.1.0/24")
SUBNET = Subnet(network=NETWORK, first=IPv4Address("192.168.1.100"), last=IPv4Address("192.168.1.199"))
SITE = Site(
    subnets=(SUBNET,),
    phones=(Phone(mac="001646C0FFEE", address=IPv4Address("192.168.1.50")), Phone(mac="001646000000")),
)


@pytest.mark.parametrize("kind", SNIPPETS)
def test_the_lines_are_as_reviewed(kind: str, golden: Callable[[str, str], None]) -> None:
    golden(f"snippets/{kind}.txt", SNIPPETS[kind].render(SITE, SERVER))


@pytest.mark.parametrize("kind", SNIPPETS)
def test_every_kind_names_the_server_twice_and_the_reserved_phone_only(kind: str) -> None:
    text = SNIPPETS[kind].render(SITE, SERVER)
    named = text.count("192.168.1.10") + text.count("C0A8010A")
    assert named >= 2
    bare = "".join(each for each in text.lower() if each.isalnum())
    assert "001646c0ffee" in bare
    assert "001646000000" not in bare
    assert "192.168.1.50" in text


@pytest.mark.parametrize("kind", SNIPPETS)
def test_a_site_without_records_gets_lines_as_well(kind: str) -> None:
    assert "150" in SNIPPETS[kind].render(Site(), SERVER)
