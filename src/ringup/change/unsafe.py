"""The rules that find unsafe changes in the facts of a plan; each result has a code, a number and a
sentence.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address

from ringup.change.rendered import FilePair, asterisk_files
from ringup.change.world import World
from ringup.site.model import Line, Phone, Site

SHARE = 3
"""A change is unsafe if it removes or changes more than one in SHARE phones."""
LEAST_CHANGED = 10
"""Minimum number of changed phones for a change to be unsafe.

On a small site, every change concerns a large share of the phones.
"""
LEAST_GONE = 2
"""Minimum number of removed phones for a change to be unsafe; a single phone is removed on purpose."""
MOST_NAMED = 5
"""Maximum number of records that a sentence names; further records are only counted."""


@dataclass(frozen=True, slots=True)
class Unsafe:
    """One reason to ask the operator before a change is made."""

    code: str
    """The code for scripts; a code never changes its meaning."""
    number: int
    """The number of phones, lines, leases or files."""
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """The facts that the rules judge."""

    before: Site
    after: Site
    world: World
    old: Mapping[str, Phone]
    new: Mapping[str, Phone]
    files: Sequence[FilePair]
    changed: frozenset[str]
    """MACs of phones in both sites whose record changes, or which must restart."""


def unsafe(facts: ChangeFacts) -> tuple[Unsafe, ...]:
    """Return every reason to ask the operator, in the order of the rules."""
    return tuple(found for rule in RULES for found in rule(facts))


def _empty_site(facts: ChangeFacts) -> Iterator[Unsafe]:
    emptied = facts.after.model_copy(update={"sync": facts.before.sync})
    if facts.old and emptied == Site(sync=facts.before.sync):
        number = len(facts.old)
        yield Unsafe("empty-site", number, f"Nothing is left: the site and {_count(number, 'phone')} go.")


def _many_phones(facts: ChangeFacts) -> Iterator[Unsafe]:
    total = len(facts.old)
    gone = [mac for mac in facts.old if mac not in facts.new]
    if len(gone) >= LEAST_GONE and len(gone) * SHARE > total:
        yield Unsafe("many-phones-gone", len(gone), f"{len(gone)} of {total} phones go: {_some(gone)}.")
    number = len(gone) + len(facts.changed)
    if facts.changed and number >= LEAST_CHANGED and number * SHARE > total:
        what = (
            f"{len(gone)} of {total} phones go and {len(facts.changed)} change"
            if gone
            else (f"{number} of {total} phones change")
        )
        yield Unsafe("many-phones-changed", number, f"{what}.")


def _last_line(facts: ChangeFacts) -> Iterator[Unsafe]:
    left = [mac for mac, phone in facts.old.items()
            if phone.lines and mac in facts.new and not facts.new[mac].lines]  # fmt: skip
    if left:
        yield Unsafe(
            "last-line", len(left), f"{_count(len(left), 'phone')} lose the last line: {_some(left)}."
        )


def _living_leases(facts: ChangeFacts) -> Iterator[Unsafe]:
    kept = [subnet.network for subnet in facts.after.subnets]
    for subnet in facts.before.subnets:
        living = [
            address
            for address in facts.world.leased
            if address in subnet.network and not any(address in network for network in kept)
        ]
        if living:
            yield Unsafe("living-leases", len(living), _leases_sentence(str(subnet.network), living))


def _leases_sentence(network: str, living: Sequence[IPv4Address]) -> str:
    return f"Network {network} goes, where {_count(len(living), 'address')} are leased."


def _secret_without_restart(facts: ChangeFacts) -> Iterator[Unsafe]:
    stale = [
        line.extension
        for mac, extensions in facts.world.registered.items()
        if mac in facts.old and mac in facts.new and mac not in facts.world.restarting
        for line in facts.old[mac].lines
        if line.extension in extensions and _is_locked_out(line, facts.new[mac])
    ]
    if stale:
        sentence = (
            f"The password of {_count(len(stale), 'registered line')} changes, and its phone keeps the old "
            f"one until it restarts: {_some(stale)}."
        )
        yield Unsafe("secret-without-restart", len(stale), sentence)


def _is_locked_out(line: Line, phone: Phone) -> bool:
    """Return whether the phone keeps this line, but with another password or user name."""
    return any(
        other.extension == line.extension
        and (other.secret, other.auth_name or other.extension)
        != (line.secret, line.auth_name or line.extension)
        for other in phone.lines
    )


def _by_hand(facts: ChangeFacts) -> Iterator[Unsafe]:
    if not facts.world.by_hand:  # all of Asterisk's files are rendered only if one was changed by hand
        return
    changed = {file.name for file in asterisk_files(facts.before, facts.after)}
    for name, counts in facts.world.by_hand.items():
        if name in changed:
            yield Unsafe(
                "changed-by-hand",
                1,
                f"{name} was changed by hand ({counts} lines), and this change overwrites it; a copy is kept "
                f"as {name}.by-hand. See the lines: ringup pbx verify",
            )


def _lost_files(facts: ChangeFacts) -> Iterator[Unsafe]:
    for file in facts.files:
        if file.fault:
            yield Unsafe("lost-file", 1, f"{file.name} can no longer be made: {file.fault}")


RULES: tuple[Callable[[ChangeFacts], Iterator[Unsafe]], ...] = (
    _empty_site,
    _many_phones,
    _last_line,
    _living_leases,
    _secret_without_restart,
    _by_hand,
    _lost_files,
)


def _count(number: int, noun: str) -> str:
    plural = f"{noun}es" if noun.endswith("s") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
