"""Parse the output of ``iptables -S`` into a ruleset. Source: iptables(8), iptables-extensions(8)."""

import shlex
from collections.abc import Callable, Iterator, Mapping
from ipaddress import IPv4Network

from ringup.check.firewall import Chain, FilterRule, Match, Ruleset
from ringup.check.nft_text import NOT_UNDERSTOOD

_HOOKS = {"INPUT": "input", "OUTPUT": "output"}
_PLAIN_VERDICTS = {"ACCEPT": "accept", "DROP": "drop", "REJECT": "reject", "RETURN": "return"}
_SILENT_TARGETS = frozenset(("LOG", "NFLOG", "CHECKSUM", "MARK", "CONNMARK", "SET", "TRACE", "AUDIT", "ULOG"))
_SILENT_OPTIONS = frozenset(("-m", "--comment", "--reject-with", "--log-prefix", "--log-level"))
"""Options with one value that do not change the verdict; `-m` only loads the match that follows."""


def read(text: str) -> Ruleset | None:
    """Return the table, or None if it has no rule and accepts all packets."""
    policies: dict[str, str] = {}
    rules: dict[str, list[FilterRule]] = {}
    for line in text.splitlines():
        kind, _, rest = line.strip().partition(" ")
        name, _, more = rest.partition(" ")
        if kind == "-P":
            policies[name] = _PLAIN_VERDICTS.get(more, "accept")
        if kind in ("-P", "-N"):
            rules.setdefault(name, [])
        elif kind == "-A":
            rules.setdefault(name, []).append(_rule(line.strip(), more))
    if not any(rules.values()) and set(policies.values()) <= {"accept"}:
        return None
    owner = "ufw" if any(name.startswith("ufw-") for name in rules) else "iptables"
    chains = {
        name: Chain(name, tuple(own), _HOOKS.get(name, ""), policies.get(name, "accept"))
        for name, own in rules.items()
    }
    return Ruleset(owner, "", chains)


def _rule(line: str, text: str) -> FilterRule:
    words = shlex.split(text)
    matches: list[Match] = []
    verdict = ""
    while words:
        word = words.pop(0)
        negated = word == "!"
        if negated:
            word = words.pop(0)
        value = _values(words)
        if word in ("-j", "-g"):
            verdict = _verdict(word, value[0] if value else "")
        elif word not in _SILENT_OPTIONS:
            matches += _match(word, value, negated)
    return FilterRule(line, tuple(matches), verdict)


def _values(words: list[str]) -> list[str]:
    """Take the values of the option."""
    taken = []
    while words and words[0] != "!" and not (words[0].startswith("-") and len(words[0]) > 1):
        taken.append(words.pop(0))
    return taken


def _verdict(word: str, target: str) -> str:
    if target in _PLAIN_VERDICTS:
        return _PLAIN_VERDICTS[target]
    if not target or target in _SILENT_TARGETS:
        return ""
    return f"{'goto' if word == '-g' else 'jump'} {target}"


def _match(word: str, values: list[str], negated: bool) -> Iterator[Match]:
    if word not in _OPTIONS or not values:
        yield NOT_UNDERSTOOD
        return
    field, convert = _OPTIONS[word]
    try:
        yield Match(field, tuple(convert(part) for part in values[0].split(",")), negated)
    except ValueError:
        yield NOT_UNDERSTOOD


def _port(text: str) -> int | range:
    first, colon, last = text.partition(":")
    return range(int(first or 0), int(last or 65535) + 1) if colon else int(text)


def _addresses(text: str) -> range:
    network = IPv4Network(text, strict=False)
    return range(int(network[0]), int(network[-1]) + 1)


_OPTIONS: Mapping[str, tuple[str, Callable[[str], str | int | range]]] = {
    "-i": ("iif", str),
    "-o": ("oif", str),
    "-p": ("protocol", str.lower),
    "-s": ("saddr", _addresses),
    "-d": ("daddr", _addresses),
    "--dport": ("dport", _port),
    "--sport": ("sport", _port),
    "--dports": ("dport", _port),
    "--sports": ("sport", _port),
    "--ctstate": ("state", str.lower),
    "--state": ("state", str.lower),
    "--dst-type": ("dtype", str.lower),
    "--pkt-type": ("pkttype", str.lower),
}
"""Each option that is understood: the packet's field, and the function that reads a value."""
