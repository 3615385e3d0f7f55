"""Change settings for commands, and print the changes."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from ringup.cli.printing import print_changes
from ringup.cli.restart_printing import print_ending
from ringup.errors import Problem, SiteErrors
from ringup.phone.forced_keys import is_forced, marked, merged, other_spelling
from ringup.phone.parameters import PARAMETERS
from ringup.site.rows import Plain

if TYPE_CHECKING:
    from ringup.change.restart_step import Restarting
    from ringup.change.site import Changed


def change_settings(record: Plain, settings: Mapping[str, str], unset: Iterable[str], where: str) -> None:
    """Set and unset `.cnf` parameters of a record in its plain form."""
    kept = merged((record.get("settings", {}), settings))
    for given in unset:
        name = given if given in kept else other_spelling(given)
        if name not in kept:
            has = ", ".join(kept) or "none"
            raise SiteErrors([Problem(where, f"has no setting {given}.", f"Its settings: {has}.")])
        del kept[name]
    record["settings"] = kept


def marked_if(force: bool, settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings as stored.

    With --force, values that the catalogue refuses are marked and accepted.
    """
    return marked(settings) if force else dict(settings)


def check_keys(keys: Iterable[str], fields: Iterable[str], where: str) -> None:
    """Refuse keys that are neither one of these fields nor a `.cnf` parameter, and suggest similar ones."""
    known = {name.lower(): name for name in (*fields, *PARAMETERS)}
    problems = []
    for key in keys:
        near = get_close_matches(key.lower(), known, n=1) or [name for name in known if key.lower() in name]
        if key not in known.values() and not is_forced(key):
            cure = f"Did you mean {known[near[0]]}?" if near else "List them all: `ringup parameters`."
            cure += " To send it anyway, add --force."
            problems.append(Problem(where, f"{key} is neither a field nor a .cnf parameter.", cure))
    if problems:
        raise SiteErrors(problems)


def print_changed(changed: "Changed", how: "Restarting | None" = None) -> None:
    """Print the changes of a command, their effect on phones, the revision, and how to restart them."""
    from ringup.change.plan_text import effect_lines

    if not changed.plan:
        click.echo("Nothing to change: the site already has these values.")
        return
    print_changes(changed.plan.changes)
    for line in effect_lines(changed.plan):
        click.echo(line)
    print_done(changed)
    click.echo(f"Revision {changed.revision.id}.")
    print_ending(changed, how)


def print_done(changed: "Changed") -> None:
    """Print the steps that were done outside the database."""
    for sentence in changed.done:
        click.echo(sentence)
