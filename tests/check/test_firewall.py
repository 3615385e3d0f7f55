"""The way of a packet through rules that nftables, iptables, ufw and firewalld list."""

import json
from typing import Any

import pytest

from ringup.check import iptables_text, nft_text
from ringup.check.firewall import Chain, FilterRule, FirewallPacket, Match, Ruleset, dropped

REQUEST = FirewallPacket(
    "a request",
    "in",
    {
        "protocol": "udp",
        "nfproto": "ipv4",
        "sport": 50_000,
        "dport": 69,
        "saddr": nft_text.as_number("192.0.2.100"),
        "daddr": nft_text.as_number("192.0.2.10"),
        "state": "new",
        "iif": "eth0",
        "dtype": "local",
        "pkttype": "host",
    },
)
UNKNOWN = Match("", ())


def chain(*rules: FilterRule, policy: str = "accept", **others: Chain) -> tuple[Ruleset, ...]:
    base = Chain("input", rules, "input", policy)
    return (Ruleset("nftables", "inet filter", {"input": base, **others}),)


def iptables(*lines: str) -> str:
    """Return the text of the rule that drops the request; empty if none does."""
    table = iptables_text.read("\n".join(lines))
    end = dropped((table,) if table else (), REQUEST)
    return end.by if end else ""


def nft(
    *expressions: list[Any], policy: str = "accept", more: dict[str, list[list[Any]]] | None = None
) -> str:
    chains = {"input": list(expressions), **(more or {})}
    items: list[dict[str, Any]] = [{"metainfo": {}}]
    for name, rules in chains.items():
        head = {"family": "inet", "table": "filter", "name": name}
        hook = {"type": "filter", "hook": "input", "prio": 0, "policy": policy} if name == "input" else {}
        items.append({"chain": {**head, **hook}})
        items += [
            {"rule": {"family": "inet", "table": "filter", "chain": name, "expr": rule}} for rule in rules
        ]
    end = dropped(nft_text.read(json.dumps({"nftables": items})), REQUEST)
    return end.by if end else ""


def match(left: Any, right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}


DPORT = {"payload": {"protocol": "udp", "field": "dport"}}
IIF = {"meta": {"key": "iifname"}}
STATE = {"ct": {"key": "state"}}
SADDR = {"payload": {"protocol": "ip", "field": "saddr"}}
DROP, ACCEPT = {"drop": None}, {"accept": None}


# --- the walk


def test_the_first_verdict_counts() -> None:
    accept, drop = FilterRule("accept", (), "accept"), FilterRule("drop", (), "drop")
    assert dropped(chain(accept, drop), REQUEST) is None
    assert dropped(chain(drop, accept), REQUEST) is not None


def test_every_table_must_let_it_pass() -> None:
    accept, drop = FilterRule("accept", (), "accept"), FilterRule("drop", (), "drop")
    assert dropped((*chain(accept), *chain(drop)), REQUEST) is not None


def test_a_match_that_is_not_understood_never_makes_a_drop_certain() -> None:
    maybe_drop = FilterRule("x drop", (UNKNOWN,), "drop")
    maybe_accept = FilterRule("x accept", (UNKNOWN,), "accept")
    assert dropped(chain(maybe_drop), REQUEST) is None
    assert dropped(chain(maybe_accept, policy="drop"), REQUEST) is None
    assert dropped(chain(maybe_drop, policy="drop"), REQUEST) is not None
    assert dropped(chain(maybe_drop, FilterRule("drop", (), "drop")), REQUEST) is not None


def test_a_return_goes_back_and_a_goto_does_not() -> None:
    inner = Chain("inner", (FilterRule("return", (), "return"),))
    drop = FilterRule("drop", (), "drop")
    jump, goto = FilterRule("jump", (), "jump inner"), FilterRule("goto", (), "goto inner")
    assert dropped(chain(jump, drop, inner=inner), REQUEST) is not None
    assert dropped(chain(goto, drop, inner=inner), REQUEST) is None
    assert dropped(chain(goto, policy="drop", inner=inner), REQUEST) is not None


def test_chains_that_jump_in_a_circle_end() -> None:
    circle = Chain("circle", (FilterRule("jump", (), "jump circle"),))
    assert (
        dropped(chain(FilterRule("jump", (), "jump circle"), policy="drop", circle=circle), REQUEST) is None
    )


def test_what_comes_in_is_not_asked_of_the_way_out() -> None:
    out = Ruleset("nftables", "inet filter", {"output": Chain("output", (), "output", "drop")})
    assert dropped((out,), REQUEST) is None


def test_a_packet_is_dropped_before_routing_as_well() -> None:
    raw = Ruleset("nftables", "inet raw", {"pre": Chain("pre", (), "prerouting", "drop")})
    assert dropped((raw,), REQUEST) is not None


# --- iptables -S


@pytest.mark.parametrize(
    "rule",
    [
        "-p udp -m udp --dport 69",
        "-i eth0 -p udp",
        "-i eth+ -p udp",
        "-p udp -m multiport --dports 67,68:70",
        "-s 192.0.2.0/24 -d 192.0.2.10/32",
        "! -s 198.51.100.0/24 -p udp",
        '-p udp -m comment --comment "no TFTP -j ACCEPT"',
        "-m conntrack --ctstate NEW,INVALID",
        "-m addrtype --dst-type LOCAL",
        "-p udp --sport 1024:",
    ],
)
def test_iptables_rules_that_hit(rule: str) -> None:
    assert iptables("-P INPUT ACCEPT", f"-A INPUT {rule} -j DROP") == f"-A INPUT {rule} -j DROP"


@pytest.mark.parametrize(
    "rule",
    [
        "-p tcp -m tcp --dport 69",
        "-i eth1",
        "! -i eth0",
        "-p udp --dport 67:68",
        "-s 198.51.100.0/24",
        "-m conntrack --ctstate INVALID",
        "-m string --string x --algo bm",
        "-p udp -m limit --limit 3/min",
        "-m set --match-set bad src",
    ],
)
def test_iptables_rules_that_miss_or_are_not_understood(rule: str) -> None:
    assert iptables("-P INPUT ACCEPT", f"-A INPUT {rule} -j DROP") == ""


def test_an_iptables_goto_does_not_come_back() -> None:
    lines = ("-P INPUT ACCEPT", "-N inner", "-A INPUT {} inner", "-A INPUT -j DROP", "-A inner -j RETURN")
    assert iptables(*(line.format("-j") for line in lines)) == "-A INPUT -j DROP"
    assert iptables(*(line.format("-g") for line in lines)) == ""


def test_what_a_rule_logs_does_not_matter() -> None:
    rule = '-A INPUT -p udp -j LOG --log-prefix "[BLOCK] " --log-level 4'
    assert iptables("-P INPUT DROP", rule) == "policy drop"


def test_no_rules_are_no_firewall() -> None:
    assert iptables_text.read("-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n") is None
    assert iptables_text.read("") is None


UFW = """-P INPUT DROP
-P FORWARD DROP
-P OUTPUT ACCEPT
-N ufw-after-input
-N ufw-before-input
-N ufw-not-local
-N ufw-skip-to-policy-input
-N ufw-user-input
-A INPUT -j ufw-before-input
-A INPUT -j ufw-after-input
-A ufw-after-input -p udp -m udp --dport 67 -j ufw-skip-to-policy-input
-A ufw-before-input -i lo -j ACCEPT
-A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-input -m conntrack --ctstate INVALID -j DROP
-A ufw-before-input -p icmp -m icmp --icmp-type 3 -j ACCEPT
-A ufw-before-input -p udp -m udp --sport 67 --dport 68 -j ACCEPT
-A ufw-before-input -j ufw-not-local
-A ufw-before-input -d 224.0.0.251/32 -p udp -m udp --dport 5353 -j ACCEPT
-A ufw-before-input -j ufw-user-input
-A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
-A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
-A ufw-not-local -m addrtype --dst-type BROADCAST -j RETURN
-A ufw-not-local -j DROP
-A ufw-skip-to-policy-input -j DROP
"""


def test_ufw_drops_what_nobody_allowed() -> None:
    assert iptables(UFW) == "policy drop"
    assert iptables(UFW + "-A ufw-user-input -i eth0 -p udp -m udp --dport 69 -j ACCEPT\n") == ""
    table = iptables_text.read(UFW)
    assert table is not None
    assert table.owner == "ufw"


# --- nft --json list ruleset


@pytest.mark.parametrize(
    "rule",
    [
        [match(DPORT, 69)],
        [match(IIF, "eth0"), match(DPORT, {"set": [67, {"range": [68, 70]}]})],
        [match(IIF, "eth*")],
        [match(SADDR, {"prefix": {"addr": "192.0.2.0", "len": 24}})],
        [match(SADDR, {"range": ["192.0.2.1", "192.0.2.200"]})],
        [match(SADDR, "192.0.2.7", "!=")],
        [match(STATE, ["new", "invalid"], "in")],
        [match(DPORT, 69), {"counter": {"packets": 0, "bytes": 0}}, {"log": {"prefix": "x"}}],
        [match({"fib": {"result": "type", "flags": ["daddr"]}}, "local")],
        [match({"meta": {"key": "l4proto"}}, {"set": ["udp", "tcp"]}),
         match({"payload": {"protocol": "th", "field": "dport"}}, 69)],
        [match({"payload": {"protocol": "ip", "field": "protocol"}}, "udp")],
    ],
)  # fmt: skip
def test_nft_rules_that_hit(rule: list[Any]) -> None:
    assert nft([*rule, DROP]).endswith("drop")


@pytest.mark.parametrize(
    "rule",
    [
        [match(DPORT, 67)],
        [match({"payload": {"protocol": "tcp", "field": "dport"}}, 69)],
        [match(SADDR, "@banned")],
        [match({"meta": {"key": "mark"}}, 1)],
        [match(DPORT, {"&": [1, 2]})],
        [{"limit": {"rate": 3, "per": "minute"}}],
        [{"xt": {"type": "match", "name": "multiport"}}],
    ],
)
def test_nft_rules_that_miss_or_are_not_understood(rule: list[Any]) -> None:
    assert nft([*rule, DROP]) == ""


def test_nft_tells_the_rule_about_as_its_own_program_does() -> None:
    rule = [match(IIF, "eth0"), match(DPORT, {"set": [67, {"range": [68, 69]}]}), {"reject": {}}]
    assert nft(rule) == "iifname eth0 udp dport { 67, 68-69 } reject"


def test_a_map_of_verdicts_is_followed() -> None:
    def of(state: str) -> list[Any]:
        return [{"vmap": {"key": STATE, "data": {"set": [["established", ACCEPT], [state, DROP]]}}}]

    assert nft(of("new")) == "ct state vmap"
    assert nft(of("invalid")) == ""


def test_a_named_map_leaves_it_open() -> None:
    assert nft([{"vmap": {"key": STATE, "data": "@verdicts"}}], policy="drop") == ""


def test_firewalld_s_zones_are_followed() -> None:
    zones: dict[str, list[list[Any]]] = {
        "zones": [[match(IIF, "eth0"), {"goto": {"target": "in_public"}}]],
        "in_public": [
            [match({"payload": {"protocol": "tcp", "field": "dport"}}, 22), ACCEPT],
            [match({"meta": {"key": "l4proto"}}, {"set": ["icmp", "ipv6-icmp"]}), ACCEPT],
            [{"reject": {"type": "icmpx", "expr": "admin-prohibited"}}],
        ],
    }
    assert nft([{"jump": {"target": "zones"}}], more=zones) == "reject"
    zones["in_public"].insert(0, [match(DPORT, 69), ACCEPT])
    assert nft([{"jump": {"target": "zones"}}], more=zones) == ""


def test_address_translation_and_other_families_drop_nothing() -> None:
    one = {"name": "a", "table": "t", "hook": "input", "policy": "drop"}
    items = [
        {"chain": {**one, "family": "ip", "type": "nat"}},
        {"chain": {**one, "family": "ip6", "type": "filter"}},
    ]
    assert dropped(nft_text.read(json.dumps({"nftables": items})), REQUEST) is None


def test_iptables_tables_are_not_read_twice() -> None:
    items = [
        {"chain": {"family": "ip", "table": "filter", "name": "INPUT", "type": "filter", "hook": "input"}}
    ]
    text = json.dumps({"nftables": items})
    assert nft_text.read(text)
    assert nft_text.read(text, beside_iptables=True) == ()


def test_what_is_not_nft_s_json_is_refused() -> None:
    for text in ("[]", "{}", '{"nftables": 1}', "x"):
        with pytest.raises(ValueError, match=r"nft --json|Expecting"):
            nft_text.read(text)
