"""What this machine does to the packets of one phone: its firewall's rules, and the jails of fail2ban."""

from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from ringup.check.facts import Facts
from ringup.check.rules import RULES
from ringup.rule import Found, NotKnown, Unknown

CODES = ("firewall-dhcp", "firewall-tftp", "firewall-sip", "firewall-sccp", "fail2ban")
"""The checks of `ringup check` that concern one phone's packets."""


def blocked(facts: Facts, address: str) -> Mapping[str, Found] | Unknown:
    """Return what keeps packets of the phone at this address away, by the code of the check.

    Without an address, any phone of the site is meant. Unknown if neither the firewall nor fail2ban could be
    asked.
    """
    found: dict[str, Found] = {}
    reasons: list[str] = []
    of_phone = replace(facts, phone=IPv4Address(address) if address else None)
    for code in CODES if address else CODES[:1]:
        try:
            found.update((code, each) for each in list(RULES[code].find(of_phone))[:1])
        except NotKnown as error:
            reasons.append(str(error))
    is_unknown = len(reasons) == len(CODES if address else CODES[:1])
    return Unknown(reasons[0]) if is_unknown else found
