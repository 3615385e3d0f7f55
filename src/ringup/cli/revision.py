"""`ringup show`, `ringup diff`, `ringup undo`: show, compare and revert revisions of the site."""

import click

from ringup.cli.approval import Approval, dry_run_option, yes_option
from ringup.cli.options import database_option, json_option
from ringup.cli.restart_printing import restart_option, restarting

_verbose = click.option("--verbose", "-v", is_flag=True, help="Show every field and every diff.")
_NUMBER = click.IntRange(min=1)


@click.command(epilog="Example: ringup show 12")
@click.argument("revision", type=_NUMBER)
@_verbose
@json_option
@database_option
def show(revision: int, *, verbose: bool, as_json: bool, database: str) -> None:
    """Show one revision: who made it, when, its records, and the diff of every rendered file."""
    from ringup.change.revisions import plan_between
    from ringup.change.stored_site import opened
    from ringup.cli.plan_printing import plan_record, print_records_and_files
    from ringup.cli.printing import local_time, print_json
    from ringup.store.revisions import read_revision

    with opened(database) as engine:
        found = read_revision(engine, revision)
        made = plan_between(engine, revision - 1, revision)
    if as_json:
        print_json(
            {
                "id": found.id,
                "at": found.at,
                "author": found.author,
                "summary": found.summary,
                **plan_record(made),
            }
        )
        return
    click.echo(f"Revision {found.id}, {local_time(found.at)}, {found.author}: {found.summary}")
    print_records_and_files(made, verbose=verbose)


@click.command(
    epilog="""\b
Examples:
  ringup diff 11 14
  ringup diff 14 11      the effect of undoing 12 to 14
  ringup diff 0 14       from an empty site"""
)
@click.argument("a", type=click.IntRange(min=0))
@click.argument("b", type=click.IntRange(min=0))
@_verbose
@json_option
@database_option
def diff(a: int, b: int, *, verbose: bool, as_json: bool, database: str) -> None:
    """Show how revision B of the site differs from revision A, in records and rendered files."""
    from ringup.change.revisions import plan_between
    from ringup.change.stored_site import opened
    from ringup.cli.plan_printing import plan_record, print_records_and_files
    from ringup.cli.printing import print_json

    with opened(database) as engine:
        made = plan_between(engine, a, b)
    if as_json:
        print_json({"a": a, "b": b, **plan_record(made)})
    elif not made:
        click.echo(f"Revisions {a} and {b} have the same records.")
    else:
        print_records_and_files(made, verbose=verbose)


@click.command(
    epilog="""\b
Examples:
  ringup undo            the latest revision
  ringup undo 12         only revision 12, if no later revision changed its fields
Passwords are restored, too."""
)
@click.argument("revision", type=_NUMBER, required=False)
@restart_option
@dry_run_option
@yes_option
@database_option
def undo(revision: int | None, *, restart: bool, yes: bool, database: str) -> None:
    """Revert one revision by a new one, which restores the earlier records."""
    from ringup.change.revisions import undo_revision
    from ringup.cli.phone_selection import print_several

    how = restarting(restart)
    print_several(undo_revision(database, revision, Approval(yes, can_restart=True), how), how)
