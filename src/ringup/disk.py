"""Make written files survive a loss of power."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Write a folder's entries to disk, so that a rename or a new file survives a loss of power; raises
    OSError.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
