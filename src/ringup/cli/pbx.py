"""`ringup pbx`: install and reload Asterisk's files."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option

if TYPE_CHECKING:
    from ringup.site.model import Site

STOCK_FOLDER = Path("/etc/asterisk")
"""The folder in which distributions keep Asterisk's configuration."""


@click.group()
def pbx() -> None:
    """Write ringup's files beside Asterisk's own, and make Asterisk read them."""


_etc_option = click.option(
    "--etc",
    type=click.Path(file_okay=False, path_type=Path),
    help="Asterisk's configuration folder, instead of the one of pbx.etc.",
)


@pbx.command(
    epilog="""\b
Examples:
  ringup pbx install                       into the folder of pbx.etc
  ringup pbx install --etc /etc/asterisk   into another
  ringup pbx install --reload              and make Asterisk read them"""
)
@_etc_option
@click.option("--reload", "then_reload", is_flag=True, help="Reload Asterisk if anything changed.")
@database_option
def install(etc: Path | None, then_reload: bool, database: str) -> None:
    """Write the files of all lines into ringup.d, and one #tryinclude line into each of the operator's.

    The operator's files are kept once as NAME.before-ringup. Nothing is written if nothing changed. Run it
    once as root; `ringup serve` then keeps ringup.d up to date without a right to the operator's files.
    """
    from ringup.asterisk.install import install as install_files
    from ringup.change.site import stored_site

    site = stored_site(database)
    folder = etc or (Path(site.pbx.etc) if site.pbx.etc else None)
    if folder is None:
        raise click.UsageError(
            "Which folder? Give --etc /etc/asterisk, or: ringup site set pbx.etc=/etc/asterisk"
        )
    changed = install_files(site, folder)
    if not changed:
        click.echo(f"{folder} is up to date: {_lines_of(site)}.")
        return
    _print_changed(folder, changed)
    click.echo(f"{_lines_of(site)}.")
    if then_reload:
        _reload(site)
    else:
        click.echo("Asterisk reads them after: ringup pbx reload")


@pbx.command(epilog="Example: ringup pbx remove --etc /etc/asterisk")
@_etc_option
@database_option
def remove(etc: Path | None, database: str) -> None:
    """Remove ringup's files, and the lines that include them, from Asterisk's folder."""
    from ringup.asterisk.install import remove as remove_files

    folder = etc or _folder_of_site(database) or STOCK_FOLDER
    if not folder.is_dir():
        click.echo(f"{folder} is not there: nothing to remove.")
        return
    changed = remove_files(folder)
    _print_changed(folder, changed)
    click.echo("Asterisk forgets them after: asterisk -rx 'core reload'" if changed else "Nothing to remove.")


def _folder_of_site(database: str) -> Path | None:
    """Return the folder that the site names; none if the site cannot be read."""
    from ringup.change.site import stored_site
    from ringup.errors import StoreError

    try:
        etc = stored_site(database).pbx.etc
    except StoreError:
        return None
    return Path(etc) if etc else None


def _print_changed(folder: Path, changed: list[str]) -> None:
    from ringup.asterisk.file_change import BACKUP
    from ringup.asterisk.include_lines import FOLDER
    from ringup.render.pbx_files import PBX_FILES

    for name in changed:
        kept = f" (before: {name}{BACKUP})" if (folder / f"{name}{BACKUP}").exists() else ""
        operators = name in {file.included_by for file in PBX_FILES}
        written = "#tryinclude line" if operators else "written" if name.startswith(FOLDER) else ""
        gone = not (folder / name).exists()
        click.echo(f"{'removed' if gone else written:16}  {folder / name}{kept}")


@pbx.command()
@database_option
def reload(database: str) -> None:
    """Make Asterisk read the files again, over its manager interface."""
    from ringup.change.site import stored_site

    _reload(stored_site(database))


def _reload(site: "Site") -> None:
    if not site.pbx.manager_user:
        raise click.UsageError(
            "The site names no manager user. Add one to Asterisk's manager.conf, then: "
            "ringup site set pbx.manager_user=ringup pbx.manager_secret=..."
        )
    from ringup.change.pbx_steps import reload_over_ami

    version = asyncio.run(reload_over_ami(site.pbx))
    click.echo(f"Asterisk {version} at {site.pbx.manager_host} has reloaded {site.pbx.driver}, "
               "the dial plan and voicemail.")  # fmt: skip


def _lines_of(site: "Site") -> str:
    count = sum(1 for _ in site.lines())
    return f"{count} line{'' if count == 1 else 's'} for {site.pbx.driver}"
