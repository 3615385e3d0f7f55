"""Options that several commands share, and where they find their defaults."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


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


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")(command)
