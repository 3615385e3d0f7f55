"""`ringup import`: add and change phones from CSV or an .xlsx file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.approval import Approval, yes_option
from ringup.cli.options import database_option
from ringup.cli.restart_printing import print_ending, restart_option, restarting

if TYPE_CHECKING:
    from ringup.change.plan import Plan
    from ringup.cli.import_reading import ImportedTable
    from ringup.site.model import Site


def _mapping(_ctx: click.Context, _param: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Return the file's column names with ringup's fields; a column name may contain equals signs, a field
    does not.
    """
    mapped = {}
    for pair in pairs:
        theirs, equals, ours = pair.rpartition("=")
        if not equals or not theirs.strip():
            raise click.BadParameter(f'{pair!r} is not of the form "THEIR NAME=OUR FIELD".')
        mapped[theirs.strip()] = ours.strip()
    return mapped


@click.command(
    "import",
    epilog="""\b
Examples:
  ringup import phones.csv --dry-run
  ringup import phones.xlsx                        the first sheet
  ringup import staff.csv --map "Their name=name" --map "Desk phone=mac" --map "Room="
  ringup import phones.csv --encoding cp1252       Excel's plain CSV of Windows
  ringup export --csv -o phones.csv                the same columns, to edit and import again
Fields: mac, model, group, label, address, load, password and any .cnf parameter; for a line extension, name,
secret, voicemail, voicemail_pin, auth_name, short_name and display_name, with a number for further lines
(extension 2), or one row per line.""",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show the changes row by row, and change nothing.")
@click.option(
    "--map", "mapped", multiple=True, callback=_mapping, metavar='"THEIRS=OURS"',
    help="Read the column of this name as this field; with nothing after the sign, ignore the column. "
    "Repeatable.",
)  # fmt: skip
@click.option("--encoding", default="", metavar="NAME", help="The encoding of a CSV file. Default: detected.")
@click.option("--verbose", "-v", is_flag=True, help="Show every row after the change, too.")
@restart_option
@yes_option
@database_option
def import_phones(
    file: Path,
    *,
    dry_run: bool,
    mapped: dict[str, str],
    encoding: str,
    verbose: bool,
    restart: bool,
    yes: bool,
    database: str,
) -> None:
    """Add and change the phones of FILE: CSV or .xlsx, - for standard input; its first row names columns.

    Phones that are not in FILE stay as they are. If FILE has mistakes, nothing changes and all of them are
    reported. A phone line without a password gets a generated one.
    """
    from ringup.change.site import merge_site
    from ringup.cli.import_reading import ImportedTable

    reading = ImportedTable(file, mapped, encoding)
    if dry_run:
        _try(database, reading)
        return
    approval = Approval(yes, lambda plan: _print_sum(reading, plan), can_restart=True)

    def approve(plan: "Plan") -> None:
        reading.progress.end()
        approval(plan)
        reading.progress.step("writing")

    how = restarting(restart)
    done = merge_site(database, reading.rows_for, f"import {reading.table.name}", approve, restarting=how)
    reading.progress.end()
    _print(reading, done.plan, done.site, with_rows=verbose)
    for sentence in done.done:
        click.echo(sentence)
    if done.plan:
        click.echo(f"Revision {done.revision.id}.")
    print_ending(done, how)


def _try(database: str, reading: "ImportedTable") -> None:
    from ringup.change.site import planned_merge

    planned = planned_merge(database, reading.rows_for)
    reading.progress.end()
    _print(reading, planned.plan, planned.after, with_rows=True)
    click.echo("Nothing was changed (--dry-run).")


def _print(reading: "ImportedTable", plan: "Plan", after: "Site", *, with_rows: bool) -> None:
    """Print the rows, if wanted, then the number of changes."""
    from ringup.change.row_report import row_reports

    if with_rows:
        for report in row_reports(plan, reading.stored, after, reading.places()):
            click.echo(report)
    _print_sum(reading, plan)


def _print_sum(reading: "ImportedTable", plan: "Plan") -> None:
    from ringup.change.plan_text import count_lines, effect_lines, unsafe_lines

    for note in reading.notes():
        click.echo(note)
    if not plan:
        click.echo("Nothing to change: the site already has these values.")
    for line in (*count_lines(plan), *effect_lines(plan)):
        click.echo(line)
    for line in unsafe_lines(plan):
        click.echo(f"Unsafe: {line}")
