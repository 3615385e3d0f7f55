"""Which commands of a verdict ringup can run itself, and why it does not run the others."""

import re
import shlex
from collections.abc import Sequence
from typing import NamedTuple

RUNNABLE: tuple[tuple[str, ...], ...] = (
    ("pbx", "install"),
    ("restart",),
    ("phone", "add"),
    ("phone", "set"),
    ("site", "set"),
    ("group", "set"),
)
"""The commands that change something, and undo or show it themselves."""
LOOKS: tuple[tuple[str, ...], ...] = (("check",), ("pbx", "verify"), ("status",), ("firmware", "check"))
"""The commands that only look; they run after the cure."""
_PLACEHOLDER = re.compile(r"(?:^|[=:,/-])[A-Z]{3,}(?=$|[=:,/-])")
"""A word in upper case, which stands for a value: ``--secret SECRET`` and ``NETWORK:FIRST-LAST:ROUTER``."""


class Cure(NamedTuple):
    """A command of a verdict."""

    command: str
    obstacle: str
    """Why ringup does not run it; empty: it does."""

    @property
    def words(self) -> list[str]:
        """The arguments of `ringup`."""
        return shlex.split(self.command)[1:]


def cures(commands: Sequence[str]) -> list[Cure]:
    """Return the commands of a verdict in their order, each with what keeps ringup from running it."""
    return [Cure(command, _obstacle(command)) for command in commands]


def _obstacle(command: str) -> str:
    try:
        program, *words = shlex.split(command)
    except ValueError:
        return "it is not a command of ringup"
    if program != "ringup" or not begins_with(words, RUNNABLE + LOOKS):
        return "run it yourself"
    missing = [word for word in words if _PLACEHOLDER.search(word)]
    return f"it needs a value: {missing[0]}" if missing else ""


def begins_with(words: Sequence[str], commands: Sequence[tuple[str, ...]]) -> bool:
    """Return whether these arguments of `ringup` are those of one of the commands."""
    return any(tuple(words[: len(command)]) == command for command in commands)
