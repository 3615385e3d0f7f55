"""Ask this machine about one phone's address: its firewall, fail2ban, and the neighbour table."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringup.rule import Found, Unknown
    from ringup.site.model import Site


def host_answers(site: "Site", address: str) -> "tuple[Mapping[str, Found] | Unknown, str | Unknown]":
    """Return what keeps the phone's packets away, and the MAC that the kernel has for its address.

    Only root may read the firewall's rules and ask fail2ban; for another user both are Unknown.
    """
    from ringup.check.facts import Facts
    from ringup.check.one_phone import blocked
    from ringup.check.probes import bans, firewall, machine
    from ringup.rule import NotKnown, Unknown
    from ringup.serve.owners.neighbours import NeighbourTable, is_beside

    if os.geteuid() != 0:
        return Unknown("only root may ask"), Unknown("only root may ask")
    facts = Facts(
        site,
        bool(site.subnets),
        interfaces=machine.interfaces(),
        rulesets=firewall.rulesets(),
        bans=bans.bans(),
    )
    try:
        name = facts.interface().name
    except NotKnown as error:
        return blocked(facts, address), Unknown(str(error))
    if not address or not is_beside(address, name):
        return blocked(facts, address), Unknown("it is behind a router")
    return blocked(facts, address), NeighbourTable(name).mac_of(address)
