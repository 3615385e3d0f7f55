"""Show the changes that were made by hand in ringup's files, and ask before they are overwritten."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.approval import is_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ringup.change.by_hand import ByHand
    from ringup.site.model import Site

CURE = "To overwrite it, add --overwrite; a copy is kept as NAME.by-hand."


def may_overwrite(site: "Site", etc: Path | None, *, overwrite: bool, dry_run: bool) -> bool:
    """Return whether what was changed by hand is overwritten, having shown the diffs of files and rows.

    Raises UnsafeChange if the operator does not want that, or cannot be asked.
    """
    from ringup.change.by_hand import changed_by_hand
    from ringup.errors import UnsafeChange

    pbx = site.pbx.model_copy(update={"etc": str(etc or "")})
    found = changed_by_hand(site.model_copy(update={"pbx": pbx}))
    print_diffs(found)
    if not found or overwrite or dry_run:
        return overwrite
    if not is_terminal():
        raise UnsafeChange((f"{each.path} was changed by hand." for each in found), CURE)
    if not click.confirm("Overwrite this? A copy is kept as NAME.by-hand.", err=True):
        raise UnsafeChange((), "")
    return True


def print_diffs(found: "Iterable[ByHand]") -> None:
    """Print the diff of each file on standard error, from what the site says to what the file holds."""
    for each in found:
        click.echo(f"{each.path} was changed by hand:", err=True)
        click.echo(each.diff.diff, nl=False, err=True)
