"""The company directory, made from the site and from files; it is made again when one of them has changed.

If a file cannot be read, its last good names stay in the directory, and the fault is reported once.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ringup.directory.book import Book
from ringup.directory.entry import Entry
from ringup.directory.file_entries import read_file
from ringup.directory.numbers import dialled
from ringup.directory.site_entries import entries_of
from ringup.errors import SiteErrors
from ringup.site.model import Site

LOOK_SECONDS = 10.0
"""Minimum seconds between two checks whether the files have changed."""
MOST_NAMED = 3
"""Maximum number of faulty rows that a report names."""


@dataclass(slots=True)
class _Source:
    """One file, and the entries that were last read from it."""

    path: Path
    seen: tuple[int, int] = (0, 0)
    """The file's modification time and its size when it was last read."""
    entries: list[Entry] = field(default_factory=list)
    are_inside: bool = False


class DirectoryBooks:
    """Returns the directory of a site; any thread may call it."""

    def __init__(
        self,
        files: Sequence[Path] = (),
        on_fault: Callable[[str], None] = lambda _what: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sources = [_Source(path) for path in files]
        self._on_fault = on_fault
        self._clock = clock
        self._looked = -LOOK_SECONDS
        self._made: tuple[Site, Book] | None = None
        self._making = threading.Lock()

    def of(self, site: Site) -> Book:
        """Return the directory of this site.

        While another thread makes a new one, the last one of the same site is returned.
        """
        made = self._made
        is_present = made is not None and made[0] is site
        if made is not None and is_present and self._clock() - self._looked < LOOK_SECONDS:
            return made[1]
        if made is not None and is_present and self._making.locked():
            return made[1]
        with self._making:
            return self._of(site)

    def _of(self, site: Site) -> Book:
        self._looked = self._clock()
        changed = [self._read(source) for source in self._sources]
        if self._made is None or self._made[0] is not site or any(changed):
            inside = frozenset(line.extension for _phone, line in site.lines())
            own = list(entries_of(site))
            for source in self._sources:
                prefix = "" if source.are_inside else site.pbx.outside_prefix
                own += dialled(source.entries, prefix, inside, site.country)
            self._made = (site, Book(own))
        return self._made[1]

    def _read(self, source: _Source) -> bool:
        """Read a file if it has changed; return whether its names have changed."""
        try:
            status = source.path.stat()
            if (status.st_mtime_ns, status.st_size) == source.seen:
                return False
            source.seen = (status.st_mtime_ns, status.st_size)
            source.entries, problems, source.are_inside = read_file(
                source.path.read_bytes(), str(source.path)
            )
        except OSError as error:
            self._on_fault(f"the directory {source.path} cannot be read: {error.strerror}")
            return False
        except SiteErrors as error:
            self._on_fault(f"the directory's last names stay: {error.problems[0]}")
            return False
        if problems:
            more = f" and {len(problems) - MOST_NAMED} more" if len(problems) > MOST_NAMED else ""
            self._on_fault(f"{'; '.join(map(str, problems[:MOST_NAMED]))}{more}")
        return True
