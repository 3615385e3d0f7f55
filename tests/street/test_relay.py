"""Phones on another segment, whose router relays their DHCP."""

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import pytest

from ringup.emulator.firmware import make_sip_package, write_package
from ringup.site.model import Site, Subnet
from ringup.street.cable import BROADCAST, Cable, Datagram
from ringup.street.loop import StreetLoop
from ringup.street.other_dhcp import OtherDhcpServer
from ringup.street.rehearsal import RehearsalScript, rehearse, relays_of, with_load
from ringup.street.relay import MOST_HOPS, Relay
from ringup.wire.dhcp import parse
from tests.street.streets import LOAD, mac_of, site_of

ROUTER = "10.9.0.1"
BRANCH = Subnet(
    network=IPv4Network("10.9.0.0/24"),
    first=IPv4Address("10.9.0.50"),
    last=IPv4Address("10.9.0.60"),
    router=IPv4Address(ROUTER),
)


def two_subnets(phones: int) -> Site:
    site = site_of(phones)
    return site.model_copy(update={"subnets": (*site.subnets, BRANCH)})


def test_a_phone_is_in_the_subnet_of_its_reserved_or_last_address() -> None:
    site = two_subnets(3)
    first, *others = site.phones
    reserved = first.model_copy(update={"address": IPv4Address("10.9.0.20")})
    site = site.model_copy(update={"phones": (reserved, *others)})
    assert relays_of(site, {mac_of(1): "10.9.0.51"}) == {mac_of(0): ROUTER, mac_of(1): ROUTER}


def test_without_the_servers_own_subnet_all_phones_are_behind_a_relay() -> None:
    site = two_subnets(1).model_copy(update={"subnets": (BRANCH.model_copy(update={"router": None}),)})
    assert relays_of(site, {}) == {mac_of(0): "10.9.0.1"}


@pytest.mark.parametrize("seconds", [pytest.param(86_400, marks=pytest.mark.thorough), 60])
def test_phones_of_another_subnet_come_up_with_its_addresses(seconds: int, tmp_path: Path) -> None:
    """With leases of a minute, they also renew them from there."""
    write_package(tmp_path / "firmware", make_sip_package(LOAD))
    site = two_subnets(3)
    branch = BRANCH.model_copy(update={"lease_seconds": seconds})
    site = site.model_copy(update={"subnets": (site.subnets[0], branch)})
    flashes = with_load(site.phones, LOAD, "P003-8-12-00")
    places = {mac_of(0): "10.9.0.50", mac_of(1): "10.9.0.51"}
    script = RehearsalScript(site, tmp_path / "firmware", flashes, addresses=places, power_cut=True)
    (tmp_path / "street").mkdir()
    result = rehearse(script, tmp_path / "street")
    assert result.failures == ()
    assert set(result.in_service) == {mac_of(n) for n in range(3)}
    assert result.again is not None
    small = branch.model_copy(update={"last": branch.first})
    full = replace(script, site=site.model_copy(update={"subnets": (site.subnets[0], small)}), most=300.0)
    (tmp_path / "full").mkdir()
    (failure,) = rehearse(full, tmp_path / "full").failures
    assert failure.mac in places


def test_a_relay_forwards_to_one_server_and_drops_what_was_forwarded_too_often(loop: StreetLoop) -> None:
    cable = Cable(loop)
    heard: list[Datagram] = []
    cable.serve_dhcp("10.0.0.1", heard.append)
    other = OtherDhcpServer(cable, "10.0.0.9", IPv4Address("10.0.0.200"))
    other.start()
    relay = Relay(cable, ROUTER, "10.0.0.1")
    cable.relays["001646000000"] = relay.forward
    message = bytearray(300)
    message[0:3] = 1, 1, 6
    message[236:240] = 0x63825363.to_bytes(4, "big")
    message[240] = 255
    for hops in (0, MOST_HOPS):
        message[3] = hops
        relay.forward(Datagram("0.0.0.0", 68, BROADCAST, 67, bytes(message), "001646000000"))
    loop.run_until_complete(asyncio.sleep(1))
    assert [(each.source, each.destination) for each in heard] == [(ROUTER, "10.0.0.1")]
    assert parse(heard[0].data).relay_address == ROUTER
