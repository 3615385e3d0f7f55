"""What `ringup adopt` says: what it found, what it could not take, and what would change."""

from collections import defaultdict
from collections.abc import Iterable

import click

from ringup.cli.printing import print_table
from ringup.errors import Problem
from ringup.files.adopted_tree import Tree
from ringup.files.adoption import Adoption
from ringup.files.adoption_proof import Difference, Proof
from ringup.phone.forced_keys import is_forced
from ringup.site.model import Site

MOST_VALUES = 3
"""Different values of one key that are shown; more are counted."""


def report(tree: Tree, found: Adoption, notes: Iterable[Problem], proof: Proof, server: str) -> None:
    """Print all of it; `server` is what stands for our own address until it is known, or empty."""
    site = found.site
    lines = sum(len(phone.lines) for phone in site.phones if phone.mac in found.added_phones)
    phones, groups = len(found.added_phones), len(site.groups)
    click.echo(f"{_count(phones, 'phone')} with {_count(lines, 'line')}, {_count(groups, 'group')}.")
    for group in site.groups:
        members = sum(phone.group == group.name for phone in site.phones)
        click.echo(f"  group {group.name}: {_count(members, 'phone')}")
    _list("To know", [str(note) for note in (*tree.notes, *notes)])
    _list("Passwords that phones cannot take", [str(note) for note in found.faulty])
    _list("Kept against the catalogue's advice", _forced(site))
    _list("Firmware", list(tree.firmware))
    _list("Left over; nothing was taken from these files", list(tree.left_over))
    _added(proof.added, len(tree.phones), server)
    click.echo("")
    if not proof.changes:
        click.echo(f"Proof: nothing changes for any of {len(tree.phones)} phones.")
        return
    print_table(
        ("phone", "key", "before", "after"),
        [(one.mac, one.key, _shown(one.before), _shown(one.after)) for one in proof.changes],
    )
    click.echo(f"Proof: {len(proof.changes)} values change, {len(tree.phones)} phones were compared.")


def _list(title: str, items: list[str]) -> None:
    if items:
        click.echo(f"\n{title}:")
        for item in items:
            click.echo(f"  {item}")


def _forced(site: Site) -> list[str]:
    levels = (
        ("site", site.settings),
        *((f"group {group.name}", group.settings) for group in site.groups),
        *((f"phone {phone.mac}", phone.settings) for phone in site.phones),
    )
    return [
        f"{where}: {name}: {value or '(empty)'}"
        for where, settings in levels
        for name, value in settings.items()
        if is_forced(name)
    ]


def _added(added: Iterable[Difference], phones: int, server: str) -> None:
    """A key a line, however many phones."""
    values: dict[str, list[str]] = defaultdict(list)
    for one in added:
        values[one.key].append("(this server)" if one.after == server else _shown(one.after))
    rows = []
    for key, given in values.items():
        different = list(dict.fromkeys(given))
        shown = ", ".join(different) if len(different) <= MOST_VALUES else f"{len(different)} values"
        whose = "" if len(given) == phones else f" ({_count(len(given), 'phone')})"
        rows.append(f"{key}: {shown}{whose}")
    _list("Added: ringup always says these, the folder left them to what phones remember", rows)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shown(text: str | None) -> str:
    return "(not given)" if text is None else text or "(empty)"
