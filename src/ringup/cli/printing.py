"""Print the results of commands: tables for people, JSON for scripts, changes as + - ~ lines."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from ringup.site.difference import Change, FieldChange
from ringup.site.mask import masked

PIPED_WIDTH = 200
"""Number of columns if the output is not a terminal; without this, rich would cut lines at 80."""

JSON_VERSION = 1
"""Version of all `--json` output.

Raised when a key is removed or changes its meaning, not when one is added.
"""

_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def print_json(record: Mapping[str, Any], *, secrets: bool = False) -> None:
    """Print one object as JSON, its version first.

    Passwords are masked unless the operator asked for them.
    """
    all_encodable = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    versioned = {"version": JSON_VERSION, **record}
    shown = versioned if secrets else masked(versioned)
    click.echo(json.dumps(shown, indent=2, ensure_ascii=not all_encodable))


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under bold headers, without a frame."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for header in headers:
        table.add_column(header, no_wrap=header in ("MAC", "when"))
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False).print(table)


def print_changes(changes: Iterable[Change]) -> None:
    """Print each changed record with its fields, secrets masked."""
    for change in changes:
        click.echo(f"{_SIGNS[change.kind]} {change.record}")
        for field in change.fields if change.kind != "removed" else ():
            click.echo(f"    {field.name}: {_field(change, field)}")


def _field(change: Change, field: FieldChange) -> str:
    before, after = _shown(field.before), _shown(field.after)
    if change.kind == "added":
        return after
    # A secret is masked before and after, so equal masks mean a change.
    return f"{before} → {'(new)' if before == after else after}"


def _shown(text: str | None) -> str:
    """Show an empty setting differently from a missing one.

    An empty one clears the value that a phone has stored.
    """
    return "(nothing)" if text is None else text or "(empty)"


def local_time(at: float) -> str:
    """Return a time in the local time zone and format."""
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
