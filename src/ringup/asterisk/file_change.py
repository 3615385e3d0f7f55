"""One file of Asterisk's folder as it is and as it will be: written whole, and put back after a failure."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ringup.disk import sync_folder

MODE = 0o640
"""Our files hold secrets: for their owner and the group of the folder, which is Asterisk's."""

BACKUP = ".before-ringup"
PREVIOUS = ".previous"
"""Ends the name of the copy of a file of ours as it was before the latest change."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file as it is and as it will be; none: it is not there."""

    path: Path
    before: bytes | None
    after: bytes | None
    backup: bool = False
    """True for a file of the operator: a copy is kept from before the first change."""
    previous: bool = False
    """True for a file of ringup: a copy is kept from before this change."""
    owners: Path | None = None
    """Whose owner and group a new file gets; none: its folder's."""

    def make(self) -> None:
        """Keep the operator's file the first time and ours each time, then put the new one in its place."""
        kept = self.path.with_name(self.path.name + BACKUP)
        if self.backup and self.before is not None and not kept.exists():
            _put(kept, self.before, like=self.path, owners=self.path.parent)
        if self.previous and self.before is not None:
            previous = self.path.with_name(self.path.name + PREVIOUS)
            _put(previous, self.before, like=self.path, owners=self.path.parent)
        self._set(self.after)

    def undo(self) -> None:
        """Restore the earlier file, as far as the disk allows."""
        try:
            self._set(self.before)
        except OSError:
            # The error that led here is the one to report.
            return

    def _set(self, data: bytes | None) -> None:
        if data is None:
            self.path.unlink(missing_ok=True)
        else:
            _put(self.path, data, like=self.path, owners=self.owners or self.path.parent)


def _put(path: Path, data: bytes, like: Path, owners: Path) -> None:
    """Replace a file in one step, on disk when it returns; owner and mode stay, or follow `owners`."""
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
    """Set owner and group: root sets Asterisk's user, other users can only choose among their own groups."""
    now = os.fstat(handle)
    if (now.st_uid, now.st_gid) == (owner, group):
        return
    try:
        os.fchown(handle, owner if os.geteuid() == 0 else -1, group)
    except OSError:
        # We may write to the folder without being in its group, or its owner is not in our user namespace.
        return
