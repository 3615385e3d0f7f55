"""What this machine does with the packets of one phone."""

from dataclasses import replace
from ipaddress import IPv4Address

from ringup.check import iptables_text
from ringup.check.facts import Ban, Facts
from ringup.check.firewall import Ruleset
from ringup.check.one_phone import blocked
from ringup.rule import Unknown
from tests.check.sound import SOUND

LARRY, ANN = "192.0.2.101", "192.0.2.102"


def dropping(address: str) -> Facts:
    """Return a firewall that drops the packets from one address."""
    table = iptables_text.read(f"-P INPUT ACCEPT\n-A INPUT -s {address}/32 -j DROP")
    assert isinstance(table, Ruleset)
    return replace(SOUND, rulesets=(table,), bans=())


def test_a_rule_about_one_phone_is_found_for_this_phone_only() -> None:
    found = blocked(dropping(LARRY), LARRY)
    assert not isinstance(found, Unknown)
    assert f"-s {LARRY}/32 -j DROP" in found["firewall-tftp"].what
    assert blocked(dropping(LARRY), ANN) == {}


def test_a_ban_of_one_phone_is_found_for_this_phone_only() -> None:
    facts = replace(SOUND, rulesets=(), bans=(Ban("asterisk", IPv4Address(LARRY)),))
    found = blocked(facts, LARRY)
    assert not isinstance(found, Unknown)
    assert found["fail2ban"].commands == (f"fail2ban-client set asterisk unbanip {LARRY}",)
    assert blocked(facts, ANN) == {}


def test_of_a_phone_without_an_address_only_its_discover_is_asked_about() -> None:
    table = iptables_text.read("-P INPUT DROP")
    assert isinstance(table, Ruleset)
    found = blocked(replace(SOUND, rulesets=(table,)), "")
    assert not isinstance(found, Unknown)
    assert list(found) == ["firewall-dhcp"]


def test_what_could_not_be_asked_is_not_known() -> None:
    facts = replace(SOUND, rulesets=Unknown("only root sees it"), bans=Unknown("not installed"))
    assert blocked(facts, LARRY) == Unknown("only root sees it")
    assert blocked(replace(facts, bans=()), LARRY) == {}
