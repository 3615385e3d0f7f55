"""Follows the lease file of another DHCP server while that server writes, rewrites and rotates it."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ringup.errors import BindError, by_system
from ringup.wire.lease_files import FileLease, form_of, living_leases

REST = 4
"""The pause after a reading is this many times as long as the reading took. So a file that changes all the
time takes at most a fifth of a thread's time.
"""

_KEAS_COMPLETED, _KEAS_EARLIER = ".completed", (".2", ".1")
"""Suffixes of further files: while Kea cleans its lease file up, some leases are only in these; oldest first.
"""


class _Stamp(NamedTuple):
    modified: int
    size: int
    inode: int


class LeaseFile:
    """The leases of one file; the file is read again when it changes. Any thread may use this object."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._stamps: tuple[_Stamp | None, ...] = ()
        self._leases: dict[str, FileLease] = {}
        self._next_reading = 0.0

    def holder_of(self, address: str) -> str:
        """Return the MAC that has a current lease of the address; empty: none."""
        with self._lock:
            self._read_if_changed()
            lease = self._leases.get(address)
        return lease.mac if lease and self._clock() < lease.ends else ""

    def check(self) -> None:
        """Read the file now; raises BindError if this user cannot read it, or if its format is unknown.

        A missing or empty file is accepted, because the other server creates it with its first lease.
        """
        tried = f"--owners leases:{self.path}"
        try:
            text = _text_of(self.path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise BindError(tried, *by_system(error, self.path, "Let this user read the file.")) from error
        if text.strip() and not form_of(text):
            cure = "Name the lease file of Kea (CSV), ISC dhcpd or dnsmasq."
            raise BindError(tried, "its format is not that of a lease file that ringup can read.", cure)

    def _read_if_changed(self) -> None:
        now = time.monotonic()
        paths = (self.path, *map(self._with, (_KEAS_COMPLETED, *_KEAS_EARLIER)))
        stamps = tuple(_stamp(path) for path in paths)
        if stamps == self._stamps or now < self._next_reading:
            return
        # During a rotation the file does not exist for a moment; the known leases stay until it is back.
        with suppress(OSError):
            self._leases = living_leases(self._whole_text())
            self._stamps = stamps
        self._next_reading = time.monotonic() + REST * (time.monotonic() - now)

    def _whole_text(self) -> str:
        """Return the lines of the file, after those of the further files that Kea uses during a cleanup."""
        text = _text_of(self.path)
        if form_of(text) != "Kea":
            return text
        completed = self._with(_KEAS_COMPLETED)
        earlier = [completed] if completed.exists() else [self._with(end) for end in _KEAS_EARLIER]
        header, _, _ = text.partition("\n")
        before = (_lines_below(path, header) for path in earlier if path.exists())
        return "\n".join((header, *before, text[len(header) + 1 :]))

    def _with(self, end: str) -> Path:
        return self.path.with_name(self.path.name + end)


def _lines_below(path: Path, header: str) -> str:
    """Return the lines of a file if it has the same columns."""
    first, _, rest = _text_of(path).partition("\n")
    return rest.rstrip("\n") if first == header else ""


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return _Stamp(status.st_mtime_ns, status.st_size, status.st_ino)
