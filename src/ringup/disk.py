"""What makes a written file survive the loss of power."""

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Put a folder's entries on disk, so that a rename or a new file in it lasts; raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
