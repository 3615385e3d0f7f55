"""Store a ring tone or a picture in the folder from which `ringup serve` sends files to phones."""

import os
import re
import tempfile
import unicodedata
from pathlib import Path

from ringup.disk import sync_folder
from ringup.errors import InstallError, by_system

LONGEST_FILE_NAME = 25
"""Maximum number of characters of a ring tone's file name, its suffix included (P-RING-4)."""

MODE = 0o644
"""Permissions of the stored files: readable by all, because they are not secret and the server may run as
another user.
"""


def file_name(title: str, suffix: str, number: int = 1) -> str:
    """Make a file name of letters, digits and dashes from a title: ``Old Style`` gives ``old-style.raw``.

    A higher `number` distinguishes files with the same title.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "tone"
    ending = f"{f'-{number}' if number > 1 else ''}{suffix}"
    return f"{words[: LONGEST_FILE_NAME - len(ending)].rstrip('-')}{ending}"


def file_under(folder: Path, title: str, suffix: str, data: bytes) -> tuple[str, bool]:
    """Write a file under a name that is not in use; return the name, and whether the file is new.

    If a file with the same bytes exists, it is used unchanged. Raises InstallError.
    """
    number = 1
    try:
        while (place := folder / file_name(title, suffix, number)).exists():
            if place.read_bytes() == data:
                return place.name, False
            number += 1
        _write(place, data)
    except OSError as error:
        cure = "Choose a folder that you may write to: --files DIR."
        raise InstallError(f"writing to {folder}", *by_system(error, folder, cure)) from error
    return place.name, True


def _write(place: Path, data: bytes) -> None:
    """Write the complete file under a hidden name, which is never served, and then rename it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".ringup-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(MODE)
        Path(temporary).replace(place)
        sync_folder(place.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)
