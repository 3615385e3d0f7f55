"""The firmware folder of the server on a street (a simulated site), and the damage that faults do to its
files.
"""

from collections.abc import Callable
from itertools import count
from os import utime
from pathlib import Path

Damage = Callable[[bytes], bytes | None]
"""Returns a file's damaged bytes for its original bytes; None deletes the file."""

FIRST_CHANGE = 1_790_000_000_000_000_000
"""The modification time of the first damaged file, in Unix nanoseconds; each later file is one nanosecond
newer.
"""


class Images:
    """The files of a firmware folder, and the faults that currently damage them.

    Faults change the files on disk, so each street must have a folder of its own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._originals: dict[str, bytes] = {}
        self._versions: dict[str, set[bytes]] = {}
        """All contents that each file has had, by name; empty before the first damage."""
        self._damages: list[tuple[str, Damage]] = []
        self._times = count(FIRST_CHANGE)

    def damage(self, suffix: str, damage: Damage) -> Callable[[], None]:
        """Damage the files whose names have this ending; return the function that repairs them."""
        if not self._originals:
            files = (path for path in sorted(self.folder.iterdir()) if path.is_file())
            self._originals = {path.name: path.read_bytes() for path in files}
            self._versions = {name: {data} for name, data in self._originals.items()}
        entry = (suffix, damage)
        self._damages.append(entry)
        self._write_files()

        def repair() -> None:
            self._damages.remove(entry)
            self._write_files()

        return repair

    def was_ever(self, name: str, data: bytes) -> bool:
        """Return whether a file of this name has ever had these bytes; True for names that are not in the
        folder.
        """
        if name in self._versions:
            return data in self._versions[name]
        path = self.folder / name
        return not path.is_file() or path.read_bytes() == data

    def _write_files(self) -> None:
        """Write each file with all damage that is active now."""
        for name, original in self._originals.items():
            data: bytes | None = original
            for suffix, damage in self._damages:
                data = damage(data) if data and name.endswith(suffix) else data
            self._put(name, data)

    def _put(self, name: str, data: bytes | None) -> None:
        """Write a new file in place of the old one, because other streets may have hard links to the old
        file.
        """
        path = self.folder / name
        if path.is_file() and path.read_bytes() == data:
            return
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
            # Simulated minutes may pass within one tick of the file system's clock, so the times are set.
            changed = next(self._times)
            utime(path, ns=(changed, changed))
            self._versions[name].add(data)
