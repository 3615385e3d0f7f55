"""The operator's firmware folder: the files that it holds, and the files that a load lacks.

Strategy: the folder and its subfolders are listed once. They are listed again if a name is missing and a
folder has changed. So a request for a name that does not exist costs a look-up and a `stat`. A file is read
once, and its bytes are shared. It is read again if its size, time or inode have changed. So a replaced file
is served as the old one or the new one, never as a mixture. Links are followed; they are checked when the
folder is listed, and again when a file is opened (`beneath.py`).
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ringup.errors import Problem, WireError
from ringup.finding import ERROR
from ringup.firmware.beneath import open_beneath, read_from_start
from ringup.firmware.images import read_signed
from ringup.firmware.signature import is_refused_test_file
from ringup.wire import loads, signed_image
from ringup.wire.loads import LoadsList

LARGEST_FILE = 64 * 1024 * 1024
"""Maximum size in bytes of a file that is served: ten times the largest file in a 7975's package.

A larger file, such as a disk image, is in the folder by mistake.
"""

FIRMWARE_SUFFIXES = (".loads", ".sb2", ".sbn", ".sgn", ".bin", ".sbin", ".zup", ".zz")
"""Suffixes of the files of a package.

Phones request these files without a folder, whatever folder the operator unpacked them into.
"""

MOST_FOLDERS = 2
"""Maximum number of folders before a file's name; a 7970 requests ``Desktops/320x212x12/List.xml`` (Cisco's
UCM guides).
"""

_READ_TRIES = 3
"""Maximum number of attempts to read a file that changes while it is read.

If it changes during every attempt, it counts as absent until it no longer changes.
"""

_TICK = 50_000_000
"""Nanoseconds after a change in which a further change may leave the folder's time unchanged.

The kernel's clock tick is at most 10 ms, but some file systems have coarser times.
"""

_ZERO_BEFORE_DIGIT = re.compile(r"-0(?=\d)")


class _Stamp(NamedTuple):
    """Properties of a file that differ after its contents have changed."""

    modified: int
    size: int
    inode: int
    device: int


class _Kept(NamedTuple):
    """A file's bytes, and its stamp when they were read."""

    stamp: _Stamp
    data: bytes


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One file of a folder, under the name that it has on the disk."""

    true_name: str
    path: Path


class _Index:
    """The result of one listing of a folder.

    A new index is filled before it replaces the previous one, because other threads read it.
    """

    def __init__(self) -> None:
        self.exact: dict[str, FoundFile] = {}
        self.any_case: dict[str, FoundFile] = {}
        self.any_zeros: dict[str, str] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file, unless there is already a file of that name."""
        entry = FoundFile(name, path)
        self.exact.setdefault(name, entry)
        self.any_case.setdefault(name.lower(), entry)
        self.any_zeros.setdefault(_without_zeros(name), name)

    def look_up(self, name: str) -> FoundFile | None:
        """Find a file by its name, whatever its upper and lower case."""
        return self.exact.get(name) or self.any_case.get(name.lower())


class FirmwareFolder:
    """An index of a folder and its subfolders, two levels deep; a missing folder counts as an empty one."""

    def __init__(
        self,
        path: Path | str | None,
        look_seconds: float = 0.0,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Index a folder.

        A request for an unknown name makes it look for changes, but at most once in `look_seconds` of the
        clock `steady`.
        """
        self.path = Path(path) if path else None
        self._look_seconds = look_seconds
        self._steady = steady
        self._looked_at = -look_seconds
        self._index = _Index()
        self._folders: dict[Path, int] = {}
        self._settled = True
        self._contents: dict[Path, _Kept] = {}
        self.refresh()

    def refresh(self) -> None:
        """List the folder again."""
        # Noted before the listing. So if a file is added during the listing, the folder's time differs again.
        self._folders = {folder: _folder_time(folder) for folder in self._all_folders()}
        self._settled = all(time.time_ns() - changed > _TICK for changed in self._folders.values())
        index = _Index()
        for folder in self._folders:
            for path in _visible(folder):
                if path.is_file() and self._is_inside(path):
                    self._add(index, path)
        self._index = index
        listed = {entry.path for entry in index.exact.values()}
        # A copy, because the HTTP or the TFTP thread may read another file at the same time.
        self._contents = {path: kept for path, kept in self._contents.copy().items() if path in listed}

    def get(self, name: str) -> FoundFile | None:
        """Find a file by its name, whatever its upper and lower case."""
        entry = self._index.look_up(name)
        if entry is None and self._has_changed():
            self.refresh()
            entry = self._index.look_up(name)
        return entry

    def similar(self, name: str) -> str | None:
        """Find a file whose name differs only in zeros, like ``P0S3-8-12-00.loads`` for
        ``P0S3-08-12-00.loads``.
        """
        return self._index.any_zeros.get(_without_zeros(name)) if "-" in name else None

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes; None if it is absent, unreadable or too large.

        Until the file changes, the same bytes object is returned.
        """
        found = self.get(name)
        return self._content(found.path) if found else None

    def sizes(self) -> dict[str, int]:
        """Return the size in bytes of every file, by its name including its folders."""
        names = {self._name(entry.path): entry.path for entry in self._index.exact.values()}
        stamps = ((name, _stamp_or_none(path)) for name, path in names.items())
        return dict(sorted((name, stamp.size) for name, stamp in stamps if stamp))

    def loads_list(self, load: str) -> LoadsList | None:
        """Return the list in the load's ``.loads`` file; None if the file is absent or is not a list."""
        data = self.read(f"{load}.loads")
        try:
            return loads.parse(signed_image.parse(data).payload) if data else None
        except WireError:
            return None

    def loader_of(self, load: str) -> str | None:
        """Return the name of the load's loader, without its suffix."""
        found = self.loads_list(load)
        return found.loader.removesuffix(".sbn") if found else None

    def problems(self, load: str) -> list[Problem]:
        """Return the problems that keep a phone from taking this load."""
        name = f"{load}.loads"
        if self.get(name) is None and self.get(f"{load}.bin") is not None:
            return []  # before release 5.x, a load is one unsigned .bin (P-LOAD-10)
        faults = list(self._faults_of(name))
        found = self.loads_list(load)
        for member in (found.loader, found.application) if found else ():
            faults += self._faults_of(member)
        return faults

    # --- the index ----------------------------------------------------------------------------------

    def _all_folders(self) -> Iterator[Path]:
        """Return all folders, the outer ones first.

        If two files have the same name, phones get the one in the outer folder.
        """
        level = [self.path] if self.path is not None else []
        for _ in range(MOST_FOLDERS + 1):
            yield from level
            below = (path for folder in level for path in _visible(folder) if path.is_dir())
            level = [path for path in below if self._is_inside(path)]

    def _is_inside(self, path: Path) -> bool:
        """Return False for a link that leads out of the folder: the operator did not mean to serve that
        file.
        """
        if not path.is_symlink():
            return True
        return self.path is not None and path.resolve().is_relative_to(self.path.resolve())

    def _add(self, index: _Index, path: Path) -> None:
        name = self._name(path)
        index.add(name, path)
        if name != path.name and path.suffix.lower() in FIRMWARE_SUFFIXES:
            index.add(path.name, path)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.path).as_posix() if self.path is not None else path.name

    def _has_changed(self) -> bool:
        """Return whether a folder has changed since it was listed.

        Half of the names that a booting phone requests do not exist. When many phones boot at once, a check
        for each of these requests would read the disk thousands of times.
        """
        now = self._steady()
        if now - self._looked_at < self._look_seconds:
            return False
        self._looked_at = now
        if not self._settled:
            return True
        return any(_folder_time(folder) != changed for folder, changed in self._folders.items())

    # --- contents -----------------------------------------------------------------------------------

    def _content(self, path: Path) -> bytes | None:
        try:
            with open_beneath(self.path or path.parent, path) as opened:
                kept = self._contents.get(path)
                if kept is not None and kept.stamp == _stamped(os.fstat(opened)):
                    return kept.data
                return self._read_whole(path, opened)
        except OSError:
            # The file was deleted, moved, or cannot be read. The phone gets "not found", and `problems`
            # reports it.
            return None

    def _read_whole(self, path: Path, opened: int) -> bytes | None:
        for _ in range(_READ_TRIES):
            stamp = _stamped(os.fstat(opened))
            if stamp.size > LARGEST_FILE:
                return None
            data = read_from_start(opened, stamp.size)
            if _stamped(os.fstat(opened)) == stamp and len(data) == stamp.size:
                if is_refused_test_file(data):
                    return None
                self._contents[path] = _Kept(stamp, data)
                return data
        return None

    @staticmethod
    def _why_unread(path: Path) -> str:
        if _is_test_file(path):
            return "is synthetic firmware, which no real phone takes."
        return "is empty or cannot be read."

    def _faults_of(self, name: str) -> Iterator[Problem]:
        """Return the faults of one signed file of a package."""
        folder = str(self.path or "the firmware folder")
        found = self.get(name)
        if found is None:
            other = self.similar(name)
            hint = f" The folder has {other}: write the name as it does." if other else ""
            yield Problem(folder, f"{name} is missing.", hint.strip() or "Copy the complete package there.")
            return
        where = str(found.path)
        data = self.read(name)
        if not data:
            yield Problem(where, self._why_unread(found.path), "Add Cisco's package: ringup firmware add ZIP")
            return
        checked = read_signed(found.true_name, data, where)
        yield from (each.problem for each in checked.findings if each.severity is ERROR)
        if checked.image is None or checked.is_damaged:
            return
        if name.endswith(".loads"):
            yield from _faults_of_list(where, data)


def _is_test_file(path: Path) -> bool:
    try:
        return is_refused_test_file(path.read_bytes())
    except OSError:
        return False


def _faults_of_list(where: str, data: bytes) -> Iterator[Problem]:
    try:
        loads.parse(signed_image.parse(data).payload)
    except WireError as error:
        yield Problem(
            where, f"is not a 7940/7960 list: {error}.", "Take the .loads file of a 7940/7960 package."
        )


def _without_zeros(name: str) -> str:
    return _ZERO_BEFORE_DIGIT.sub("-", name.lower())


def _visible(folder: Path) -> list[Path]:
    """Return the entries of a folder that are not hidden; empty if the folder cannot be listed."""
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return []


def _stamp_or_none(path: Path) -> _Stamp | None:
    try:
        return _stamp(path)
    except OSError:
        return None


def _stamp(path: Path) -> _Stamp:
    return _stamped(path.stat())


def _stamped(status: os.stat_result) -> _Stamp:
    return _Stamp(status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev)


def _folder_time(folder: Path) -> int:
    """Return the time at which names in a folder last changed; 0 if the folder does not exist."""
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0
