"""ringup's folder inside Asterisk's folder; the server's user writes it, and Asterisk's group reads it."""

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
"""Mode of the folder; with the setgid bit, files of any user in it belong to Asterisk's group."""

SERVER_USER = "ringup"
ASTERISK_GROUP = "asterisk"


def own_folder(etc: Path) -> Path:
    """Return the path of ringup's folder.

    Raises InstallError if it is a link, because root would then write to another place.
    """
    folder = etc / FOLDER
    if folder.is_symlink():
        raise InstallError(f"writing to {folder}", "it is a link.", f"Remove it: rm {folder}")
    return folder


def make_own_folder(etc: Path) -> bool:
    """Create the folder if it does not exist; return whether it was created. Raises OSError."""
    folder = own_folder(etc)
    if folder.is_dir():
        return False
    folder.mkdir(mode=0o700)
    # Only root can change the owner. In a user namespace, the owner may not exist.
    with suppress(OSError):
        os.chown(folder, _server_user(etc) if os.geteuid() == 0 else -1, asterisk_group(etc))
    folder.chmod(MODE)
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Lock the folder, so that only one program writes to it at a time. Raises OSError.

    `ringup serve` and a command may both want to write the files for the same change.
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
    """Return the group that may read Asterisk's files.

    It is the group of Asterisk's folder, otherwise of asterisk.conf, otherwise the group ``asterisk``. A
    group of root (0) does not count.
    """
    for path in (etc, etc / "asterisk.conf"):
        with suppress(OSError):
            if group := path.stat().st_gid:
                return group
    try:
        return grp.getgrnam(ASTERISK_GROUP).gr_gid
    except KeyError:
        return etc.stat().st_gid
