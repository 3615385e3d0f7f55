"""`ringup pbx`: install and reload Asterisk's files; `verify` has a module of its own."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ringup.cli.options import database_option
from ringup.cli.pbx_adopt import adopt
from ringup.cli.pbx_realtime import realtime
from ringup.cli.pbx_verify import verify

if TYPE_CHECKING:
    from ringup.asterisk.preparation import Preparation
    from ringup.site.model import Site

STOCK_FOLDER = Path("/etc/asterisk")
"""The folder in which distributions keep Asterisk's configuration."""


_WORDS = {"modules.conf": "noload lines", "manager.d/ringup.conf": "manager account"}
"""Describes the lines that `install` adds to a file of this name."""


@click.group()
def pbx() -> None:
    """Write ringup's files beside Asterisk's own, and make Asterisk read them."""


pbx.add_command(adopt)
pbx.add_command(realtime)
pbx.add_command(verify)


_etc_option = click.option(
    "--etc",
    type=click.Path(file_okay=False, path_type=Path),
    help="Asterisk's configuration folder, instead of the one of pbx.etc.",
)


@pbx.command(
    epilog="""\b
Examples:
  ringup pbx install                       into the folder of pbx.etc; asks before other changes
  ringup pbx install --yes                 without a question, for scripts
  ringup pbx install --dry-run             show what would be written
  ringup pbx install --etc /etc/asterisk   into another folder"""
)
@_etc_option
@click.option("--reload", "then_reload", is_flag=True, help="Reload Asterisk if anything changed.")
@click.option(
    "--fix-modules/--leave-modules",
    default=None,
    help="Switch off all voicemail modules but one in modules.conf. Default: only if Asterisk needs it.",
)
@click.option("--overwrite", is_flag=True, help="Overwrite files of ringup that were changed by hand.")
@click.option(
    "--yes",
    is_flag=True,
    help="Add the account and the lines of modules.conf, and overwrite, without asking.",
)
@click.option("--dry-run", is_flag=True, help="Show the changes, and change nothing.")
@database_option
def install(
    etc: Path | None,
    *,
    then_reload: bool,
    fix_modules: bool | None,
    overwrite: bool,
    yes: bool,
    dry_run: bool,
    database: str,
) -> None:
    """Write the files of all lines into ringup.d, and one #tryinclude line into each of Asterisk's own files.

    If you confirm on a terminal, or with --yes, it also adds an account to Asterisk's manager interface and
    stores it in the site. If Asterisk loads several voicemail modules, it also switches off all but one.
    Asterisk then reloads its files, or restarts if its modules change. Nothing is changed while a call is up.
    With pbx.realtime, the accounts become rows of that database. A copy of each of your files is
    kept as NAME.before-ringup. Nothing is written if nothing changed. Run it once as root; `ringup serve`
    then keeps ringup.d up to date without rights to your files.
    """
    from ringup.change.stored_site import asterisks_site
    from ringup.cli.approval import is_terminal
    from ringup.cli.pbx_by_hand import may_overwrite

    site = asterisks_site(database)
    folder = None if site.pbx.realtime and not (etc or site.pbx.etc) else _folder_for(site, etc)
    overwrite = may_overwrite(site, folder, overwrite=overwrite or yes, dry_run=dry_run)
    if site.pbx.realtime:
        _install_rows(site, overwrite=overwrite, dry_run=dry_run)
    if folder is None:
        return
    more = _preparation(site, folder, fix_modules) if yes or dry_run or is_terminal() else None
    if dry_run:
        _print_planned(site, folder, more, overwrite=overwrite)
        return
    if more is not None and more.changes:
        _prepare(site, folder, more, yes=yes, overwrite=overwrite, database=database)
        return
    _install_alone(site, folder, then_reload=then_reload, overwrite=overwrite)


def _install_rows(site: "Site", *, overwrite: bool, dry_run: bool) -> None:
    from ringup.asterisk.realtime import rows_to_write, write_rows

    count = rows_to_write(site) if dry_run else write_rows(site, overwrite=overwrite)
    done = "to write" if dry_run else "written"
    click.echo(f"{done:16}  {count} rows of {site.pbx.realtime}")


def _folder_for(site: "Site", etc: Path | None) -> Path:
    folder = etc or (Path(site.pbx.etc) if site.pbx.etc else None)
    if folder is None:
        raise click.UsageError(
            "The folder is not known. Give --etc /etc/asterisk, or: ringup site set pbx.etc=/etc/asterisk"
        )
    return folder


def _preparation(site: "Site", folder: Path, fix_modules: bool | None) -> "Preparation":
    """Return the changes that Asterisk needs; print what prevents them."""
    from ringup.asterisk.preparation import prepared

    found = prepared(site.pbx, folder, fix_modules=fix_modules)
    for obstacle in found.obstacles:
        click.echo(f"Left out: {obstacle}", err=True)
    return found


def _print_planned(site: "Site", folder: Path, more: "Preparation | None", *, overwrite: bool) -> None:
    from ringup.asterisk.install import to_write
    from ringup.asterisk.preparation import sentences

    for name in to_write(site, folder, overwrite=overwrite):
        click.echo(f"{'to write':16}  {folder / name}")
    for sentence in sentences(more) if more else ():
        click.echo(sentence)


def _prepare(
    site: "Site", folder: Path, more: "Preparation", *, yes: bool, overwrite: bool, database: str
) -> None:
    """Show all changes, ask, write the files and then the site's record, and make Asterisk read the files."""
    from ringup.asterisk.install import install as install_files
    from ringup.asterisk.preparation import make_effective, refuse_during_calls
    from ringup.change.stored_site import stored_site
    from ringup.errors import UnsafeChange

    _print_planned(site, folder, more, overwrite=overwrite)
    if not yes and not click.confirm("Do this?", err=True):
        raise UnsafeChange((), "")
    refuse_during_calls(more)
    changed = install_files(
        site, folder, more.changes, lambda: _remember(more, database), overwrite=overwrite
    )
    _print_changed(folder, changed)
    click.echo(f"{_lines_of(site)}.")
    make_effective(more)
    after = stored_site(database)
    if after.pbx.manager_user:
        _reload(after)


def _remember(more: "Preparation", database: str) -> None:
    """Give the site the account, if there is a new one."""
    from ringup.asterisk.manager_account import USER, secret_in

    if more.account is not None:
        _set_account(database, USER, secret_in(more.account), "add Asterisk's manager account")


def _set_account(database: str, user: str, secret: str, summary: str) -> None:
    from ringup.change.site import change_site

    def alter(data: dict[str, Any]) -> None:
        data["pbx"] |= {"manager_user": user, "manager_secret": secret}

    change_site(database, alter, summary)


def _install_alone(site: "Site", folder: Path, *, then_reload: bool, overwrite: bool) -> None:
    from ringup.asterisk.install import install as install_files

    changed = install_files(site, folder, overwrite=overwrite)
    if not changed:
        click.echo(f"{folder} is up to date: {_lines_of(site)}.")
        return
    _print_changed(folder, changed)
    click.echo(f"{_lines_of(site)}.")
    if then_reload:
        _reload(site)
    else:
        click.echo("To make Asterisk read them: ringup pbx reload")


@pbx.command(epilog="Example: ringup pbx remove --etc /etc/asterisk")
@_etc_option
@database_option
def remove(etc: Path | None, database: str) -> None:
    """Remove ringup's files, lines and account from Asterisk's folder, and the account from the site."""
    from ringup.asterisk.install import remove as remove_files
    from ringup.asterisk.manager_account import ACCOUNT_FILE
    from ringup.asterisk.voicemail_modules import MODULES_FILE

    _remove_rows(database)
    folder = etc or _folder_of_site(database) or STOCK_FOLDER
    if not folder.is_dir():
        click.echo(f"{folder} does not exist: nothing to remove.")
        return
    changed = remove_files(folder)
    _print_changed(folder, changed)
    if ACCOUNT_FILE in changed:
        _forget_account(database)
    command = "core restart gracefully" if MODULES_FILE in changed else "core reload"
    click.echo(f"To make Asterisk forget them: asterisk -rx '{command}'" if changed else "Nothing to remove.")


def _remove_rows(database: str) -> None:
    from ringup.asterisk.realtime import clear_rows
    from ringup.change.stored_site import stored_site
    from ringup.errors import StoreError

    try:
        pbx = stored_site(database).pbx
    except StoreError:
        return
    if pbx.realtime and (deleted := clear_rows(pbx)):
        click.echo(f"{'removed':16}  {deleted} rows of {pbx.realtime}")


def _forget_account(database: str) -> None:
    from contextlib import suppress

    from ringup.errors import StoreError

    with suppress(StoreError):  # a deleted database holds no account
        _set_account(database, "", "", "remove Asterisk's manager account")


def _folder_of_site(database: str) -> Path | None:
    """Return the folder in pbx.etc; none if the site cannot be read."""
    from ringup.change.stored_site import stored_site
    from ringup.errors import StoreError

    try:
        etc = stored_site(database).pbx.etc
    except StoreError:
        return None
    return Path(etc) if etc else None


def _print_changed(folder: Path, changed: list[str]) -> None:
    from ringup.asterisk.file_change import BACKUP
    from ringup.render.pbx_files import PBX_FILES

    for name in changed:
        kept = f" (before: {name}{BACKUP})" if (folder / f"{name}{BACKUP}").exists() else ""
        operators = name in {file.included_by for file in PBX_FILES}
        written = "#tryinclude line" if operators else _WORDS.get(name, "written")
        gone = not (folder / name).exists()
        click.echo(f"{'removed' if gone else written:16}  {folder / name}{kept}")


@pbx.command()
@database_option
def reload(database: str) -> None:
    """Make Asterisk reload its files, over its manager interface."""
    from ringup.change.stored_site import stored_site

    _reload(stored_site(database))


def _reload(site: "Site") -> None:
    if not site.pbx.manager_user:
        raise click.UsageError(
            "The site names no manager user. Add one: ringup pbx install. For an Asterisk elsewhere, add it "
            "to manager.conf there, then: ringup site set pbx.manager_user=ringup pbx.manager_secret=-"
        )
    from ringup.change.pbx_steps import reload_over_ami

    version = asyncio.run(reload_over_ami(site.pbx, site.channels()))
    click.echo(f"Asterisk {version} at {site.pbx.manager_host} has reloaded {', '.join(site.channels())}, "
               "the dial plan and voicemail.")  # fmt: skip


def _lines_of(site: "Site") -> str:
    count = sum(1 for _ in site.lines())
    return f"{count} line{'' if count == 1 else 's'} for {site.pbx.driver}"
