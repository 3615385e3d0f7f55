"""`ringup pbx`: install and reload Asterisk's files."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ringup.cli.options import database_option

if TYPE_CHECKING:
    from ringup.site.model import Site


@click.group()
def pbx() -> None:
    """Write our files beside Asterisk's own, and make it read them."""


@pbx.command(
    epilog="""\b
Examples:
  ringup pbx install                       into the folder of pbx.etc
  ringup pbx install --etc /etc/asterisk   into another
  ringup pbx install --reload              and make Asterisk read them"""
)
@click.option(
    "--etc", type=click.Path(file_okay=False, path_type=Path), help="Asterisk's configuration folder."
)
@click.option("--reload", "then_reload", is_flag=True, help="Reload Asterisk if anything changed.")
@database_option
def install(etc: Path | None, then_reload: bool, database: str) -> None:
    """Write the files of all lines, and one #include line into each of the operator's.

    The operator's files are kept once as NAME.before-ringup. Nothing is written if nothing changed.
    """
    from ringup.asterisk.install import BACKUP, PBX_FILES
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
    own = {file.name for file in PBX_FILES}
    for name in changed:
        kept = (
            "" if name in own or not (folder / f"{name}{BACKUP}").exists() else f" (before: {name}{BACKUP})"
        )
        written = "removed" if not (folder / name).exists() else "written" if name in own else "#include line"
        click.echo(f"{written:14} {folder / name}{kept}")
    click.echo(f"{_lines_of(site)}.")
    if then_reload:
        _reload(site)
    else:
        click.echo("Asterisk reads them after: ringup pbx reload")


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
    version = asyncio.run(_reload_over_ami(site))
    click.echo(f"Asterisk {version} at {site.pbx.manager_host} has reloaded {site.pbx.driver}, "
               "the dial plan and voicemail.")  # fmt: skip


async def _reload_over_ami(site: "Site") -> str:
    from ringup.asterisk.control import Manager

    settings = site.pbx
    manager = Manager(
        settings.manager_host, settings.manager_port, settings.manager_user, settings.manager_secret
    )
    try:
        version = await manager.connect()
        await manager.reload(settings.driver)
    finally:
        await manager.close()
    return version


def _lines_of(site: "Site") -> str:
    count = sum(1 for _ in site.lines())
    return f"{count} line{'' if count == 1 else 's'} for {site.pbx.driver}"
