"""Read the files of a firmware package from a zip or a folder, within limits.

Strategy: only the last part of each path counts, whatever folders a zip contains. So nothing is ever written
outside the firmware folder. A path that tries to lead out of it is refused nevertheless. All files are read
before any is checked, so the limits also limit the memory.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from ringup.errors import InstallError, Problem, SiteErrors
from ringup.firmware.folder import LARGEST_FILE, FirmwareFolder
from ringup.firmware.package import POINTER, is_firmware

LARGEST_PACKAGE = 4 * LARGEST_FILE
"""Maximum size in bytes of all unpacked files together; a 7975's package has about 10 MB."""

MOST_FILES = 1000
"""Maximum number of files in a zip or folder.

Cisco's packages have fewer than 20; a source with more files is probably a disk image, given by mistake.
"""

Found = tuple[str, bytes]

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    # zipfile in Python 3.11.2 fails on an empty name, because it reads the name's first character.
    IndexError,
    ValueError,
    NotImplementedError,
    # zipfile raises this error if the zip has a password.
    RuntimeError,
)


def read_source(path: Path) -> dict[str, bytes]:
    """Return the bytes of every file by the last part of its path.

    Raises SiteErrors with all faults, and InstallError if the source cannot be read.
    """
    try:
        found = list(_of_folder(path) if path.is_dir() else _of_zip(path))
    except OSError as error:
        raise InstallError(f"reading {path}", f"{error.strerror or error}.", "Check the path.") from error
    files: dict[str, bytes] = {}
    problems = []
    for name, data in found:
        base = name.rpartition("/")[2]
        if not base.isprintable():
            what = f"the name {base!r} cannot be printed."
            problems.append(Problem(str(path), what, "This is not a package of Cisco's."))
        elif files.setdefault(base, data) != data and is_firmware(base):
            what = f"there are two different files {base}."
            problems.append(Problem(f"{path}/{name}", what, "Give one package at a time."))
    if problems:
        raise SiteErrors(problems)
    return files


def read_folder(folder: FirmwareFolder) -> dict[str, bytes]:
    """Return the bytes of the files in the firmware folder, by the names that phones request."""
    names = {name.rpartition("/")[2]: name for name in folder.sizes() if is_firmware(name)}
    names |= {name: name for name in folder.sizes() if name.upper() == POINTER}
    # An unreadable file is reported like an empty one, because phones get neither.
    return {base: folder.read(name) or b"" for base, name in names.items()}


def _of_folder(path: Path) -> Iterator[Found]:
    total = 0
    count = 0
    for file in (each for each in _walk(path) if each.is_file()):
        name = file.relative_to(path).as_posix()
        # The operator may give a complete tftpboot folder. Files that are not firmware are named, but not
        # read.
        if not is_firmware(file.name) and file.name.upper() != POINTER:
            yield name, b""
            continue
        size = file.stat().st_size
        total += size
        _limit(path, count, size, total)
        count += 1
        yield name, file.read_bytes()


def _walk(path: Path) -> Iterator[Path]:
    """Yield everything in a folder that is not hidden; links to folders are not followed."""
    for each in sorted(path.iterdir()):
        if each.name.startswith("."):
            continue
        if each.is_dir() and not each.is_symlink():
            yield from _walk(each)
        else:
            yield each


def _of_zip(path: Path) -> Iterator[Found]:
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for count, member in enumerate(_members(path, archive)):
                with archive.open(member) as file:
                    # One byte more than allowed is read. So a file that is larger than the zip's directory
                    # states is noticed.
                    data = file.read(LARGEST_FILE + 1)
                total += len(data)
                _limit(path, count, len(data), total)
                yield _posix(member), data
    except _UNREADABLE as error:
        raise InstallError(
            f"unpacking {path}", f"{error}.", "Give a complete zip without a password."
        ) from error


def _members(path: Path, archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    members = [each for each in archive.infolist() if not each.is_dir()]
    outside = [each for each in members if ".." in _posix(each).split("/") or _posix(each).startswith("/")]
    if outside:
        cure = "This is not a package of Cisco's."
        raise SiteErrors(
            Problem(str(path), f"{each.filename!r} leads out of the zip.", cure) for each in outside
        )
    visible = [each for each in members if not _posix(each).rpartition("/")[2].startswith(".")]
    declared = sum(each.file_size for each in visible)
    largest = max((each.file_size for each in visible), default=0)
    _limit(path, len(visible) - 1, largest, declared)
    return visible


def _posix(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/")


def _limit(path: Path, index: int, size: int, total: int) -> None:
    cure = "Give the zip of one package, or the folder it was unpacked to."
    if index >= MOST_FILES:
        raise SiteErrors([Problem(str(path), f"holds more than {MOST_FILES} files.", cure)])
    if size > LARGEST_FILE:
        raise SiteErrors([Problem(str(path), f"holds a file of more than {LARGEST_FILE} bytes.", cure)])
    if total > LARGEST_PACKAGE:
        raise SiteErrors([Problem(str(path), f"holds more than {LARGEST_PACKAGE} bytes.", cure)])
