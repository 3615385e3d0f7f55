"""Checks whether a site has what its phones need: a server that lacks it must not say that it is ready."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address

from ringup.errors import Problem
from ringup.firmware.folder import FirmwareFolder
from ringup.site.model import Site
from ringup.site.wanted import required_loads


def lacking(site: Site, firmware: FirmwareFolder, addresses: Sequence[str], *, dhcp: bool) -> list[Problem]:
    """Return what keeps phones of this site from coming up, each problem with its cure.

    `addresses` are the IPv4 addresses of the served interface; `dhcp` is False where another server gives out
    the addresses. An empty list means that nothing is known to be missing, not that every phone registers.
    """
    return [
        *_without_phones(site),
        *(_without_network(site, addresses) if dhcp else ()),
        *_without_firmware(site, firmware),
    ]


def _without_phones(site: Site) -> Iterator[Problem]:
    if not site.phones:
        yield Problem(
            "site", "has no phones.", "Add one: ringup phone add MAC --model 7960 --extension 201 --name NAME"
        )


def _without_network(site: Site, addresses: Sequence[str]) -> Iterator[Problem]:
    """A relay may bring requests of any subnet, so one of the site's own is enough then."""
    if not site.subnets:
        yield Problem(
            "site",
            "has no network, so no phone gets an address.",
            "Set one: ringup site set network=NETWORK/LENGTH:FIRST-LAST:ROUTER, or start with --no-dhcp.",
        )
        return
    inside = any(IPv4Address(address) in subnet.network for address in addresses for subnet in site.subnets)
    if not inside:
        networks = ", ".join(str(subnet.network) for subnet in site.subnets)
        yield Problem(
            "site",
            f"has no network for this interface ({', '.join(addresses)}); it has {networks}, "
            "which only a DHCP relay can reach from here.",
            "Set the network of the interface: ringup site set network=NETWORK/LENGTH:FIRST-LAST:ROUTER",
        )


def _without_firmware(site: Site, firmware: FirmwareFolder) -> Iterator[Problem]:
    """Only loads that a phone of the site needs."""
    for load, wanted in required_loads(site).items():
        if wanted.phones:
            for problem in firmware.problems(load):
                yield Problem(
                    problem.where,
                    f"{problem.what} {_phones(len(wanted.phones))} load {load}.",
                    "Add the package: ringup firmware add PACKAGE.zip",
                )


def _phones(count: int) -> str:
    return "1 phone needs" if count == 1 else f"{count} phones need"


def in_short(problems: Sequence[Problem]) -> str:
    """Return the problems on one line without their cures; empty when there are none."""
    return " ".join(f"{problem.where} {problem.what}" for problem in problems)
