"""`ringup export`: write the site as YAML, or its phones as CSV."""

import os
import tempfile
from pathlib import Path

import click

from ringup.cli.options import database_option
from ringup.cli.reveal import note_if, reveal_option


@click.command(
    epilog="""\b
Examples:
  ringup export -o site.yaml
  ringup export --reveal -o backup.yaml
  ringup export --csv -o phones.csv               the phones alone, for `ringup import`
Without --reveal, YAML has masked passwords and CSV has no columns for them; `ringup apply` and
`ringup import` then keep the stored ones."""
)
@reveal_option("Write passwords and PINs in plain text.")
@click.option(
    "--csv", "as_csv", is_flag=True, help="Write the phones as CSV, in the form of `ringup import`."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output.",
)
@database_option
def export(*, reveal: bool, as_csv: bool, output: Path | None, database: str) -> None:
    """Write the site as YAML, in the form that `ringup apply` reads; or its phones as CSV."""
    from ringup.change.stored_site import stored_site
    from ringup.errors import OutsideError, by_system
    from ringup.site.write import write_yaml

    site = stored_site(database)
    note_if(reveal, database, "all passwords (export)")
    if as_csv:
        from ringup.site.write_csv import write_csv

        text = write_csv(site, secrets=reveal)
    else:
        text = write_yaml(site, secrets=reveal)
    if output is None:
        click.echo(text.encode(), nl=False)
        return
    try:
        _write_private(output, text.encode())
    except OSError as error:
        raise OutsideError(
            f"writing {output}", *by_system(error, output.parent, "Choose another place.")
        ) from error
    click.echo(f"Wrote {output}.")


def _write_private(path: Path, data: bytes) -> None:
    """Write a file completely or not at all, readable only by its owner, because it may hold passwords."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise
