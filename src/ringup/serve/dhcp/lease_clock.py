"""Remembers, within one boot of the machine, how its time of day differed from its time since the boot.

A lease is stored with its end by the time of day. If the clock is set while no server runs, the difference
tells by how much, and the leases of this boot are moved. The file is beside a SQLite database; servers that
share a PostgreSQL database have no such file, because they are different machines.
"""

import json
from contextlib import suppress
from pathlib import Path

LEAST_STEP = 60.0
"""Seconds below which a difference is drift of a clock that was not set."""


class LeaseClock:
    """The difference for one database and one boot."""

    def __init__(self, database: Path | None, boot: str) -> None:
        """`boot` identifies the boot; without it, or without a file, nothing is remembered."""
        self._file = database.with_name(f"{database.name}.clock") if database and boot else None
        self._boot = boot

    def step(self, ahead: float) -> float:
        """Return the seconds by which the clock was set since `note`, in this boot; `ahead` is the present
        difference.
        """
        with suppress(OSError, ValueError, KeyError, TypeError):
            noted = json.loads(self._file.read_text("utf-8")) if self._file else {}
            step = ahead - float(noted["ahead"])
            if noted["boot"] == self._boot and abs(step) >= LEAST_STEP:
                return step
        return 0.0

    def note(self, ahead: float) -> None:
        """Remember the difference; if it cannot be written, a later start moves no lease."""
        if self._file is None:
            return
        written = self._file.with_name(f"{self._file.name}.new")
        with suppress(OSError):
            written.write_text(json.dumps({"boot": self._boot, "ahead": ahead}), "utf-8")
            written.replace(self._file)
