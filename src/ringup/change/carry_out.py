"""Carry out a revision in steps; each step adapts something outside the database to the site, like Asterisk's
files.

The revision is committed before the first step. If the program is killed between two steps, the next start of
`ringup serve` carries out the latest revision. If a step fails, every step that has begun is repeated for the
old site, in the same order.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from ringup.errors import OutsideError, RingupError
from ringup.site.model import Site


@dataclass(frozen=True, slots=True)
class Step:
    """One step, which changes files or another program so that they match the site."""

    name: str
    """The name of the step for messages, like ``reloading Asterisk``."""
    follow: Callable[[Site], str]
    """Adapts the files or the program to a site, old or new.

    Returns a sentence about the result, or an empty text. Raises OutsideError or OSError.
    """


class StepFailed(OutsideError):
    """A step failed, and all steps that were begun have been undone."""


def carry_out(steps: Sequence[Step], before: Site, after: Site) -> tuple[str, ...]:
    """Carry out all steps for the new site; return one sentence per step about its work. Raises
    StepFailed.
    """
    said: list[str] = []
    for number, step in enumerate(steps):
        try:
            said.append(step.follow(after))
        except (OutsideError, OSError) as error:
            _put_back(steps[: number + 1], before)
            answer = error.answer if isinstance(error, OutsideError) else f"{error.strerror or error}."
            cure = error.cure if isinstance(error, OutsideError) else ""
            raise StepFailed(step.name, answer, cure) from error
    return tuple(words for words in said if words)


def _put_back(steps: Sequence[Step], before: Site) -> None:
    for step in steps:
        # The error that made the undo necessary is the one to report. The next start of the server tries
        # again.
        with suppress(RingupError, OSError):
            step.follow(before)
