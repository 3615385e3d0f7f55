"""`ringup apply`: replace the site with the contents of a YAML file."""

import sys
from pathlib import Path

import click

from ringup.cli.options import database_option


@click.command(
    epilog="""\b
Examples:
  ringup export -o site.yaml
  ringup apply site.yaml --dry-run
  ringup apply site.yaml
Passwords that the file leaves out, or masks with ********, stay as they are; new lines get new ones."""
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@database_option
def apply(file: Path, dry_run: bool, database: str) -> None:
    """Replace the site with the contents of FILE (- for standard input), as one revision.

    apply deletes what the file omits. If the file has mistakes, nothing changes and all of them are reported.
    """
    from ringup.change.site import replace_site, stored_or_new_site
    from ringup.cli.printing import print_changes
    from ringup.cli.settings import print_revision
    from ringup.site.check import check
    from ringup.site.difference import difference
    from ringup.site.yaml_rows import read_yaml

    name = "standard input" if str(file) == "-" else str(file)
    rows = read_yaml(_text(file, name), name)
    if not dry_run:
        print_revision(replace_site(database, lambda _: rows, f"apply {name}").revision)
        return
    stored = stored_or_new_site(database)
    changes = difference(stored, check(rows, stored))
    print_changes(changes)
    click.echo(
        "Nothing was changed (--dry-run)."
        if changes
        else "Nothing to change: the site already has these values."
    )


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
