"""Explain a database error to the operator: the attempt, the error, and the cure."""

import re
import sys
from pathlib import Path
from shlex import quote

from sqlalchemy.engine import URL
from sqlalchemy.exc import NoSuchModuleError

from ringup.errors import StoreError, disk_is_full, no_space_left

_DRIVERS = {
    "postgresql": f"Install PostgreSQL's driver: {quote(sys.executable)} -m pip install 'psycopg[binary]'"
}

_FULL = ("database or disk is full", "disk I/O error")
"""SQLite's messages when it cannot write. The second message also appears for a broken disk, so the free
space decides.
"""


_NO_CONNECTION = re.compile(
    r"(?:connection [^\n]*? failed: (?:FATAL: *)?|(?=failed to resolve host |connection timeout expired))"
    r"(?P<reason>[^\n]*)"
)
"""The texts of libpq and psycopg if they cannot connect; the first line gives the reason."""


def refusal(url: URL, error: Exception) -> StoreError:
    """Return ringup's error for an error of SQLAlchemy, the driver or the system."""
    original = getattr(error, "orig", None) or error
    unreachable = _unreachable(original)
    if diagnosis := getattr(original, "diag", None):
        # PostgreSQL's error detail quotes the complete row, secrets included.
        original = diagnosis.message_primary or unreachable or type(original).__name__
    file = url.database if url.get_backend_name() == "sqlite" else None
    shown = file or url.render_as_string(hide_password=True)
    if file and (disk_is_full(original) or (str(original) in _FULL and _has_no_room(Path(file)))):
        return StoreError(f"database {shown}", *no_space_left(file))
    if isinstance(original, OSError) and original.filename:
        original = f"{original.strerror}: {original.filename}"
    cure = "Check that it exists, that it is a ringup database, and that this user may write it."
    if isinstance(error, NoSuchModuleError | ImportError):
        cure = _DRIVERS.get(url.get_backend_name(), "Install the driver this URL names.")
    elif unreachable:
        cure = "Check the URL of --database or RINGUP_DATABASE, and that the server runs."
    elif "locked" in str(original):
        cure = "Another program uses it. Find the program with `fuser`, and try again."
    return StoreError(f"database {shown}", f"{original}.", cure)


def _unreachable(error: object) -> str:
    """Return why PostgreSQL's server cannot be reached, or refuses this user; empty for other errors.

    libpq makes this text before any statement is sent, so it quotes no row.
    """
    found = _NO_CONNECTION.match(str(error))
    return found["reason"] if found else ""


def _has_no_room(path: Path) -> bool:
    """Return whether not even a file of one page can be written beside the database."""
    probe = path.with_name(f".{path.name}.room")
    try:
        probe.write_bytes(bytes(65_536))
    except OSError as error:
        return disk_is_full(error)
    finally:
        probe.unlink(missing_ok=True)
    return False
