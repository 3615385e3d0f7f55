"""The rules of this machine's firewalls."""

from ringup.check import iptables_text, nft_text
from ringup.check.firewall import Ruleset
from ringup.check.probes.programs import output_of
from ringup.rule import Unknown


def rulesets() -> tuple[Ruleset, ...] | Unknown:
    """Return the tables of nftables and of iptables; an empty tuple if there is no firewall."""
    by_iptables = output_of("iptables", "--list-rules", silent_without=True)
    listed = output_of("nft", "--json", "list", "ruleset", silent_without=True)
    if isinstance(listed, Unknown):
        return listed
    if isinstance(by_iptables, Unknown):
        return by_iptables
    try:
        tables = nft_text.read(listed, beside_iptables=bool(by_iptables)) if listed.strip() else ()
        table = iptables_text.read(by_iptables)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Another version of nft may print something that this parser does not know; the check must not fail
        # then.
        return Unknown(f"the rules could not be read: {error!r}")
    return (*tables, table) if table else tables
