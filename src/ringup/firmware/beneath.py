"""Open a file of a folder only if it really lies in that folder, wherever links lead at that moment.

Checking a path before the file is opened proves nothing: a link may be changed between the check and the
opening. So the file is opened first, and the kernel reports where the open file lies.

Source: proc(5) on ``/proc/self/fd``.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_O_PATH = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
_O_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
"""A FIFO must not block the reader until another program writes to the FIFO."""


@contextmanager
def open_beneath(folder: Path, path: Path) -> Iterator[int]:
    """Open a regular file for reading, if it is in `folder` or in a subfolder; yields its descriptor.

    Links in the path are followed, and `folder` may be a link. Raises PermissionError if a link, also one in
    the middle of the path, leads out of the folder. Raises OSError if there is no such file or the file is
    not a regular one.
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
    """Return up to `size` bytes of an open file; fewer if it is shorter now."""
    data = os.pread(opened, size, 0)
    while len(data) < size and (more := os.pread(opened, size - len(data), len(data))):
        data += more
    return data


def _place_of(opened: int) -> str:
    """Return the real path of an open file or folder; the path of a deleted one has a suffix."""
    return os.readlink(f"/proc/self/fd/{opened}")  # noqa: PTH115  (a Path costs more than the call)


def _real_folder(folder: Path) -> str:
    """Return the real path of a folder, with a slash at the end."""
    opened = os.open(folder, _O_PATH)
    try:
        place = _place_of(opened)
    finally:
        os.close(opened)
    return place if place.endswith("/") else f"{place}/"
