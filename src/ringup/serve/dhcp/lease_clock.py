"""Stores by how much the time of day is ahead of the time since boot, to detect that the clock was set.

A lease is stored with its end by the time of day. If the clock is set while no server runs, the stored
difference shows by how much, and the leases of this boot are moved. The file is beside a SQLite database;
servers that share a PostgreSQL database have no such file, because they are different machines.
"""

import json
from contextlib import suppress
from pathlib import Path

LEAST_STEP = 60.0
"""Minimum change of the difference in seconds that counts as a set clock; less is drift."""


class LeaseClock:
    """The stored difference of one database, valid for one boot."""

    def __init__(self, database: Path | None, boot: str) -> None:
        """`boot` is the ID of the boot; without it, or without a database file, nothing is stored."""
        self._file = database.with_name(f"{database.name}.clock") if database and boot else None
        self._boot = boot

    def step(self, ahead: float) -> float:
        """Return the seconds by which the clock was set since `note` in this boot; 0: it was not set.

        `ahead` is the present difference.
        """
        with suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(self._file.read_text("utf-8")) if self._file else {}
            step = ahead - float(noted["ahead"])
            if noted["boot"] == self._boot and abs(step) >= LEAST_STEP:
                return step
        return 0.0

    def note(self, ahead: float) -> None:
        """Store the difference; if it cannot be written, a later start moves no lease."""
        if self._file is None:
            return
        written = self._file.with_name(f"{self._file.name}.new")
        with suppress(OSError):
            written.write_text(json.dumps({"boot": self._boot, "ahead": ahead}), "utf-8")
            written.replace(self._file)
