"""`ringup apply`: replace the site with the contents of a YAML file."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.apply_summary import MOST_DETAILED, summary
from ringup.cli.options import database_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringup.site.difference import Change
    from ringup.site.model import Site


@click.command(
    epilog="""\b
Examples:
  ringup export -o site.yaml
  ringup apply site.yaml --dry-run
  ringup apply site.yaml
  ringup apply site.yaml --dry-run --verbose      every field, however many phones
  ringup export | sed s/Larry/Bert/ | ringup apply -
Passwords that the file leaves out, or masks with ********, stay as they are; new lines get new ones."""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--verbose", "-v", is_flag=True, help=f"Show every field, also of more than {MOST_DETAILED} records."
)
@click.option(
    "--new-key",
    is_flag=True,
    help="When the key of the stored passwords is lost: begin anew with those of the file. Leases, events and"
    " history stay.",
)
@database_option
def apply(file: Path, *, dry_run: bool, verbose: bool, new_key: bool, database: str) -> None:
    """Replace the site with the contents of FILE (- for standard input), as one revision.

    apply deletes what the file omits. If the file has mistakes, nothing changes and all of them are reported.
    """
    from ringup.change.site import begin_site_anew, replace_site, stored_or_new_site
    from ringup.site.check import check
    from ringup.site.difference import changes, difference
    from ringup.site.yaml_rows import read_yaml

    name = "standard input" if str(file) == "-" else str(file)
    if new_key and dry_run:
        raise click.UsageError("--new-key has nothing to compare FILE with: leave --dry-run out.")
    rows = read_yaml(_text(file, name), name)
    if dry_run:
        stored = stored_or_new_site(database)
        site = check(rows, stored)
        made, ending = difference(stored, site), "Nothing was changed (--dry-run)."
    else:
        done = (
            begin_site_anew(database, rows, f"apply {name} with a new key")
            if new_key
            else replace_site(database, lambda _: rows, f"apply {name}")
        )
        site, made = done.site, changes(done.revision.before, done.revision.after)
        ending = f"Revision {done.revision.id}."
    _print(made, site, ending, verbose=verbose)


def _print(made: "Sequence[Change]", site: "Site", ending: str, *, verbose: bool) -> None:
    """Print the fields, unless they are too many; then the sum."""
    from ringup.cli.printing import print_changes

    if not made:
        click.echo("Nothing to change: the site already has these values.")
        return
    if is_detailed := verbose or len(made) <= MOST_DETAILED:
        print_changes(made)
    for line in summary(made, site):
        click.echo(line)
    click.echo(ending if is_detailed else f"{ending} Every field: --verbose, or `ringup history --json`.")


def _text(file: Path, name: str) -> str:
    from ringup.errors import Problem, SiteErrors

    try:
        return sys.stdin.buffer.read().decode() if str(file) == "-" else file.read_bytes().decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SiteErrors(
            [Problem(f"{name}:{line}", "this is not UTF-8.", "Save the file as UTF-8.")]
        ) from error
    except OSError as error:
        raise SiteErrors([Problem(name, f"{error.strerror}.", "Check its name.")]) from error
