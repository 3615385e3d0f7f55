"""Run `ringup` as people do: with arguments, and with the terminal's output and the exit status as the
result.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from ringup.cli.main import main

Ringup = Callable[..., "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """The output of one command."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """Return the standard output, which must be JSON and nothing else."""
        return json.loads(self.out)


def terminal(database: Path | str, *, author: str = "ann", encoding: str = "utf-8") -> Ringup:
    """Return a `ringup` with this database; errors are handled by the real `main`.

    The standard streams have this encoding, and raise an error for characters that it lacks.
    """
    shown = "utf-8" if encoding == "ascii" else encoding  # Click writes UTF-8 on ASCII terminals.
    environment = {"RINGUP_DATABASE": str(database), "SUDO_USER": author, "TERM": "dumb"}
    if isinstance(database, Path):
        environment["RINGUP_FILES"] = str(database.parent / "files")

    def ringup(*arguments: str, typed: str | bytes = "") -> Said:
        words = patch.object(sys, "argv", ["ringup", *arguments])
        with CliRunner(charset=encoding).isolation(typed, environment) as (out, err, _), words:
            status = _status_of(main)
            sys.stdout.flush()
            return Said(status, out.getvalue().decode(shown), err.getvalue().decode(shown))

    return ringup


def _status_of(command: Callable[[], None]) -> int:
    try:
        command()
    except SystemExit as end:
        return int(end.code or 0)
    return 0
