"""Read the addresses that fail2ban blocks."""

import re
from ipaddress import IPv4Address

from ringup.check.facts import Ban
from ringup.check.probes.programs import output_of
from ringup.rule import Unknown

_JAILS = re.compile(r"Jail list:\s*(.*)")
_BANNED = re.compile(r"Banned IP list:\s*(.*)")


def bans() -> tuple[Ban, ...] | Unknown:
    """Return every ban of an IPv4 address; Unknown if fail2ban is not installed or does not run."""
    status = output_of("fail2ban-client", "status")
    if isinstance(status, Unknown):
        return status
    found: list[Ban] = []
    for jail in jails(status):
        printed = output_of("fail2ban-client", "status", jail)
        if isinstance(printed, Unknown):
            return printed
        found += (Ban(jail, address) for address in banned(printed))
    return tuple(found)


def jails(status: str) -> list[str]:
    """Return the jails in the output of ``fail2ban-client status``."""
    listed = _JAILS.search(status)
    return [name.strip() for name in listed[1].split(",") if name.strip()] if listed else []


def banned(status: str) -> list[IPv4Address]:
    """Return the IPv4 addresses in the output of ``fail2ban-client status JAIL``."""
    listed = _BANNED.search(status)
    found = []
    for word in listed[1].split() if listed else ():
        try:
            found.append(IPv4Address(word))
        except ValueError:
            continue  # an IPv6 address; these phones have none
    return found
