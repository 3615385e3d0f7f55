"""Read files and folders into a bundle: each file is opened once, and each unreadable path is listed."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ringup.lint.bundle import Bundle, SourceFile
from ringup.lint.kinds import ContentKind, kind_of_name

LARGEST_TEXT = 1024 * 1024
"""Maximum bytes read of a text file: a hundred times the largest file that a phone reads as text."""
LARGEST_FIRMWARE = 64 * 1024 * 1024
SOUND_HEAD = 16
"""Bytes read of a ring tone: apart from them, only its size is checked."""
DEEPEST = 8
"""Maximum depth of nested folders that are read: more than any real TFTP root has."""


@dataclass(frozen=True, slots=True)
class UnreadablePath:
    """A path that could not be read, and why."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class TreeReading:
    """The files that were read, and those that could not be read."""

    bundle: Bundle
    unreadable: tuple[UnreadablePath, ...]


def read_paths(paths: Iterable[Path]) -> TreeReading:
    """Read files, and all files of folders that phones could find, as one bundle."""
    files: dict[str, SourceFile] = {}
    unreadable: list[UnreadablePath] = []
    is_complete = False
    for path in paths:
        is_folder = path.is_dir()
        is_complete |= is_folder
        found = _in_folder(str(path), unreadable) if is_folder else iter([str(path)])
        for name in found:
            one = _read(name, is_named=not is_folder)
            if isinstance(one, UnreadablePath):
                unreadable.append(one)
            else:
                files.setdefault(name, one)
    return TreeReading(Bundle(tuple(files.values()), is_complete), tuple(unreadable))


def _in_folder(folder: str, unreadable: list[UnreadablePath], depth: int = 1) -> Iterator[str]:
    """Yield the files below a folder, without hidden files; links to folders are not followed."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        unreadable.append(UnreadablePath(folder, error.strerror or str(error)))
        return
    for entry in entries:
        path = entry.name if folder == "." else f"{folder.rstrip('/')}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            if depth < DEEPEST:
                yield from _in_folder(path, unreadable, depth + 1)
        elif entry.is_file():
            yield path


def _read(path: str, *, is_named: bool) -> SourceFile | UnreadablePath:
    kind = kind_of_name(path.rpartition("/")[2])
    try:
        if kind is ContentKind.OTHER and not is_named:
            return SourceFile(path, b"")
        with open(path, "rb") as file:  # noqa: PTH123 - a thousand times, and a Path costs more than the file
            size = os.fstat(file.fileno()).st_size
            if kind is ContentKind.SOUND:
                return SourceFile(path, file.read(SOUND_HEAD), size)
            most = LARGEST_FIRMWARE if kind is ContentKind.FIRMWARE else LARGEST_TEXT
            data = file.read(most + 1)
    except OSError as error:
        return UnreadablePath(path, error.strerror or str(error))
    if len(data) > most:
        return UnreadablePath(path, f"has more than {most:,} bytes, which no phone reads")
    one = SourceFile(path, data)
    if is_named and one.kind is ContentKind.OTHER:
        return UnreadablePath(path, "phones read no file of this name")
    return one
