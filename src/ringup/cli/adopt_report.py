"""The report of `ringup adopt`: values found, values not imported, and values that would change."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from ringup.adoption.adopt import Adoption
from ringup.adoption.comparison import Comparison, Difference
from ringup.adoption.files import AdoptedFile, Keeper
from ringup.adoption.tree import Tree
from ringup.cli.printing import print_table
from ringup.errors import Problem
from ringup.phone.forced_keys import is_forced
from ringup.site.model import Site

MOST_ROWS = 20
"""Maximum number of rows of one list or table; --verbose prints EVERYTHING."""
EVERYTHING = sys.maxsize
MOST_VALUES = 3
"""Maximum number of different values of one key that are shown; further values are only counted."""


def report(
    tree: Tree,
    found: Adoption,
    notes: Iterable[Problem],
    comparison: Comparison,
    server: str,
    most: int = EVERYTHING,
) -> None:
    """Print the report; `server` is the placeholder for this server's address, or empty.

    At most `most` rows of each list are printed; the number of further rows follows.
    """
    site = found.site
    lines = sum(len(phone.lines) for phone in site.phones if phone.mac in found.added_phones)
    phones, groups = len(found.added_phones), len(site.groups)
    click.echo(f"{_count(phones, 'phone')} with {_count(lines, 'line')}, {_count(groups, 'group')}.")
    for group in site.groups:
        members = sum(phone.group == group.name for phone in site.phones)
        click.echo(f"  group {group.name}: {_count(members, 'phone')}")
    _list("To know", [str(note) for note in (*tree.notes, *notes)], most)
    _list("Passwords that phones cannot take", [str(note) for note in found.faulty], most)
    _list("Kept against the catalogue's advice", _forced(site), most)
    _added(comparison.added, len(tree.phones), server)
    click.echo("")
    if not comparison.changes:
        click.echo(f"Comparison: nothing changes for {_count(len(tree.phones), 'phone')}.")
        return
    if len(comparison.changes) <= most:
        print_table(
            ("phone", "key", "before", "after"),
            [(one.mac, one.key, _shown(one.before), _shown(one.after)) for one in comparison.changes],
        )
    else:
        _print_alike(comparison.changes, most)
    click.echo(
        f"Comparison: {len(comparison.changes)} values change, {len(tree.phones)} phones were compared."
    )


def _print_alike(changes: Iterable[Difference], most: int) -> None:
    """Print each kind of change once, with the number of phones, the most frequent first."""
    alike = Counter((one.key, _shown(one.before), _shown(one.after)) for one in changes).most_common()
    print_table(
        ("phones", "key", "before", "after"),
        [(str(count), *change) for change, count in alike[:most]],
    )
    if more := alike[most:]:
        click.echo(f"{_count(len(more), 'more kind')} of change.")
    click.echo("Each phone: --verbose")


def report_files(kept: Sequence[AdoptedFile], targets: Mapping[Keeper, Path], most: int = EVERYTHING) -> None:
    """Print each file under the heading of its use: generated, copied or not served."""
    titles: dict[Keeper, str] = {
        "records": "Files that ringup generates from the site's records",
        **{keeper: f"Files for {target}, served under the same names" for keeper, target in targets.items()},
    }
    for keeper, title in titles.items():
        _list(title, [str(each) for each in kept if each.keeper == keeper], most)
    unserved = [each for each in kept if each.keeper == "nobody"]
    for why in dict.fromkeys(each.why for each in unserved):
        _list(
            f"Not served: {why}", [str(replace(each, why="")) for each in unserved if each.why == why], most
        )
    if kept:
        click.echo("")


def report_copied(kept: Sequence[AdoptedFile], lost: Sequence[AdoptedFile]) -> None:
    """Print whether the copied files are served byte for byte."""
    copied = sum(each.keeper in ("firmware", "files") for each in kept)
    for each in lost:
        click.echo(f"  {each}")
    if copied:
        same = copied - len(lost)
        click.echo(f"{same} of {_count(copied, 'copied file')} are served unchanged.")


def _list(title: str, items: list[str], most: int = EVERYTHING) -> None:
    if items:
        click.echo(f"\n{title}:")
        for item in items[:most]:
            click.echo(f"  {item}")
        if left := items[most:]:
            click.echo(f"  and {len(left)} more (--verbose)")


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
    """Print one line per added key, however many phones have it."""
    values: dict[str, list[str]] = defaultdict(list)
    for one in added:
        values[one.key].append("(this server)" if one.after == server else _shown(one.after))
    rows = []
    for key, given in values.items():
        different = list(dict.fromkeys(given))
        shown = ", ".join(different) if len(different) <= MOST_VALUES else f"{len(different)} values"
        whose = "" if len(given) == phones else f" ({_count(len(given), 'phone')})"
        rows.append(f"{key}: {shown}{whose}")
    _list(
        "Added: ringup always sends these; your folder did not set them, so phones kept their stored values",
        rows,
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shown(text: str | None) -> str:
    return "(not given)" if text is None else text or "(empty)"
