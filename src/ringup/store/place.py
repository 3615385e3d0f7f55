"""Check what this user may do with the file of a SQLite database, and create a new database's file.

If a group shares a site, its folder has the setgid bit, like the /var/lib/ringup of an installation, and its
files belong to the group, too (0660). Any other database is readable only by its owner (0600). SQLite gives
-wal and -shm the mode of the database.
"""

import grp
import os
import stat
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path

from ringup.errors import NoAccess, NoSiteYet, StoreError, for_root

SITE_FOLDER = Path("/var/lib/ringup")
"""The folder of this machine's site: the database, firmware packages, and the operator's own files."""

SITE_DATABASE = SITE_FOLDER / "ringup.db"

GROUP = "ringup"
"""The group whose members share the site of this machine."""

_SHARED = 0o2770
_PRIVATE = 0o700


def check_readable(path: Path) -> None:
    """Raise NoSiteYet if the file is missing, and NoAccess if this user may not read it."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise NoSiteYet(f"database {path}", "there is no such file.", _cure_of_absent(path)) from None
    except PermissionError:
        raise _no_access(path, "read") from None
    if not os.access(path, os.R_OK, effective_ids=True):
        raise _no_access(path, "read")


def make(path: Path) -> None:
    """Create the file before SQLite does, so that no other user can read it; an existing file is left alone.

    Raises NoAccess if this user may not write it or its folder, and OSError for other errors of the system.
    """
    try:
        _make_folder(path.parent)
        mode = path.parent.stat().st_mode
        with suppress(FileExistsError):
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            try:
                os.fchmod(handle, 0o660 if mode & stat.S_ISGID else 0o600)
            finally:
                os.close(handle)
    except PermissionError as error:
        raise _no_access(path, "write") from error
    if path.is_file() and not is_writable(path):
        raise _no_access(path, "write")


def is_writable(path: Path) -> bool:
    """Return whether this user may write the file, and create SQLite's journal beside it."""
    return os.access(path, os.W_OK, effective_ids=True) and os.access(
        path.parent, os.W_OK | os.X_OK, effective_ids=True
    )


def earlier_private_site() -> str:
    """Return a sentence for a user with an earlier version's site in the home folder; empty for others."""
    home = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    private = Path(home) / "ringup" / "ringup.db"
    return f"\nYour own site of an earlier version: --database {private}" if private.is_file() else ""


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    group = _group_of_site() if folder == SITE_FOLDER else None
    folder.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
    if group is not None and os.geteuid() == 0:
        os.chown(folder, 0, group)
        folder.chmod(_SHARED)


def _group_of_site() -> int | None:
    try:
        return grp.getgrnam(GROUP).gr_gid
    except KeyError:
        return None


def _cure_of_absent(path: Path) -> str:
    if path == SITE_DATABASE:
        begin = f"Create the site of this machine: {for_root('ringup init')}"
        return f"{begin}{earlier_private_site()}"
    try:
        near = get_close_matches(path.name, [entry.name for entry in path.parent.iterdir()], n=1)
    except OSError:
        near = []
    meant = f"Did you mean {path.with_name(near[0])}? " if near else ""
    return f"{meant}Correct --database or RINGUP_DATABASE; the first change makes a new site."


def _no_access(path: Path, verb: str) -> StoreError:
    """Return the error for a file or folder that this user may not use, or that is on a read-only disk."""
    existing = next((each for each in (path, *path.parents) if _is_there(each)), path)
    if verb == "write" and os.statvfs(existing).f_flag & os.ST_RDONLY:
        cure = "Mount it for writing, or set another --database."
        return StoreError(f"database {path}", "its disk is mounted read-only.", cure)
    group = ""
    with suppress(OSError, KeyError):
        group = grp.getgrgid(existing.stat().st_gid).gr_name
    return NoAccess(f"database {path}", f"this user may not {verb} it.", GROUP if group == GROUP else "")


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:
        return False
