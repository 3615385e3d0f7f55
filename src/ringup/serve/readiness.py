"""Check whether a site has everything that its phones need; otherwise the server must not report "ready"."""

from collections.abc import Sequence
from ipaddress import IPv4Interface

from ringup.check import firmware_rules, site_rules
from ringup.check.facts import Facts, InterfaceFact
from ringup.check.probes.loads import loads
from ringup.errors import Problem
from ringup.finding import ERROR
from ringup.firmware.folder import FirmwareFolder
from ringup.rule import Result, judge
from ringup.site.model import Site

CODES = ("phones", "network", "firmware")
"""The rules of `ringup check` that are applied to each revision of the site."""

_RULES = tuple(rule for rule in (*site_rules.RULES, *firmware_rules.RULES) if rule.code in CODES)


def lacking(site: Site, firmware: FirmwareFolder, addresses: Sequence[str], *, dhcp: bool) -> list[Problem]:
    """Return the problems that keep phones of this site from registering, each with its cure.

    `addresses` are the IPv4 addresses of the served interface; `dhcp` is False if another server gives out
    the addresses. An empty list means that no problem was found; it does not prove that every phone
    registers.
    """
    results = site_results(site, firmware, addresses, dhcp=dhcp)
    return [problem for result in results for problem in result.problems(ERROR)]


def site_results(
    site: Site, firmware: FirmwareFolder, addresses: Sequence[str], *, dhcp: bool
) -> list[Result]:
    """Return the results of the rules in CODES; the arguments are those of `lacking`."""
    interface = InterfaceFact("", tuple(IPv4Interface(address) for address in addresses))
    return judge(_RULES, Facts(site, dhcp, interfaces=(interface,), loads=loads(site, firmware)))


def in_short(problems: Sequence[Problem]) -> str:
    """Return the problems on one line without their cures; empty when there are none."""
    return " ".join(problem.what for problem in problems)
