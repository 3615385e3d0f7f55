"""`ringup plan`: show the effects of a site file on the phones and on Asterisk."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option, json_option

if TYPE_CHECKING:
    from ringup.change.plan import Plan


@click.command(
    epilog="""\b
Examples:
  ringup plan site.yaml
  ringup plan site.yaml --verbose         every diff, for any number of files
  ringup plan site.yaml --markdown        for a review
  ringup plan site.yaml --json | jq '.unsafe'
Nothing is changed. `ringup apply` makes the change."""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--markdown", "as_markdown", is_flag=True, help="Print a Markdown document.")
@click.option("--verbose", "-v", is_flag=True, help="Show every field and every diff.")
@json_option
@database_option
def plan(file: Path, *, as_markdown: bool, verbose: bool, as_json: bool, database: str) -> None:
    """Show what `ringup apply FILE` would change (- for standard input), and what is unsafe.

    Passwords are masked, so a changed password appears as two equal lines.
    """
    from ringup.change.site import planned_change
    from ringup.cli.plan_printing import print_plan, print_plan_as
    from ringup.cli.site_file import read_site_file

    name, rows = read_site_file(file)
    found = planned_change(database, rows)
    if as_json or as_markdown:
        print_plan_as(found, "json" if as_json else "markdown", f"Plan of {name}", verbose=verbose)
    elif not found:
        click.echo("Nothing to change: the site already has these values.")
    else:
        print_plan(found, verbose=verbose)
        click.echo(f"Nothing was changed. Make the change: ringup apply {file}{_yes(found)}")


def _yes(plan: "Plan") -> str:
    return " --yes" if plan.unsafe else ""
