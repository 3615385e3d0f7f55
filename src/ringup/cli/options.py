"""Options that several commands share, and where they find their defaults."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DEFAULT_SERVER = "127.0.0.1"
"""In rendered files, where neither a flag nor the site says how phones reach us."""


def state_folder() -> Path:
    """Where ringup keeps its state: /var/lib/ringup as root, the XDG state folder otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/ringup")
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home else Path.home() / ".local" / "state") / "ringup"


def database_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--database`: a SQLAlchemy URL or a file name."""
    return click.option(
        "--database",
        envvar="RINGUP_DATABASE",
        default=lambda: str(state_folder() / "ringup.db"),
        show_default="ringup.db in the state folder",
        metavar="FILE|URL",
        help="Where the site, leases and events are kept.",
    )(command)


def _folder_option(name: str, text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option for a folder that lies in the state folder unless told otherwise."""
    return click.option(
        f"--{name}",
        envvar=f"RINGUP_{name.upper()}",
        type=click.Path(file_okay=False, path_type=Path),
        default=lambda: state_folder() / name,
        show_default=f"{name} in the state folder",
        metavar="DIR",
        help=text,
    )


def firmware_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--firmware`: the folder that packages are filed in and served from."""
    return _folder_option("firmware", "Folder with the firmware packages.")(command)


def files_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--files`: the folder with the operator's own files, which need not exist."""
    return _folder_option("files", "Folder with files of your own: ring tones, logos.")(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)


def force_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--force`."""
    text = "Set .cnf keys or values that the catalogue refuses; they stay marked with force: in front."
    return click.option("--force", is_flag=True, help=text)(command)
