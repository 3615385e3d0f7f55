"""The addresses that an interface has; a script replaces the program `ip`."""

import asyncio
import json
from typing import Any

import pytest

from ringup.emulator.boot.dhcp import HeldLease
from ringup.emulator.interface import PhoneInterface, run_ip
from ringup.errors import BindError

MAC = "001646C0FFEE"
LEASE = HeldLease("192.0.2.50", "255.255.255.0", "192.0.2.1", "192.0.2.1", "192.0.2.1", "option 150")


class Ip:
    """Stands for `ip`: it shows one link, and records every change."""

    def __init__(self, *addresses: tuple[str, str], mac: str = "00:16:46:c0:ff:ee") -> None:
        inet = [
            {"family": "inet", "local": address, "prefixlen": 24, "label": label}
            for address, label in addresses
        ]
        inet6: dict[str, Any] = {"family": "inet6", "local": "fe80::1", "prefixlen": 64}
        self.link = {"ifname": "eth0", "address": mac, "addr_info": [*inet, inet6]}
        self.changes: list[str] = []

    async def __call__(self, *arguments: str) -> str:
        if arguments[:3] == ("-json", "address", "show"):
            return json.dumps([self.link])
        self.changes.append(" ".join(arguments))
        return ""


def test_a_fresh_interface_gets_the_phones_mac_and_is_switched_on() -> None:
    ip = Ip(mac="02:00:00:00:00:01")
    asyncio.run(PhoneInterface("eth0", ip).prepare(MAC))
    assert ip.changes == ["link set dev eth0 address 00:16:46:c0:ff:ee", "link set dev eth0 up"]


def test_a_mac_that_is_right_is_left_alone() -> None:
    ip = Ip()
    asyncio.run(PhoneInterface("eth0", ip).prepare(MAC))
    assert ip.changes == ["link set dev eth0 up"]


def test_an_interface_with_an_address_of_somebody_else_is_refused_untouched() -> None:
    ip = Ip(("198.51.100.7", "eth0"))
    with pytest.raises(BindError, match=r"it has the address 198\.51\.100\.7\..*--keep-address"):
        asyncio.run(PhoneInterface("eth0", ip).prepare(MAC))
    assert ip.changes == []


def test_an_interface_whose_name_leaves_no_room_for_the_label_is_refused() -> None:
    with pytest.raises(BindError, match="more than 13 characters"):
        asyncio.run(PhoneInterface("a-very-long-nic", Ip()).prepare(MAC))


def test_an_interface_must_carry_the_address_of_stored_settings() -> None:
    asyncio.run(PhoneInterface("eth0", Ip(("192.0.2.50", "eth0"))).must_carry("192.0.2.50"))


@pytest.mark.parametrize(
    ("addresses", "what"),
    [
        ((), "no address"),
        ((("198.51.100.7", "eth0"), ("198.51.100.8", "eth0")), "198.51.100.7, 198.51.100.8"),
    ],
)
def test_stored_settings_that_the_interface_does_not_have_are_refused(
    addresses: tuple[tuple[str, str], ...], what: str
) -> None:
    with pytest.raises(BindError) as refused:
        asyncio.run(PhoneInterface("eth0", Ip(*addresses)).must_carry("192.0.2.50"))
    assert str(refused.value).startswith(f"using 192.0.2.50 on eth0: the interface has {what}.")
    assert "ip address add 192.0.2.50/24 dev eth0" in str(refused.value)


def test_every_address_of_the_loopback_network_is_on_the_loopback() -> None:
    loopback = PhoneInterface("lo", Ip(("127.0.0.1", "lo")))
    asyncio.run(loopback.must_carry("127.0.0.9"))
    with pytest.raises(BindError, match=r"the interface has 127\.0\.0\.1\."):
        asyncio.run(loopback.must_carry("192.0.2.50"))


def test_a_lease_replaces_what_a_killed_phone_left_behind() -> None:
    ip = Ip(("192.0.2.49", "eth0:p"))
    asyncio.run(PhoneInterface("eth0", ip).prepare(MAC))
    asyncio.run(PhoneInterface("eth0", ip).use(LEASE))
    assert ip.changes[1:] == [
        "address delete 192.0.2.49/24 dev eth0",
        "address replace 192.0.2.50/24 broadcast + dev eth0 label eth0:p",
        "route replace default via 192.0.2.1 dev eth0 metric 7960",
    ]


def test_a_lease_without_a_router_sets_no_route() -> None:
    ip = Ip(("192.0.2.50", "eth0:p"))
    lease = HeldLease("192.0.2.50", "not a mask", "", "192.0.2.1", "192.0.2.1", "option 150")
    asyncio.run(PhoneInterface("eth0", ip).use(lease))
    assert ip.changes == ["address replace 192.0.2.50/24 broadcast + dev eth0 label eth0:p"]


def test_clearing_takes_only_our_own_addresses_away() -> None:
    ip = Ip(("198.51.100.7", "eth0"), ("192.0.2.50", "eth0:p"))
    asyncio.run(PhoneInterface("eth0", ip).clear())
    assert ip.changes == ["address delete 192.0.2.50/24 dev eth0"]


def test_the_own_address_is_the_first_of_ipv4() -> None:
    assert asyncio.run(PhoneInterface("eth0", Ip(("198.51.100.7", "eth0"))).own_address()) == "198.51.100.7"
    assert asyncio.run(PhoneInterface("eth0", Ip()).own_address()) == ""


def test_the_complaint_of_ip_is_in_the_error() -> None:
    with pytest.raises(BindError, match="no-such-nic"):
        asyncio.run(run_ip("address", "show", "dev", "no-such-nic"))
