"""`ringup why PHONE --fix`: run the cure that the doctor names, after it was shown and approved.

Each command shows its own plan and asks its own questions, as if it was typed: nothing is changed in another
way than by hand.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from ringup.doctor.cures import RUNNABLE, begins_with, cures

if TYPE_CHECKING:
    from ringup.doctor.verdict import Diagnosis


def fix(diagnosis: "Diagnosis", *, approved: bool, run: Callable[[Sequence[str]], int]) -> None:
    """Show the commands of the surest cause, ask, and run them until one fails.

    `run` runs `ringup` with these arguments and returns its exit status. Raises ClickException where there is
    nothing to run, and where a command fails.
    """
    if diagnosis.verdict is None:
        raise click.ClickException("No cause is known, so there is no cure to run.")
    found = cures(diagnosis.verdict.commands)
    runnable = [cure for cure in found if not cure.obstacle]
    if not any(begins_with(cure.words, RUNNABLE) for cure in runnable):
        raise click.ClickException("ringup cannot run this cure. Do what it says, then run ringup why again.")
    click.echo("\nThe cure, step by step:")
    for cure in found:
        click.echo(f"  {cure.command}" + (f"    (not run: {cure.obstacle})" if cure.obstacle else ""))
    if not approved and not click.confirm("Run it?"):
        raise click.Abort
    for cure in runnable:
        click.echo(f"\n$ {cure.command}")
        if (status := run(cure.words)) and begins_with(cure.words, RUNNABLE):
            raise click.ClickException(f"{cure.command} ended with status {status}; nothing more was run.")
