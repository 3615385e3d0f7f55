"""The table of rules, in the order of the output: rules whose findings explain others come first."""

from collections.abc import Collection

from ringup.check import (
    account_rules,
    directory_rules,
    firewall_rules,
    firmware_rules,
    kea_rules,
    machine_rules,
    network_rules,
    pbx_rules,
    rtp_rules,
    site_rules,
    url_rules,
    verified_rules,
)
from ringup.check.facts import Facts
from ringup.rule import Result, Rule, judge

_MODULES = (
    machine_rules,
    network_rules,
    rtp_rules,
    site_rules,
    url_rules,
    kea_rules,
    firewall_rules,
    firmware_rules,
    pbx_rules,
    account_rules,
    directory_rules,
    verified_rules,
)

ORDER = (
    "clock", "clock-sync", "disk", "rights",
    "interface", "network", "addresses", "server-address",
    "dhcp-port", "tftp-port", "http-ports", "sip-port", "rtp-ports",
    "firewall-dhcp", "firewall-tftp", "firewall-http", "firewall-sip", "firewall-sccp",
    "firewall-rtp", "fail2ban",
    "other-dhcp", "kea", "ntp",
    "phones", "passwords", "firmware", "directory", "phone-urls",
    "pbx-files", "pbx-manager", "pbx-permissions", "pbx-modules", "pbx-applications", "pbx-transport",
    "pbx-accounts", "pbx-dialplan", "pbx-verify",
)  # fmt: skip
"""Codes from the machine to the PBX."""

_BY_CODE = {rule.code: rule for module in _MODULES for rule in module.RULES}

RULES: dict[str, Rule[Facts]] = {code: _BY_CODE[code] for code in ORDER}
"""Every rule by its code."""

QUICK: tuple[Rule[Facts], ...] = tuple(rule for rule in RULES.values() if rule.quick)
"""The rules that a server runs at its start."""


def check(facts: Facts, ignored: Collection[str] = ()) -> list[Result]:
    """Return the results of all rules except the ignored ones."""
    return judge(tuple(RULES.values()), facts, ignored)
