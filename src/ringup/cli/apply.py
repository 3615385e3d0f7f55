"""`ringup apply`: replace the site with the contents of a YAML file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.approval import Approval, yes_option
from ringup.cli.options import database_option
from ringup.cli.restart_printing import print_ending, restart_option, restarting

if TYPE_CHECKING:
    from ringup.change.plan import Plan

MOST_DETAILED = 20
"""Maximum number of changed records whose fields are printed without --verbose."""


@click.command(
    epilog="""\b
Examples:
  ringup export -o site.yaml
  ringup apply site.yaml --dry-run
  ringup apply site.yaml
  ringup apply site.yaml --restart                also restart the phones that must restart
  ringup apply site.yaml --dry-run --verbose      every field, for any number of phones
  ringup export | sed s/Larry/Bert/ | ringup apply -
Passwords that the file omits, or masks with ********, stay as they are; new lines get new passwords."""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--verbose", "-v", is_flag=True, help=f"Show every field, also of more than {MOST_DETAILED} records."
)
@click.option(
    "--new-key",
    is_flag=True,
    help="Use this if the key of the stored passwords is lost: create a new key, and take the passwords "
    "from FILE. Leases, events and history stay.",
)
@restart_option
@yes_option
@database_option
def apply(
    file: Path, *, dry_run: bool, verbose: bool, new_key: bool, restart: bool, yes: bool, database: str
) -> None:
    """Replace the site with the contents of FILE (- for standard input), as one revision.

    apply deletes what the file omits. If the file has mistakes, nothing changes and all of them are reported.
    """
    from ringup.change.site import begin_site_anew, planned_change, replace_site
    from ringup.cli.site_file import read_site_file

    if new_key and restart:
        raise click.UsageError("--new-key cannot be combined with --restart. Leave --restart out.")
    if new_key and dry_run:
        raise click.UsageError("--new-key cannot be combined with --dry-run. Leave --dry-run out.")
    name, rows = read_site_file(file)
    if dry_run:
        _print(planned_change(database, rows), "Nothing was changed (--dry-run).", verbose=verbose)
        return
    how = restarting(restart)
    if new_key:
        done = begin_site_anew(database, rows, f"apply {name} with a new key")
    else:
        approval = Approval(yes, lambda plan: _print(plan, "", verbose=False), can_restart=True)
        done = replace_site(database, lambda _: rows, f"apply {name}", approval, restarting=how)
    _print(done.plan, "\n".join((*done.done, f"Revision {done.revision.id}.")), verbose=verbose)
    print_ending(done, how)


def _print(plan: "Plan", ending: str, *, verbose: bool) -> None:
    """Print the fields, unless there are too many; then the number of changes, and their effect on phones."""
    from ringup.change.plan_text import count_lines, effect_lines
    from ringup.cli.printing import print_changes

    if not plan:
        click.echo("Nothing to change: the site already has these values.")
        return
    if is_detailed := verbose or len(plan.changes) <= MOST_DETAILED:
        print_changes(plan.changes)
    for line in (*count_lines(plan), *effect_lines(plan)):
        click.echo(line)
    if ending:
        click.echo(ending if is_detailed else f"{ending} Every field: --verbose, or `ringup history --json`.")
