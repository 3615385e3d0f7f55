"""Open a file of a folder only if it is really in that folder, even if links change at the same moment.

It is not enough to check the path before the file is opened, because a link may change in between. So the
file is opened first, and then the kernel reports where the open file is. Source: proc(5) on
``/proc/self/fd``.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_O_PATH = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_O_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""Flags for opening a file; with O_NONBLOCK, opening a FIFO does not wait until another program writes to
it.
"""


@contextmanager
def open_beneath(folder: Path, path: Path) -> Iterator[int]:
    """Open a regular file in `folder` or one of its subfolders for reading; yields its descriptor.

    Links in the path are followed, and `folder` may be a link. Raises PermissionError if any link in the path
    leads out of the folder. Raises OSError if the file does not exist or is not a regular file.
    """
    opened = os.open(path, _O_FILE)
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if not _place_of(opened).startswith(_real_folder(folder)):
            raise PermissionError(errno.EACCES, "a link leads out of the folder", str(path))
        yield opened
    finally:
        os.close(opened)


def read_from_start(opened: int, size: int) -> bytes:
    """Return up to `size` bytes of an open file; fewer bytes if the file has become shorter."""
    data = os.pread(opened, size, 0)
    while len(data) < size and (more := os.pread(opened, size - len(data), len(data))):
        data += more
    return data


def _place_of(opened: int) -> str:
    """Return the real path of an open file or folder; if it was deleted, the path has a suffix."""
    return os.readlink(f"/proc/self/fd/{opened}")  # noqa: PTH115  (a Path costs more than the call)


def _real_folder(folder: Path) -> str:
    """Return the real path of a folder; it ends with a slash."""
    opened = os.open(folder, _O_PATH)
    try:
        place = _place_of(opened)
    finally:
        os.close(opened)
    return place if place.endswith("/") else f"{place}/"
