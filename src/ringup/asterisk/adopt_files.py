"""Read an operator's sip.conf or pjsip.conf from disk, with the files that it includes."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ringup.adoption.lines import PbxAccount
from ringup.asterisk.adopt import AsteriskText, accounts, read
from ringup.asterisk.include_lines import FOLDER
from ringup.errors import OutsideError, Problem
from ringup.site.model import Driver

FILES: dict[Driver, tuple[str, ...]] = {
    "pjsip": ("pjsip.conf", "pjsip_wizard.conf"),
    "chan_sip": ("sip.conf",),
}
"""The files in Asterisk's folder that may contain the accounts of phones, for each driver."""


def files_of(etc: Path, driver: Driver, field: str = "pbx.etc") -> list[Path]:
    """Return this driver's files in Asterisk's folder; raises OutsideError if there is none.

    `field` is the site's field that names the folder, for the message.
    """
    found = [etc / name for name in FILES[driver] if (etc / name).exists()]
    if not found:
        names = " or ".join(FILES[driver])
        raise OutsideError(
            f"reading {etc}", f"it has no {names}.", f"Set Asterisk's folder: ringup site set {field}=DIR"
        )
    return found


def accounts_of(paths: Sequence[Path], driver: Driver) -> tuple[dict[str, PbxAccount], list[Problem]]:
    """Return the accounts by name, and a problem for each part that could not be read.

    ringup's own files are not followed. Raises OutsideError for a named file that cannot be read.
    """
    found: dict[str, PbxAccount] = {}
    notes: list[Problem] = []
    for path in paths:
        text = text_of(path)
        found |= accounts(text, driver)
        notes += text.notes
    return found, notes


def text_of(path: Path) -> AsteriskText:
    """Read a file with the files that it includes; raises OutsideError for a file that cannot be read."""
    return read(_data(path), str(path), partial(_included, path.parent))


def _included(folder: Path, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that an ``#include`` line names; the name is relative to Asterisk's folder and may have
    wildcards.
    """
    if name.startswith(f"{FOLDER}/"):
        return
    root, pattern = (Path("/"), name.lstrip("/")) if name.startswith("/") else (folder, name)
    try:
        paths = sorted(root.glob(pattern))
    except (ValueError, NotImplementedError, OSError):
        return
    for path in paths:
        try:
            yield str(path), path.read_bytes()
        except OSError:
            continue


def _data(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutsideError(f"reading {path}", f"{error.strerror}.", "Check its permissions.") from error
