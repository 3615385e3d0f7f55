"""Options that several commands share, and the sources of their defaults."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ringup.store.key_place import NAMED, SITE_KEY
from ringup.store.place import SITE_DATABASE, SITE_FOLDER

DEFAULT_SERVER = "127.0.0.1"
"""The address in rendered files if neither a flag nor the site sets the address of this server."""


SHARED_DEFAULTS = "ringup.shared"
"""Key in a click context's `meta` of the defaults that the file of --config sets for all commands."""


def _shared_default(name: str) -> str:
    defaults: dict[str, str] = click.get_current_context().meta.get(SHARED_DEFAULTS, {})
    return defaults.get(name, "")


def default_database() -> str:
    """Return the database of this machine's site."""
    return _shared_default("database") or str(SITE_DATABASE)


def site_folder(database: str) -> Path:
    """Return the folder of a site's files: the folder of its database, or the machine's own folder if a
    database server holds the site.
    """
    return SITE_FOLDER if "://" in database else Path(database).expanduser().absolute().parent


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database`, a SQLAlchemy URL or a file name, and `--key`, the file that decrypts its secrets."""
    return _database_option(_key_option(command))


def _database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--database",
        envvar="RINGUP_DATABASE",
        default=default_database,
        show_default=str(SITE_DATABASE),
        is_eager=True,  # the database's place decides where the folders beside it are
        metavar="FILE|URL",
        help="The database with the site, leases and events.",
    )(command)


def _key_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--key",
        envvar="RINGUP_KEY",
        type=click.Path(dir_okay=False, path_type=Path),
        default=_default_key,
        show_default=f"{SITE_KEY}; FILE.key beside another database",
        expose_value=False,
        callback=_name_key,
        metavar="FILE",
        help="File with the key of the passwords in the database; created when it is first needed.",
    )(command)


def _default_key() -> str | None:
    """Return the key file of the settings file, which applies only to the database of that file."""
    database = click.get_current_context().params["database"]
    return _shared_default("key") or None if database == default_database() else None


def _name_key(context: click.Context, _option: click.Parameter, key: Path | None) -> None:
    """Give the store the key's file while the command runs, because another module opens the database."""
    token = NAMED.set(key)
    context.call_on_close(lambda: NAMED.reset(token))


def _folder_option(name: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option for a folder whose default place is beside the database."""
    return click.option(
        f"--{name}",
        envvar=f"RINGUP_{name.upper()}",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: (
            _shared_default(name) or site_folder(click.get_current_context().params["database"]) / name
        ),
        show_default=f"{name} beside the database",
        metavar="DIR",
        help=text,
    )


def firmware_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--firmware`: the folder that packages are added to and served from."""
    return _folder_option("firmware", "Folder with the firmware packages.")(command)


def files_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--files`: the folder with the operator's own files, which need not exist."""
    return _folder_option("files", "Folder with your own files: ring tones, logos.")(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def force_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--force` to a command."""
    text = "Set .cnf keys or values that the catalogue refuses; they are stored with force: in front."
    return click.option("--force", is_flag=True, help=text)(command)
