"""Change one file in Asterisk's folder: write it completely, or restore it after a failure."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ringup.disk import sync_folder

MODE = 0o640
"""Mode of ringup's files.

They contain secrets, so only their owner and the folder's group, which is Asterisk's, may read them.
"""

BACKUP = ".before-ringup"
PREVIOUS = ".previous"
"""Suffix of the copy of ringup's file from before the latest change."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """The bytes of one file before and after a change; None if the file does not exist."""

    path: Path
    before: bytes | None
    after: bytes | None
    backup: bool = False
    """True for an operator's file: the first change keeps a copy of it."""
    previous: bool = False
    """True for a file of ringup: every change keeps a copy of the file from before."""
    owners: Path | None = None
    """A new file gets the owner and group of this path; None stands for the file's folder."""

    def make(self) -> None:
        """Keep a copy of the file if it needs one, then write the new contents."""
        kept = self.path.with_name(self.path.name + BACKUP)
        if self.backup and self.before is not None and not kept.exists():
            _put(kept, self.before, like=self.path, owners=self.path.parent)
        if self.previous and self.before is not None:
            previous = self.path.with_name(self.path.name + PREVIOUS)
            _put(previous, self.before, like=self.path, owners=self.path.parent)
        self._set(self.after)

    def undo(self) -> None:
        """Restore the earlier contents, unless the disk refuses."""
        try:
            self._set(self.before)
        except OSError:
            # The error that made the undo necessary is the one to report.
            return

    def _set(self, data: bytes | None) -> None:
        if data is None:
            self.path.unlink(missing_ok=True)
        else:
            _put(self.path, data, like=self.path, owners=self.owners or self.path.parent)


def _put(path: Path, data: bytes, like: Path, owners: Path) -> None:
    """Replace a file in one step; the new file is on the disk when this returns.

    It keeps the old file's owner and mode. If there was no file, it gets the owner and group of `owners`.
    """
    model = like.stat(follow_symlinks=False) if like.is_file() and not like.is_symlink() else None
    theirs = owners.stat()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(handle, MODE if model is None else model.st_mode & 0o7777)
            _give(
                handle, *((theirs.st_uid, theirs.st_gid) if model is None else (model.st_uid, model.st_gid))
            )
            os.fsync(handle)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _give(handle: int, owner: int, group: int) -> None:
    """Set the owner and group.

    Root can set Asterisk's user; another user can only set a group to which the user belongs.
    """
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) == (owner, group):
        return
    try:
        os.fchown(handle, owner if os.geteuid() == 0 else -1, group)
    except OSError:
        # This user may be allowed to write to the folder without belonging to its group. Or the owner does
        # not exist in this user namespace.
        return
