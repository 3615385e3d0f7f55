"""Add a package's files to the firmware folder: all or none of them, even if the process is interrupted.

Strategy: every file is first written and synced under a hidden name, which is never served. Then the files
are renamed, the `.loads` files last, so that no phone gets a list of files that are not there yet.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ringup.disk import sync_folder
from ringup.errors import InstallError, Problem, SiteErrors, by_system
from ringup.firmware.folder import FirmwareFolder

TEMPORARY_PREFIX = ".ringup-"


@dataclass(frozen=True, slots=True)
class InstallPlan:
    """Which of the files would be new, replaced or unchanged."""

    new: tuple[str, ...]
    replaced: tuple[str, ...]
    same: tuple[str, ...]
    """Names of files that the folder already has with the same bytes."""


def plan(files: Mapping[str, bytes], folder: Path, *, replace: bool) -> InstallPlan:
    """Compare the files with those in the folder.

    Raises SiteErrors if the folder has a different file of the same name, unless `replace` allows that.
    """
    index = FirmwareFolder(folder)
    sorted_out: dict[str, list[str]] = {"new": [], "replaced": [], "same": []}
    problems = []
    for name, data in sorted(files.items()):
        place = _place(index, folder, name)
        state = _state(place, data)
        if state == "replaced" and not replace:
            what = "is another file of the same name."
            problems.append(Problem(str(place), what, "Keep it, or give --replace."))
        sorted_out[state].append(name)
    if problems:
        raise SiteErrors(problems)
    return InstallPlan(tuple(sorted_out["new"]), tuple(sorted_out["replaced"]), tuple(sorted_out["same"]))


def _state(place: Path, data: bytes) -> str:
    try:
        return "same" if place.read_bytes() == data else "replaced"
    except FileNotFoundError:
        return "new"
    except OSError as error:
        answer = f"{error.strerror or error}."
        raise InstallError(f"reading {place}", answer, "Give ringup the right to read it.") from error


def install_package(files: Mapping[str, bytes], folder: Path, planned: InstallPlan) -> None:
    """Write the new and the replaced files; after an interruption, each file is either the old or the new
    one.
    """
    written: dict[str, Path] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        index = FirmwareFolder(folder)
        try:
            for name in (*planned.new, *planned.replaced):
                place = _place(index, folder, name).parent
                place.mkdir(parents=True, exist_ok=True)
                written[name] = _reserve(place)
                _write(written[name], files[name])
            for name in sorted(written, key=lambda name: (name.lower().endswith(".loads"), name)):
                written[name].replace(_place(index, folder, name))
                sync_folder(_place(index, folder, name).parent)
        finally:
            for temporary in written.values():
                temporary.unlink(missing_ok=True)
    except OSError as error:
        cure = "Choose a folder that you may write to: --firmware DIR."
        raise InstallError(f"writing to {folder}", *by_system(error, folder, cure)) from error


def _place(index: FirmwareFolder, folder: Path, name: str) -> Path:
    """Return the path of the existing file, which may be in a subfolder, or the path for a new file."""
    found = index.get(name)
    return found.path if found is not None and found.true_name == name else folder / name


def _reserve(folder: Path) -> Path:
    handle, path = tempfile.mkstemp(prefix=TEMPORARY_PREFIX, dir=folder)
    os.close(handle)
    return Path(path)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    # Other users may read firmware, because it is not secret and the server may no longer run as root.
    path.chmod(0o644)
