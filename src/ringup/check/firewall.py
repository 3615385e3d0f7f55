"""A firewall's rules in one form, and their effect on a packet; nothing here reads a file or runs a program.

nftables and iptables are both chains of rules with matches and a verdict, so both are read into the same
values. A packet passes if every base chain of its hook lets it pass. A match that is not understood is
neither true nor false. If a rule with such a match accepts, the result is open; if it drops, the rule is
skipped. So a packet is reported only if it is certainly dropped.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

DEEPEST_JUMP = 16
"""nftables' own limit (NFT_JUMP_STACK_SIZE)."""


@dataclass(frozen=True, slots=True)
class FirewallPacket:
    """One packet, with the fields that a firewall's matches may compare; matches of other fields are not
    understood.
    """

    name: str
    """A description for people: ``a TFTP request``."""
    direction: Literal["in", "out"]
    fields: Mapping[str, str | int]
    """The values by the names of `Match.field`."""


@dataclass(frozen=True, slots=True)
class Match:
    """One condition of a rule."""

    field: str
    """A name of `Packet.fields`; a field that no packet has is not understood."""
    values: tuple[str | int | range, ...]
    """The match is true for any of these values."""
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class FilterRule:
    """One line of a chain."""

    text: str
    """The rule's text as the firewall's own program lists it."""
    matches: tuple[Match, ...] = ()
    verdict: str = ""
    """``accept``, ``drop``, ``reject``, ``return``, ``jump NAME``, ``goto NAME``; empty: none."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Rules in their order; a base chain has a hook and a policy."""

    name: str
    rules: tuple[FilterRule, ...] = ()
    hook: str = ""
    """``input`` and so on; empty for a chain that is not a base chain."""
    policy: str = "accept"


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One table of nftables, or iptables' table filter."""

    owner: str
    """``nftables``, ``iptables``, ``ufw`` or ``firewalld``."""
    table: str
    """``inet filter``; empty for iptables."""
    chains: Mapping[str, Chain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The rule or policy that drops a packet."""

    ruleset: Ruleset
    chain: str
    """The base chain that the packet came through."""
    by: str
    """The rule's text, or the policy."""


HOOKS: dict[str, tuple[str, ...]] = {"in": ("prerouting", "input"), "out": ("output", "postrouting")}

_OPEN = "open"


def dropped(rulesets: tuple[Ruleset, ...], packet: FirewallPacket) -> Dropped | None:
    """Return the rule that certainly drops the packet, or None."""
    for ruleset in rulesets:
        for chain in ruleset.chains.values():
            if chain.hook in HOOKS[packet.direction]:
                verdict, by = _walk(ruleset, chain, packet, 0)
                verdict, by = (verdict, by) if verdict else (chain.policy, f"policy {chain.policy}")
                if verdict in ("drop", "reject"):
                    return Dropped(ruleset, chain.name, by)
    return None


def _walk(ruleset: Ruleset, chain: Chain, packet: FirewallPacket, depth: int) -> tuple[str, str]:
    """Return the verdict and the rule that gave it; empty: the chain ended without a verdict."""
    if depth > DEEPEST_JUMP:
        return _OPEN, ""
    for rule in chain.rules:
        applies = _applies(rule, packet)
        if applies is False or not rule.verdict:
            continue
        verdict, by = _verdict(ruleset, rule, packet, depth)
        if applies is None:
            # It is not known whether the rule matches: if it accepts, the packet may pass; if it drops, it
            # may drop only other packets.
            if verdict in ("accept", _OPEN) or rule.verdict == "return":
                return _OPEN, ""
            continue
        if verdict or rule.verdict == "return" or rule.verdict.startswith("goto "):
            return verdict, by
    return "", ""


def _verdict(ruleset: Ruleset, rule: FilterRule, packet: FirewallPacket, depth: int) -> tuple[str, str]:
    kind, _, target = rule.verdict.partition(" ")
    if kind in ("jump", "goto"):
        chain = ruleset.chains.get(target)
        return _walk(ruleset, chain, packet, depth + 1) if chain else (_OPEN, "")
    return ("", "") if kind == "return" else (kind, rule.text)


def _applies(rule: FilterRule, packet: FirewallPacket) -> bool | None:
    """Return whether all matches are true; None: those that are understood are true, but there are others."""
    outcomes = list(_outcomes(rule, packet))
    if False in outcomes:
        return False
    return None if None in outcomes else True


def _outcomes(rule: FilterRule, packet: FirewallPacket) -> Iterator[bool | None]:
    for match in rule.matches:
        value = packet.fields.get(match.field)
        if value is None:
            yield None
        else:
            yield any(_is(value, each) for each in match.values) != match.is_negated


def _is(value: str | int, wanted: str | int | range) -> bool:
    if isinstance(wanted, range):
        return value in wanted
    if isinstance(wanted, str) and wanted.endswith(("*", "+")) and isinstance(value, str):
        return value.startswith(wanted[:-1])
    return value == wanted
