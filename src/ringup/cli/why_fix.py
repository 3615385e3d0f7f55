"""`ringup why PHONE --fix`: run the cure that the doctor names, after it was shown and approved.

Each command shows its own plan and asks its own questions, as if it was typed: nothing is changed in another
way than by hand.
"""

import re
import shlex
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click

if TYPE_CHECKING:
    from ringup.doctor.verdict import Diagnosis

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
    if program != "ringup" or not _begins(words, RUNNABLE + LOOKS):
        return "run it yourself"
    missing = [word for word in words if _PLACEHOLDER.search(word)]
    return f"it needs a value: {missing[0]}" if missing else ""


def _begins(words: Sequence[str], commands: Sequence[tuple[str, ...]]) -> bool:
    return any(tuple(words[: len(command)]) == command for command in commands)


def fix(diagnosis: "Diagnosis", *, approved: bool, run: Callable[[Sequence[str]], int]) -> None:
    """Show the commands of the surest cause, ask, and run them until one fails.

    `run` runs `ringup` with these arguments and returns its exit status. Raises ClickException where there is
    nothing to run, and where a command fails.
    """
    if diagnosis.verdict is None:
        raise click.ClickException("No cause is known, so there is no cure to run.")
    found = cures(diagnosis.verdict.commands)
    runnable = [cure for cure in found if not cure.obstacle]
    if not any(_begins(cure.words, RUNNABLE) for cure in runnable):
        raise click.ClickException("ringup cannot run this cure. Do what it says, then run ringup why again.")
    click.echo("\nThe cure, step by step:")
    for cure in found:
        click.echo(f"  {cure.command}" + (f"    (not run: {cure.obstacle})" if cure.obstacle else ""))
    if not approved and not click.confirm("Run it?"):
        raise click.Abort
    for cure in runnable:
        click.echo(f"\n$ {cure.command}")
        if (status := run(cure.words)) and _begins(cure.words, RUNNABLE):
            raise click.ClickException(f"{cure.command} ended with status {status}; nothing more was run.")
