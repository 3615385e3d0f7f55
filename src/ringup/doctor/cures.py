"""Decide which commands of a verdict ringup may run itself, and state why it does not run the others."""

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
"""Commands that ringup may run itself: they change something, and can undo their change or show it first."""
LOOKS: tuple[tuple[str, ...], ...] = (("check",), ("pbx", "verify"), ("status",), ("firmware", "check"))
"""Commands that only read; they are run after the repair, to check it."""
_PLACEHOLDER = re.compile(r"(?:^|[=:,/-])[A-Z]{3,}(?=$|[=:,/-])")
"""A word in upper case that the operator must replace by a value: ``--secret SECRET``,
``NETWORK:FIRST-LAST:ROUTER``.
"""


class Cure(NamedTuple):
    """A command of a verdict, and whether ringup may run it."""

    command: str
    obstacle: str
    """The reason why ringup does not run the command; empty if it does."""

    @property
    def words(self) -> list[str]:
        """Return the command's arguments, after the word `ringup`."""
        return shlex.split(self.command)[1:]


def cures(commands: Sequence[str]) -> list[Cure]:
    """Return the commands of a verdict in their order, each with the reason why ringup does not run it, if
    any.
    """
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
    """Return whether these arguments of `ringup` begin with those of one of the commands."""
    return any(tuple(words[: len(command)]) == command for command in commands)
