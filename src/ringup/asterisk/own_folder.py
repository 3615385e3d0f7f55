"""Our folder in Asterisk's: written by the server's user, read by Asterisk's group, closed to all others."""

import fcntl
import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ringup.asterisk.include_lines import FOLDER
from ringup.errors import InstallError

MODE = 0o2750
"""With the setgid bit: whoever writes a file here, Asterisk's group may read it."""

SERVER_USER = "ringup"
ASTERISK_GROUP = "asterisk"


def own_folder(etc: Path) -> Path:
    """Return where our files are; raises InstallError where a link leads root elsewhere."""
    folder = etc / FOLDER
    if folder.is_symlink():
        raise InstallError(f"writing to {folder}", "it is a link.", f"Remove it: rm {folder}")
    return folder


def make_own_folder(etc: Path) -> bool:
    """Make the folder if it is not there; returns whether it was made. Raises OSError."""
    folder = own_folder(etc)
    if folder.is_dir():
        return False
    folder.mkdir(mode=0o700)
    # Only root gives it away; in a user namespace there may be nobody to give it to.
    with suppress(OSError):
        os.chown(folder, _server_user(etc) if os.geteuid() == 0 else -1, asterisk_group(etc))
    folder.chmod(MODE)
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Let one program at a time write here: `ringup serve` and a command may both carry out a change.

    Raises OSError.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _server_user(etc: Path) -> int:
    try:
        return pwd.getpwnam(SERVER_USER).pw_uid
    except KeyError:
        return etc.stat().st_uid


def asterisk_group(etc: Path) -> int:
    """Return the group that Asterisk reads its files by: its folder's, asterisk.conf's, or ``asterisk``."""
    for path in (etc, etc / "asterisk.conf"):
        with suppress(OSError):
            if group := path.stat().st_gid:
                return group
    try:
        return grp.getgrnam(ASTERISK_GROUP).gr_gid
    except KeyError:
        return etc.stat().st_gid
