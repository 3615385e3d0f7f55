"""Parse the output of ``nft --json list ruleset`` into rulesets. Source: libnftables-json(5)."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Any

from ringup.check.firewall import Chain, FilterRule, Match, Ruleset

NOT_UNDERSTOOD = Match("", ())
"""Stands for a match that is not understood."""

FAMILIES = ("ip", "inet")
"""Address families whose tables see the phones' IPv4 packets."""

_FIELDS: dict[tuple[str, str], str] = {
    ("meta", "iifname"): "iif",
    ("meta", "iif"): "iif",
    ("meta", "oifname"): "oif",
    ("meta", "oif"): "oif",
    ("meta", "l4proto"): "protocol",
    ("meta", "nfproto"): "nfproto",
    ("meta", "pkttype"): "pkttype",
    ("ct", "state"): "state",
    ("udp", "dport"): "dport",
    ("udp", "sport"): "sport",
    ("tcp", "dport"): "dport",
    ("tcp", "sport"): "sport",
    ("th", "dport"): "dport",
    ("th", "sport"): "sport",
    ("ip", "saddr"): "saddr",
    ("ip", "daddr"): "daddr",
    ("ip", "protocol"): "protocol",
}
"""The packet's field for each kind and key of a comparison."""

_SILENT = frozenset(("counter", "log", "xt", "limit", "quota", "notrack", "mangle", "comment"))
_VERDICTS = (
    "accept",
    "drop",
    "reject",
    "return",
    "jump",
    "goto",
    "queue",
    "masquerade",
    "snat",
    "dnat",
    "redirect",
)
_IPTABLES = frozenset(("filter", "nat", "mangle", "raw", "security"))


def read(text: str, *, beside_iptables: bool = False) -> tuple[Ruleset, ...]:
    """Return the tables; raises ValueError for a text that is not nft's JSON.

    `beside_iptables`: leave out the tables of iptables, because its own program lists them better.
    """
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("nftables"), list):
        raise ValueError("it is not the output of nft --json")
    tables: dict[tuple[str, str], dict[str, list[Any]]] = {}
    for item in document["nftables"]:
        for kind in ("chain", "rule"):
            if kind in item and item[kind].get("family") in FAMILIES:
                one = item[kind]
                key = one["family"], one["table"]
                tables.setdefault(key, {"chain": [], "rule": []})[kind].append(one)
    return tuple(
        _ruleset(family, name, parts)
        for (family, name), parts in tables.items()
        if not (beside_iptables and family == "ip" and name in _IPTABLES)
    )


def _ruleset(family: str, name: str, parts: Mapping[str, list[Any]]) -> Ruleset:
    rules: dict[str, list[FilterRule]] = {}
    for one in parts["rule"]:
        rules.setdefault(one["chain"], []).extend(_rules(one.get("expr", [])))
    chains = {
        one["name"]: Chain(
            one["name"],
            tuple(rules.get(one["name"], ())),
            # Address translation drops nothing.
            "" if one.get("type") == "nat" else one.get("hook", ""),
            one.get("policy", "accept"),
        )
        for one in parts["chain"]
    }
    return Ruleset("firewalld" if name == "firewalld" else "nftables", f"{family} {name}", chains)


def _rules(expressions: list[Any]) -> Iterator[FilterRule]:
    """Yield the rules of one nftables rule; a map of verdicts becomes one rule for each of its entries."""
    text = " ".join(filter(None, (_text(each) for each in expressions)))
    matches: list[Match] = []
    verdict = ""
    for each in expressions:
        if "match" in each:
            matches += _matches(each["match"])
        elif "vmap" in each:
            yield from _mapped(each["vmap"], matches, text)
            return
        elif "limit" in each:
            matches.append(NOT_UNDERSTOOD)
        elif "xt" in each:
            # iptables' own matches and targets: nft lists only their names.
            matches.append(NOT_UNDERSTOOD)
        else:
            verdict = verdict or _verdict(each)
    yield FilterRule(text, tuple(matches), verdict)


def _mapped(vmap: Mapping[str, Any], matches: list[Match], text: str) -> Iterator[FilterRule]:
    data = vmap.get("data")
    entries = data.get("set", []) if isinstance(data, dict) else []
    if not entries:  # a named map: its entries are listed elsewhere
        yield FilterRule(text, (*matches, NOT_UNDERSTOOD), "accept")
    for value, verdict in entries:
        more = _matches({"op": "==", "left": vmap.get("key", {}), "right": value})
        yield FilterRule(text, (*matches, *more), _verdict(verdict))


def _verdict(expression: Mapping[str, Any]) -> str:
    for name in _VERDICTS:
        if name in expression:
            detail = expression[name]
            target = detail.get("target") if isinstance(detail, dict) else None
            if name in ("jump", "goto"):
                return f"{name} {target}"
            return name if name in ("accept", "drop", "reject", "return") else "accept"
    return ""


def _matches(match: Mapping[str, Any]) -> list[Match]:
    left, op = match.get("left", {}), match.get("op", "==")
    field = _field(left)
    values = tuple(_values(match.get("right")))
    if not field or not values or op not in ("==", "!=", "in"):
        return [NOT_UNDERSTOOD]
    found = [Match(field, values, op == "!=")]
    # `udp dport 69` also means that the protocol is UDP.
    protocol = left.get("payload", {}).get("protocol") if isinstance(left, dict) else None
    return [Match("protocol", (protocol,)), *found] if protocol in ("udp", "tcp") else found


def _field(left: Any) -> str:
    if not isinstance(left, dict):
        return ""
    if "payload" in left:
        payload = left["payload"]
        return _FIELDS.get((payload.get("protocol", ""), payload.get("field", "")), "")
    if "fib" in left:
        fib = left["fib"]
        return "dtype" if fib.get("result") == "type" and fib.get("flags") == ["daddr"] else ""
    for kind in ("meta", "ct"):
        if kind in left:
            return _FIELDS.get((kind, left[kind].get("key", "")), "")
    return ""


def _values(right: Any) -> Iterator[str | int | range]:
    """Return the values of a match; None if one of them is not understood, like a named set."""
    items = (
        right.get("set", [right])
        if isinstance(right, dict)
        else right
        if isinstance(right, list)
        else [right]
    )
    found = [_value(item) for item in items]
    if None not in found:
        yield from (value for value in found if value is not None)


def _value(item: Any) -> str | int | range | None:
    if isinstance(item, dict):
        if "prefix" in item:
            return _addresses(f"{item['prefix'].get('addr')}/{item['prefix'].get('len')}")
        if "range" in item:
            first, last = (_number(end) for end in item["range"])
            return None if first is None or last is None else range(first, last + 1)
        return None
    if isinstance(item, int):
        return item
    if not isinstance(item, str) or item.startswith("@"):
        return None
    return _addresses(item) or item


def _number(end: Any) -> int | None:
    if isinstance(end, int):
        return end
    found = _addresses(str(end))
    return found[0] if found else None


def _addresses(text: str) -> range | None:
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        return None
    return range(int(network[0]), int(network[-1]) + 1)


def as_number(address: str) -> int:
    """Return an address in the form of the packets' fields; raises ValueError."""
    try:
        return int(IPv4Address(address))
    except AddressValueError as error:
        raise ValueError(str(error)) from error


def _text(expression: Mapping[str, Any]) -> str:
    """Return a text similar to the output of `nft list ruleset`."""
    if "match" in expression:
        match = expression["match"]
        op = " != " if match.get("op") == "!=" else " "
        return f"{_left_text(match.get('left'))}{op}{_right_text(match.get('right'))}"
    if "vmap" in expression:
        return f"{_left_text(expression['vmap'].get('key'))} vmap"
    return _verdict(expression) if any(name in expression for name in _VERDICTS) else ""


def _left_text(left: Any) -> str:
    if isinstance(left, dict):
        if "payload" in left:
            return f"{left['payload'].get('protocol', '')} {left['payload'].get('field', '')}"
        if "fib" in left:
            return "fib daddr type"
        for kind in ("meta", "ct"):
            if kind in left:
                key = str(left[kind].get("key", ""))
                return key if key.startswith(("iif", "oif")) else f"{kind} {key}"
    return "…"


def _right_text(right: Any) -> str:
    if isinstance(right, dict):
        if "set" in right:
            return "{ " + ", ".join(_right_text(each) for each in right["set"]) + " }"
        if "range" in right:
            return "-".join(str(end) for end in right["range"])
        if "prefix" in right:
            return f"{right['prefix'].get('addr')}/{right['prefix'].get('len')}"
        return "…"
    if isinstance(right, list):
        return ",".join(str(each) for each in right)
    return str(right)
